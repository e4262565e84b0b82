import { sql } from 'kysely'
import type { Db } from './transaction.ts'

/** What a text was recognised as. */
export type FoundAs = 'click' | 'hit' | 'conversion' | 'delivery' | 'txid' | 'externalId'

export type FoundClick = {
  /** '' for what belongs to no visit: an unmatched hit, a conversion without a click. */
  readonly clickId: string
  readonly as: FoundAs
  /** Of the hit, conversion or delivery that led there; the click id itself when that was asked for. */
  readonly id: string
}

/** Of a transaction number, or of an external id, which may be many visits'. */
const FOUND_PER_TEXT_MAX = 20

/**
 * Which clicks of the workspace a text may mean, newest first: it is looked up as a click id, as the id of a hit,
 * conversion or delivery, as a transaction number and as a converted visit's external id; each by an index.
 */
export async function findClickIds(db: Db, workspace: string, text: string): Promise<readonly FoundClick[]> {
  const found = await Promise.all([
    asClick(db, workspace, text),
    byId(db, workspace, 'hits', text),
    byId(db, workspace, 'conversions', text),
    byId(db, workspace, 'deliveries', text),
    byValue(db, workspace, 'txid', text),
    byValue(db, workspace, 'external_id', text),
  ])
  return found.flat()
}

/** Known in SQL; one that only the ledger knows is the caller's to ask for. */
async function asClick(db: Db, workspace: string, text: string): Promise<readonly FoundClick[]> {
  const found = await Promise.all(
    (['hits', 'conversions'] as const).map((table) =>
      db
        .selectFrom(table)
        .select('id')
        .where('workspace', '=', workspace)
        .where('click_id', '=', text)
        .limit(1)
        .executeTakeFirst(),
    ),
  )
  return found.some((row) => row !== undefined) ? [{ clickId: text, as: 'click', id: text }] : []
}

const KINDS = { hits: 'hit', conversions: 'conversion', deliveries: 'delivery' } as const

async function byId(
  db: Db,
  workspace: string,
  table: keyof typeof KINDS,
  id: string,
): Promise<readonly FoundClick[]> {
  const row = await db
    .selectFrom(table)
    .select(['id', 'click_id'])
    .where('id', '=', id)
    .where('workspace', '=', workspace)
    .executeTakeFirst()
  return row === undefined ? [] : [{ clickId: row.click_id, as: KINDS[table], id: row.id }]
}

async function byValue(
  db: Db,
  workspace: string,
  column: 'txid' | 'external_id',
  value: string,
): Promise<readonly FoundClick[]> {
  const rows = await db
    .selectFrom('conversions')
    .select(['id', 'click_id'])
    .where('workspace', '=', workspace)
    .where(column, '=', value)
    // Said word by word as the partial index says it: SQLite would walk all conversions otherwise.
    .where(column, '<>', sql.lit(''))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(FOUND_PER_TEXT_MAX)
    .execute()
  const as = column === 'txid' ? 'txid' : 'externalId'
  return rows.map(({ id, click_id }) => ({ clickId: click_id, as, id }))
}
