import { sql } from 'kysely'
import { ATTEMPT_BYTES } from './retention-attempts.ts'
import type { Db } from './transaction.ts'

/** Up to so many rows every length is added up; beyond, places in the table are sampled. */
const EXACT_ROWS_MAX = 5_000
const SAMPLE_PLACES = 40
const SAMPLE_ROWS_PER_PLACE = 50

/**
 * What the attempts and the requests of hits of a workspace take, bytes.
 *
 * Both engines count the rows by an index and add up the octet lengths of their texts: of all of them while they are
 * few, else of 2,000 rows from forty moments evenly spread over their time, times the number of rows. That costs
 * milliseconds for a million rows where SQLite's dbstat and a full sum read every page of the table, and unlike page
 * counts it tells workspaces apart and sees at once what was deleted. Indexes, row headers and free pages are not
 * in it.
 */
export async function measureSize(db: Db, workspace: string): Promise<number> {
  const attempts = await measure({
    count: () => countOf(db, 'delivery_attempts', workspace),
    range: () => rangeOf(db, { table: 'delivery_attempts', column: 'started_at', workspace }),
    lengths: (from, limit) =>
      db
        .selectFrom('delivery_attempts')
        .select(ATTEMPT_BYTES.as('bytes'))
        .where('workspace', '=', workspace)
        .where('started_at', '>=', from)
        .orderBy('started_at')
        .limit(limit)
        .execute(),
  })
  const hits = await measure({
    count: () => countOf(db, 'hits', workspace),
    range: () => rangeOf(db, { table: 'hits', column: 'received_at', workspace }),
    lengths: (from, limit) =>
      db
        .selectFrom('hits')
        .select(sql<number>`octet_length(request_json) + octet_length(steps_json)`.as('bytes'))
        .where('workspace', '=', workspace)
        .where('received_at', '>=', from)
        .orderBy('received_at')
        .limit(limit)
        .execute(),
  })
  return attempts + hits
}

type Measured = {
  readonly count: () => Promise<number>
  readonly range: () => Promise<{ readonly from: number; readonly to: number }>
  readonly lengths: (from: number, limit: number) => Promise<readonly { readonly bytes: number }[]>
}

async function measure({ count, range, lengths }: Measured): Promise<number> {
  const rows = await count()
  if (rows === 0) return 0
  const { from, to } = await range()
  if (rows <= EXACT_ROWS_MAX) return total(await lengths(from, EXACT_ROWS_MAX))
  const sampled: { readonly bytes: number }[] = []
  for (let place = 0; place < SAMPLE_PLACES; place++) {
    const at = from + Math.floor(((to - from) * place) / SAMPLE_PLACES)
    sampled.push(...(await lengths(at, SAMPLE_ROWS_PER_PLACE)))
  }
  return Math.round((total(sampled) / sampled.length) * rows)
}

function total(lengths: readonly { readonly bytes: number }[]): number {
  return lengths.reduce((sum, { bytes }) => sum + Number(bytes), 0)
}

async function countOf(db: Db, table: 'hits' | 'delivery_attempts', workspace: string): Promise<number> {
  const row = await db
    .selectFrom(table)
    .select((select) => select.fn.countAll<number>().as('rows'))
    .where('workspace', '=', workspace)
    .executeTakeFirstOrThrow()
  return Number(row.rows)
}

async function rangeOf(
  db: Db,
  of: { readonly table: string; readonly column: string; readonly workspace: string },
): Promise<{ readonly from: number; readonly to: number }> {
  const { rows } = await sql<{ from: number; to: number }>`
    select min(${sql.ref(of.column)}) as "from", max(${sql.ref(of.column)}) as "to"
    from ${sql.table(of.table)} where workspace = ${of.workspace}
  `.execute(db)
  return { from: Number(rows[0]?.from ?? 0), to: Number(rows[0]?.to ?? 0) }
}
