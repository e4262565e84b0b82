import { type Insertable, type Selectable, type SqlBool, sql } from 'kysely'
import type { TargetSystem } from '../domain/target-systems/target-system.ts'
import type { DeliveryState } from '../domain/target-types.ts'
import { bringForward } from './delivery-order.ts'
import { inChunks } from './in-chunks.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

type DeliveryRow = Selectable<Database['deliveries']>
type AttemptRow = Selectable<Database['delivery_attempts']>

/** One outgoing call for one transition of one conversion and one target. */
export type Delivery = {
  /** Stable over all attempts: the receiver's key against duplicates. */
  readonly id: string
  readonly workspace: string
  readonly conversionId: string
  readonly transition: number
  readonly targetId: string
  /** Whose target it is, on the network's side; '' otherwise. */
  readonly affiliateId: string
  readonly clickId: string
  readonly type: string
  readonly method: string
  readonly url: string
  readonly body: string
  readonly contentType: string
  /** Whose own API it is; '' for a plain URL. */
  readonly system: TargetSystem | ''
  /** host:port of the URL. */
  readonly host: string
  readonly state: DeliveryState
  readonly reason: string
  readonly dueAt: number
  /** When it is given up unsent; null for never. */
  readonly expiresAt: number | null
  readonly leaseOwner: string | null
  readonly leaseUntil: number | null
  readonly attempts: number
  /** Attempts made before the last replay: the retry schedule starts anew after them. */
  readonly attemptsBefore: number
  readonly createdAt: number
  readonly updatedAt: number
}

export type DeliveryAttempt = {
  readonly n: number
  readonly startedAt: number
  readonly durationMs: number
  /** Where the time went, as delivery/ measures it; null when nothing went out. */
  readonly phasesJson: string | null
  readonly requestJson: string
  readonly responseStatus: number | null
  readonly responseHeadersJson: string
  readonly responseBody: string
  readonly error: string
}

/** Said for every row: on SQLite rows that are written together have the same columns, and what one lacks is null. */
const DEFAULTS = { affiliate_id: '', system: '' } as const

/** Puts deliveries into the queue; one that is there for the same transition and target stays as it is. */
export async function enqueueDeliveries(
  db: Db,
  rows: readonly Insertable<Database['deliveries']>[],
): Promise<void> {
  const whole = rows.map((row) => ({ ...DEFAULTS, ...row, host: hostOf(row.url) }))
  await inChunks(whole, async (chunk) => {
    await db
      .insertInto('deliveries')
      .values(chunk)
      .onConflict((conflict) => conflict.columns(['conversion_id', 'transition', 'target_id']).doNothing())
      .execute()
  })
}

/** Of deliveries that are about to wait again: those that had ended before there were lanes have none. */
export async function fillHosts(db: Db, ids: readonly string[]): Promise<void> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['id', 'url'])
    .where('id', 'in', ids)
    .where('host', '=', '')
    .execute()
  const found = rows.flatMap(({ id, url }) => {
    const host = hostOf(url)
    return host === '' ? [] : [sql`(cast(${id} as text), cast(${host} as text))`]
  })
  if (found.length === 0) return
  await sql`
    update deliveries set host = found.column2 from (values ${sql.join(found)}) as found
    where deliveries.id = found.column1
  `.execute(db)
}

/** '' for a URL that can not be read: its send fails by itself. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? ''
}

/**
 * Makes a delivery due again, under the same id, with a fresh retry schedule. One that was skipped stays so:
 * its reason was a rule, not a failure. So does one that was shown: the browser is gone; one whose
 * call was taken away by retention or an erasure; and one whose target is deleted.
 * @returns the delivery, or undefined when there is none that could be sent.
 */
export async function replay(db: Db, id: string, now: number): Promise<Delivery | undefined> {
  return await inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('deliveries')
      .set(dueAnew(now))
      .where('id', '=', id)
      .where('state', 'not in', ['skipped', 'rendered'])
      .where(canBeSent())
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return undefined
    await fillHosts(trx, [id])
    await bringForward(trx, [id])
    return { ...toDelivery(row), host: hostOf(row.url) }
  })
}

/** What a replay sets: due now, with a fresh retry schedule and without an expiry. */
export function dueAnew(now: number) {
  return {
    state: 'pending' as const,
    reason: '',
    due_at: now,
    put_off_from: null,
    expires_at: null,
    lease_owner: null,
    lease_until: null,
    attempts_before: sql<number>`attempts`,
    updated_at: now,
  }
}

/** Of a query over deliveries: a target that is there, and a text that retention or an erasure has not emptied. */
export function canBeSent() {
  return sql<SqlBool>`deliveries.url <> '' and exists (
    select 1 from notification_targets as target
    where target.id = deliveries.target_id and target.workspace = deliveries.workspace
  )`
}

export async function getWithAttempts(
  db: Db,
  id: string,
): Promise<{ delivery: Delivery; attempts: readonly DeliveryAttempt[] } | undefined> {
  const row = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return undefined
  const attempts = await db
    .selectFrom('delivery_attempts')
    .selectAll()
    .where('delivery_id', '=', id)
    .orderBy('n')
    .execute()
  return { delivery: toDelivery(row), attempts: attempts.map(toAttempt) }
}

export type DeliveryFilter = {
  readonly state?: DeliveryState | undefined
  readonly targetId?: string | undefined
  readonly clickId?: string | undefined
  readonly conversionId?: string | undefined
}

export async function listDeliveries(
  db: Db,
  workspace: string,
  filter: DeliveryFilter,
  page: PageRequest,
): Promise<Page<Delivery>> {
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('created_at', page.cursor))
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.targetId !== undefined) query = query.where('target_id', '=', filter.targetId)
  if (filter.clickId !== undefined) query = query.where('click_id', '=', filter.clickId)
  if (filter.conversionId !== undefined) query = query.where('conversion_id', '=', filter.conversionId)
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toDelivery), page, (delivery) => delivery.createdAt)
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    workspace: row.workspace,
    conversionId: row.conversion_id,
    transition: row.transition,
    targetId: row.target_id,
    affiliateId: row.affiliate_id,
    clickId: row.click_id,
    type: row.type,
    method: row.method,
    url: row.url,
    body: row.body,
    contentType: row.content_type,
    system: row.system,
    host: row.host,
    state: row.state,
    reason: row.reason,
    dueAt: row.due_at,
    expiresAt: row.expires_at,
    leaseOwner: row.lease_owner,
    leaseUntil: row.lease_until,
    attempts: row.attempts,
    attemptsBefore: row.attempts_before,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export function toAttempt(row: AttemptRow): DeliveryAttempt {
  return {
    n: row.n,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    phasesJson: row.phases_json,
    requestJson: row.request_json,
    responseStatus: row.response_status,
    responseHeadersJson: row.response_headers_json,
    responseBody: row.response_body,
    error: row.error,
  }
}
