import type { Insertable, Selectable } from 'kysely'
import type { AttributionMethod } from '../domain/conversion-types.ts'
import type { Hit, HitKind, HitOutcome, HitStep } from '../domain/hit.ts'
import { inChunks } from './in-chunks.ts'
import type { OwnedId } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** One received postback or pixel request, and what became of it. */
export type JudgedHit = {
  readonly id: string
  /** '' when no workspace could be told. */
  readonly workspace: string
  readonly kind: HitKind
  readonly receivedAt: number
  readonly judgedAt: number
  readonly outcome: HitOutcome
  readonly reason: string
  readonly attribution: AttributionMethod
  readonly clickId: string
  readonly conversionId: string
  readonly affiliateNetworkId: string
  /** On the network's side; '' on the tracker's. */
  readonly advertiserId: string
  readonly affiliateId: string
  readonly ip: string
  readonly request: Hit
  /** Of a test hit; empty for others. */
  readonly steps: readonly HitStep[]
  /** When an unmatched hit is judged again by itself; null when never. */
  readonly rematchAt: number | null
}

/** Writes what became of hits; one that was unmatched until now gets its new outcome. */
export async function saveHits(db: Db, hits: readonly JudgedHit[]): Promise<void> {
  await inChunks(hits.map(toRow), async (rows) => {
    await db
      .insertInto('hits')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((set) => ({
          workspace: set.ref('excluded.workspace'),
          judged_at: set.ref('excluded.judged_at'),
          outcome: set.ref('excluded.outcome'),
          reason: set.ref('excluded.reason'),
          attribution: set.ref('excluded.attribution'),
          click_id: set.ref('excluded.click_id'),
          conversion_id: set.ref('excluded.conversion_id'),
          affiliate_network_id: set.ref('excluded.affiliate_network_id'),
          advertiser_id: set.ref('excluded.advertiser_id'),
          affiliate_id: set.ref('excluded.affiliate_id'),
          rematch_at: set.ref('excluded.rematch_at'),
        })),
      )
      .execute()
  })
}

/** Keeps which visit a person matched an unmatched hit to; it is due to be judged anew at once. */
export async function saveMatch(db: Db, request: Hit, now: number): Promise<void> {
  await db
    .updateTable('hits')
    .set({ request_json: JSON.stringify(request), rematch_at: now })
    .where('id', '=', request.id)
    .where('outcome', '=', 'unmatched')
    .execute()
}

/** The judged ones among the ids. */
export async function findHits(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, JudgedHit>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('hits').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, toHit(row)]))
}

/** Which of the ids are judged. */
export async function findJudgedIds(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db.selectFrom('hits').select('id').where('id', 'in', ids).execute()
  return new Set(rows.map((row) => row.id))
}

export async function getHit(db: Db, key: OwnedId): Promise<JudgedHit | undefined> {
  const row = await db
    .selectFrom('hits')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toHit(row)
}

/** Unmatched hits whose time to be judged again has come, the longest due first. */
export async function findHitsToRematch(db: Db, now: number, limit: number): Promise<readonly JudgedHit[]> {
  const rows = await db
    .selectFrom('hits')
    .selectAll()
    .where('rematch_at', '<=', now)
    .orderBy('rematch_at')
    .limit(limit)
    .execute()
  return rows.map(toHit)
}

export type HitFilter = {
  readonly outcome?: HitOutcome | undefined
  readonly clickId?: string | undefined
  readonly affiliateNetworkId?: string | undefined
  readonly advertiserId?: string | undefined
}

/** Newest first, by arrival. */
export async function listHits(
  db: Db,
  workspace: string,
  filter: HitFilter,
  page: PageRequest,
): Promise<Page<JudgedHit>> {
  let query = db
    .selectFrom('hits')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('received_at', page.cursor))
  if (filter.outcome !== undefined) query = query.where('outcome', '=', filter.outcome)
  if (filter.clickId !== undefined) query = query.where('click_id', '=', filter.clickId)
  if (filter.affiliateNetworkId !== undefined) {
    query = query.where('affiliate_network_id', '=', filter.affiliateNetworkId)
  }
  if (filter.advertiserId !== undefined) query = query.where('advertiser_id', '=', filter.advertiserId)
  const rows = await query
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toHit), page, (hit) => hit.receivedAt)
}

function toRow(hit: JudgedHit): Insertable<Database['hits']> {
  return {
    id: hit.id,
    workspace: hit.workspace,
    kind: hit.kind,
    received_at: hit.receivedAt,
    judged_at: hit.judgedAt,
    outcome: hit.outcome,
    reason: hit.reason,
    attribution: hit.attribution,
    click_id: hit.clickId,
    conversion_id: hit.conversionId,
    affiliate_network_id: hit.affiliateNetworkId,
    advertiser_id: hit.advertiserId,
    affiliate_id: hit.affiliateId,
    ip: hit.ip,
    request_json: JSON.stringify(hit.request),
    steps_json: hit.steps.length === 0 ? '' : JSON.stringify(hit.steps),
    rematch_at: hit.rematchAt,
  }
}

export function toHit(row: Selectable<Database['hits']>): JudgedHit {
  return {
    id: row.id,
    workspace: row.workspace,
    kind: row.kind,
    receivedAt: row.received_at,
    judgedAt: row.judged_at,
    outcome: row.outcome,
    reason: row.reason,
    attribution: row.attribution,
    clickId: row.click_id,
    conversionId: row.conversion_id,
    affiliateNetworkId: row.affiliate_network_id,
    advertiserId: row.advertiser_id,
    affiliateId: row.affiliate_id,
    ip: row.ip,
    request: JSON.parse(row.request_json),
    steps: row.steps_json === '' ? [] : JSON.parse(row.steps_json),
    rematchAt: row.rematch_at,
  }
}
