import { type SqlBool, sql } from 'kysely'
import type { LateDelivery, UnwellTarget, WaitingCalls } from '../domain/alert-rules.ts'
import { isNextForTarget } from './delivery-order.ts'
import type { NotificationTargetFields } from './notification-targets.ts'
import type { Db } from './transaction.ts'

/** Places where deliveries wait that one look goes through; an installation has one for each host and target. */
const LANES_MAX = 20_000
/** Of a target that fails: the newest of its calls, among which one waits if any does while calls go on to fail. */
const NEWEST_CALLS_MAX = 200

/** What alerts are judged by, as SQL tells it. */
export type UnwellTargetRow = Omit<UnwellTarget, 'label'> &
  Pick<NotificationTargetFields, 'system' | 'url'> & { readonly workspace: string }

/**
 * Targets whose last call failed, and those that the system switched off. An affiliate's own postbacks are not here:
 * they are the affiliate's affair, who sees their log in the portal, and a network has thousands of them.
 * @param now Unix milliseconds.
 */
export async function loadUnwellTargets(db: Db, now: number): Promise<readonly UnwellTargetRow[]> {
  const rows = await db
    .selectFrom('notification_targets as target')
    .leftJoin('target_health as health', 'health.target_id', 'target.id')
    .select([
      'target.id',
      'target.workspace',
      'target.owner_type',
      'target.owner_id',
      'target.system',
      'target.url',
    ])
    .select(['target.status', 'target.disabled_reason'])
    .select(['health.failing_since', 'health.last_failure_at', 'health.failures_in_row', 'health.last_error'])
    .where('target.owner_type', '<>', 'affiliate')
    .where((where) =>
      where.or([
        where('health.failing_since', 'is not', null),
        where.and([where('target.status', '=', 'disabled'), where('target.disabled_reason', '<>', '')]),
      ]),
    )
    .execute()
  const targets: UnwellTargetRow[] = []
  for (const row of rows) {
    // One that a person paused or switched off is not called: its failure is no news.
    const failingSince = row.status === 'active' ? row.failing_since : null
    targets.push({
      id: row.id,
      workspace: row.workspace,
      ownerType: row.owner_type,
      ownerId: row.owner_id,
      system: row.system,
      url: row.url,
      disabledReason: row.status === 'disabled' ? row.disabled_reason : '',
      failingSince,
      lastFailureAt: row.last_failure_at,
      failuresInRow: row.failures_in_row ?? 0,
      lastError: row.last_error ?? '',
      waiting: failingSince === null ? NONE_WAITING : await loadWaiting(db, row, now),
    })
  }
  return targets
}

const NONE_WAITING: WaitingCalls = { isRetried: false, dueSince: null }

async function loadWaiting(
  db: Db,
  target: { readonly id: string; readonly workspace: string },
  now: number,
): Promise<WaitingCalls> {
  const newest = db
    .selectFrom('deliveries')
    .select(['state', 'attempts', 'due_at'])
    .where('workspace', '=', target.workspace)
    .where('target_id', '=', target.id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(NEWEST_CALLS_MAX)
  const row = await db
    .selectFrom(newest.as('newest'))
    .select((select) => select.fn.max('attempts').as('attempts'))
    .select(sql<number | null>`min(case when due_at <= ${now} then due_at end)`.as('due_since'))
    .where('state', '=', 'pending')
    .executeTakeFirst()
  return { isRetried: Number(row?.attempts ?? 0) > 0, dueSince: row?.due_since ?? null }
}

/**
 * By workspace, the delivery that is due the longest since before `dueBefore`, and that nothing but the queue holds
 * back: its target is active and no call to it, nor to its host, fails. A delivery that waits for an earlier one of its
 * conversion is not due.
 */
export async function loadLateDeliveries(
  db: Db,
  dueBefore: number,
): Promise<ReadonlyMap<string, LateDelivery>> {
  const late = (await loadLanes(db)).filter(({ dueAt }) => dueAt < dueBefore)
  if (late.length === 0) return new Map()
  const active = await loadActiveTargets(db)
  const failingHosts = new Set(late.filter(({ targetId }) => active.get(targetId) === 'failing').map(hostOf))
  const oldest = new Map<string, LateDelivery>()
  for (const lane of late) {
    if (active.get(lane.targetId) !== 'well' || failingHosts.has(hostOf(lane))) continue
    const next = await oldestNext(db, lane, dueBefore)
    if (next === undefined) continue
    const known = oldest.get(next.workspace)
    if (known === undefined || next.dueAt < known.dueAt)
      oldest.set(next.workspace, { ...lane, dueAt: next.dueAt })
  }
  return oldest
}

function hostOf({ host }: LateDelivery): string {
  return host
}

/** The oldest of each lane. Skips from lane to lane along the index, however many deliveries wait in each. */
async function loadLanes(db: Db): Promise<readonly LateDelivery[]> {
  const lanes: LateDelivery[] = []
  while (lanes.length < LANES_MAX) {
    const last = lanes.at(-1)
    const row = await db
      .selectFrom('deliveries')
      .select(['host', 'target_id', 'due_at'])
      .where('state', '=', sql.lit('pending'))
      .$if(last !== undefined, (query) =>
        query.where(sql<SqlBool>`(host, target_id) > (${last?.host ?? ''}, ${last?.targetId ?? ''})`),
      )
      .orderBy('host')
      .orderBy('target_id')
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst()
    if (row === undefined) break
    lanes.push({ host: row.host, targetId: row.target_id, dueAt: row.due_at })
  }
  return lanes
}

async function loadActiveTargets(db: Db): Promise<ReadonlyMap<string, 'well' | 'failing'>> {
  const rows = await db
    .selectFrom('notification_targets as target')
    .leftJoin('target_health as health', 'health.target_id', 'target.id')
    .select(['target.id', 'health.failing_since'])
    .where('target.status', '=', 'active')
    .execute()
  return new Map(rows.map(({ id, failing_since: since }) => [id, since === null ? 'well' : 'failing']))
}

async function oldestNext(db: Db, lane: LateDelivery, dueBefore: number) {
  const row = await db
    .selectFrom('deliveries')
    .select(['workspace', 'due_at'])
    .where('state', '=', sql.lit('pending'))
    .where('host', '=', lane.host)
    .where('target_id', '=', lane.targetId)
    .where('due_at', '<', dueBefore)
    .where(isNextForTarget)
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? undefined : { workspace: row.workspace, dueAt: row.due_at }
}

/** Hits of one sender in a span of time; those of tests and of no sender's URL are not among them. */
export type HitCount = {
  /** '' for hits that name neither. */
  readonly senderId: string
  readonly hits: number
  readonly unmatched: number
}

/** @param span Unix milliseconds; `to` is not in it. */
export async function countHits(
  db: Db,
  workspace: string,
  span: { readonly from: number; readonly to: number },
): Promise<readonly HitCount[]> {
  const rows = await db
    .selectFrom('hits')
    .select(['affiliate_network_id', 'advertiser_id'])
    .select((query) => query.fn.countAll<number>().as('hits'))
    .select(sql<number>`sum(case when outcome = 'unmatched' then 1 else 0 end)`.as('unmatched'))
    .where('workspace', '=', workspace)
    .where('received_at', '>=', span.from)
    .where('received_at', '<', span.to)
    .where('kind', 'in', ['postback', 'image', 'iframe', 'script'])
    .where('outcome', 'not in', ['test', 'malformed'])
    .groupBy(['affiliate_network_id', 'advertiser_id'])
    .execute()
  return rows.map((row) => ({
    senderId: row.advertiser_id === '' ? row.affiliate_network_id : row.advertiser_id,
    hits: Number(row.hits),
    unmatched: Number(row.unmatched),
  }))
}
