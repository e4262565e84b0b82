import { expressionBuilder, type RawBuilder, type Selectable, sql } from 'kysely'
import { type Delivery, toDelivery } from './deliveries.ts'
import { isClosed } from './delivery-closing.ts'
import { isNextForTarget } from './delivery-order.ts'
import type { SqlEngine } from './open-store.ts'
import { passingOverLocked } from './row-locks.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

/** Where a delivery waits: everything in a lane goes to the same host for the same target. */
export type LaneKey = {
  /** host:port; '' for what is not sent over HTTP. */
  readonly host: string
  readonly targetId: string
}

/** A lane with something that may be sent now, as far as its target is concerned. */
export type DueLane = LaneKey & {
  /** The target's own limits; 0 for none. */
  readonly maxPerMinute: number
  readonly maxConcurrent: number
}

/** No lane comes before it. */
export const FIRST_LANE: LaneKey = { host: '', targetId: '' }

export type LaneScanResult = {
  readonly lanes: readonly DueLane[]
  /** Those whose target is closed: what waits in them is to be cancelled. */
  readonly closed: readonly LaneKey[]
  /** Where the next scan goes on; FIRST_LANE after the last lane. */
  readonly next: LaneKey
}

/** Of a lane's rows in order of due time, a claim looks at so many per place that it wants, and at so many more. */
const HEAD_ROWS_PER_PLACE = 2
const HEAD_ROWS_MORE = 64

/**
 * Finds lanes with something due, in the order of the index and from after `after` on: a loose index scan, which
 * steps from lane to lane by one probe each. What it costs depends on the lanes visited and on what is being sent
 * now, and not on how much waits. Lanes of a target that is paused or disabled are left out, but for closed ones.
 * @param visit.limit lanes visited, due or not.
 */
export async function findDueLanes(
  db: Db,
  visit: { readonly after: LaneKey; readonly now: number; readonly limit: number },
): Promise<LaneScanResult> {
  const { rows } = await scanQuery(visit).execute(db)
  const last = rows.at(-1)
  const atEnd = last === undefined || last.n < visit.limit
  return {
    lanes: rows.filter(({ is_due }) => is_due === 1).map(toDueLane),
    closed: rows
      .filter(({ is_closed }) => is_closed === 1)
      .map((row) => ({ host: row.host, targetId: row.target_id })),
    next: atEnd ? FIRST_LANE : { host: last.host, targetId: last.target_id },
  }
}

type ScannedRow = {
  readonly host: string
  readonly target_id: string
  /** Lanes visited up to this one. */
  readonly n: number
  readonly is_due: number
  readonly is_closed: number
  readonly max_per_minute: number | null
  readonly max_concurrent: number | null
}

/** @public for the test that reads its plan */
export function scanQuery(visit: {
  readonly after: LaneKey
  readonly now: number
  readonly limit: number
}): RawBuilder<ScannedRow> {
  const { after, now, limit } = visit
  return sql<ScannedRow>`
    with recursive lane (host, target_id, due_at, n) as (
      select cast(${after.host} as text), cast(${after.targetId} as text), cast(null as bigint), 0
      union all
      select following.host, following.target_id, following.due_at, lane.n + 1
      from lane join deliveries as following on following.id = ${headOfNextLane}
      where lane.n < ${limit}
    ), looked_at as (
      select lane.host, lane.target_id, lane.n, target.max_per_minute, target.max_concurrent,
        case when lane.due_at <= ${now} and target.status = 'active' and exists (
          select 1 from deliveries as waiting
          where waiting.state = 'pending' and waiting.host = lane.host and waiting.target_id = lane.target_id
            and waiting.due_at <= ${now} and (waiting.lease_until is null or waiting.lease_until <= ${now})
        ) then 1 else 0 end as is_due,
        case when ${isClosed} then 1 else 0 end as is_closed
      from lane left join notification_targets as target on target.id = lane.target_id
    )
    select * from looked_at
    where n > 0 and (is_due = 1 or is_closed = 1 or n = (select max(n) from lane))
    order by n
  `
}

/**
 * The id of the first row of the lane after `lane`: of the next target of its host, or else of the first of the next
 * host. Two seeks, and not one for (host, target_id) > (…): SQLite seeks such a pair by its first half, and walks over
 * all that waits for the host.
 */
const headOfNextLane = sql`coalesce(
  (
    select later.id from deliveries as later
    where later.state = 'pending' and later.host = lane.host and later.target_id > lane.target_id
    order by later.host, later.target_id, later.due_at limit 1
  ), (
    select later.id from deliveries as later
    where later.state = 'pending' and later.host > lane.host
    order by later.host, later.target_id, later.due_at limit 1
  )
)`

function toDueLane(row: ScannedRow): DueLane {
  return {
    host: row.host,
    targetId: row.target_id,
    maxPerMinute: row.max_per_minute ?? 0,
    maxConcurrent: row.max_concurrent ?? 0,
  }
}

export type LaneClaim = {
  readonly now: number
  readonly workerId: string
  /** After this long a delivery whose worker died is due again. */
  readonly leaseMs: number
  /** How many of which lane, at least 1 of each. */
  readonly lanes: readonly (LaneKey & { readonly places: number })[]
}

/**
 * Leases what is due in the lanes, the longest due of each first. No two workers get the same delivery while its
 * lease runs: PostgreSQL skips rows that another worker is claiming, and takes all lanes in one round trip; SQLite
 * has one writer at a time, and no round trips. Of a target that is paused or disabled nothing is given.
 *
 * Rows at the head of a lane that are not to be sent (expired, or behind earlier news of their conversion) are
 * stepped over, as far as a few per place asked for: see putOffBlocked.
 */
export async function claimFromLanes(
  db: Db,
  engine: SqlEngine,
  claim: LaneClaim,
): Promise<readonly Delivery[]> {
  const rows = await (engine === 'postgres' ? claimTogether(db, claim) : claimOneByOne(db, claim))
  return rows.map(toDelivery).sort((a, b) => a.dueAt - b.dueAt)
}

type DeliveryRow = Selectable<Database['deliveries']>

async function claimTogether(db: Db, claim: LaneClaim): Promise<readonly DeliveryRow[]> {
  const { lanes, now, workerId, leaseMs } = claim
  const columns = {
    host: sql`lane.host`,
    targetId: sql`lane.target_id`,
    places: sql`lane.places`,
    headRows: sql`lane.head_rows`,
  }
  // Materialized: the rows must be locked once, and not once per row of the update.
  const { rows } = await sql<DeliveryRow>`
    with picked as materialized (
      select one.id
      from unnest(
        ${lanes.map(({ host }) => host)}::text[], ${lanes.map(({ targetId }) => targetId)}::text[],
        ${lanes.map(({ places }) => places)}::int[], ${lanes.map(headRowsOf)}::int[]
      ) as lane (host, target_id, places, head_rows)
      cross join lateral (${claimableOf(columns, now)} for update of deliveries skip locked) as one
    )
    update deliveries set lease_owner = ${workerId}, lease_until = ${now + leaseMs}
    where id in (select id from picked)
    returning *
  `.execute(db)
  return rows
}

async function claimOneByOne(db: Db, claim: LaneClaim): Promise<readonly DeliveryRow[]> {
  return await inTransaction(db, async (trx) => {
    const claimed: DeliveryRow[] = []
    for (const lane of claim.lanes) claimed.push(...(await claimQuery(claim, lane).execute(trx)).rows)
    return claimed
  })
}

/** @public for the test that reads its plan */
export function claimQuery(
  { now, workerId, leaseMs }: Omit<LaneClaim, 'lanes'>,
  lane: LaneClaim['lanes'][number],
): RawBuilder<DeliveryRow> {
  return sql<DeliveryRow>`
    update deliveries set lease_owner = ${workerId}, lease_until = ${now + leaseMs}
    where id in (${claimableOf({ ...lane, headRows: headRowsOf(lane) }, now)})
    returning *
  `
}

function headRowsOf({ places }: { readonly places: number }): number {
  return HEAD_ROWS_PER_PLACE * places + HEAD_ROWS_MORE
}

/**
 * Ids of a lane that may be sent. The conditions of the head are asked again of the rows themselves: PostgreSQL
 * repeats those when it finds a row changed that it wants to lock. In the order that the head comes in, so that rows
 * are looked at one by one until there are enough, and not all of the head to be sorted; the target is asked once.
 */
function claimableOf(
  lane: Readonly<Record<'host' | 'targetId' | 'places' | 'headRows', unknown>>,
  now: number,
) {
  return sql`
    select deliveries.id
    from (${headOf(lane, now)}) as head join deliveries on deliveries.id = head.id
    where deliveries.state = 'pending'
      and (deliveries.lease_until is null or deliveries.lease_until <= ${now})
      and deliveries.due_at <= ${now}
      and (deliveries.expires_at is null or deliveries.expires_at > ${now})
      and (select target.status from notification_targets as target where target.id = ${lane.targetId}) = 'active'
      and ${isNextForTarget(expressionBuilder<Database, 'deliveries'>())}
    order by head.due_at limit ${lane.places}
  `
}

/** The rows of a lane that are due and that nobody is sending, the longest due first. */
function headOf(
  lane: Readonly<Record<'host' | 'targetId' | 'headRows', unknown>>,
  now: number,
): RawBuilder<{ id: string }> {
  return sql`
    select waiting.id, waiting.due_at from deliveries as waiting
    where waiting.state = 'pending' and waiting.host = ${lane.host} and waiting.target_id = ${lane.targetId}
      and waiting.due_at <= ${now} and (waiting.lease_until is null or waiting.lease_until <= ${now})
    order by waiting.due_at limit ${lane.headRows}
  `
}

/** Rows at the head of a lane that are looked at and put off at once. */
const BLOCKED_ROWS_MAX = 256
/** The earlier news are due, but their own lane may not go now. */
const BLOCKED_WAIT_MS = 1_000
/** A limit for what nothing brings forward, e.g. because its earlier news were taken away. */
const BLOCKED_WAIT_MS_MAX = 3_600_000

/**
 * Puts off what waits at the head of a lane for earlier news of its conversion, until these are due, so that the
 * lane's others come to the front: for lanes that had something due and gave nothing. Each row is written once for
 * each attempt that the earlier news take, and is brought forward when these end (bringForward): the earlier ones are
 * locked meanwhile, so that they do not end unseen. Those whose earlier news are being sent stay: they are next.
 */
export async function putOffBlocked(db: Db, lanes: readonly LaneKey[], now: number): Promise<void> {
  for (const lane of lanes) {
    await inTransaction(db, async (trx) => {
      const { rows } = await sql<Blocked>`
        select blocked.id, earlier.due_at as earlier_due_at
        from (${headOf({ ...lane, headRows: BLOCKED_ROWS_MAX }, now)}) as head
          join deliveries as blocked on blocked.id = head.id
          join deliveries as earlier on earlier.conversion_id = blocked.conversion_id
            and earlier.target_id = blocked.target_id and earlier.transition < blocked.transition
        where earlier.state = 'pending' and (earlier.lease_until is null or earlier.lease_until <= ${now})
        order by blocked.id
        ${passingOverLocked(trx, ['blocked', 'earlier'])}
      `.execute(trx)
      if (rows.length > 0) await putOff(trx, rows, now)
    })
  }
}

type Blocked = { readonly id: string; readonly earlier_due_at: number }

async function putOff(db: Db, blocked: readonly Blocked[], now: number): Promise<void> {
  const latest = new Map<string, number>()
  for (const { id, earlier_due_at: at } of blocked) latest.set(id, Math.max(at, latest.get(id) ?? at))
  const values = [...latest].map(([id, earlierDueAt]) => {
    const dueAt = Math.min(Math.max(earlierDueAt + 1, now + BLOCKED_WAIT_MS), now + BLOCKED_WAIT_MS_MAX)
    return sql`(cast(${id} as text), cast(${dueAt} as bigint))`
  })
  await sql`
    update deliveries set due_at = later.column2, put_off_from = coalesce(put_off_from, due_at)
    from (values ${sql.join(values)}) as later
    where deliveries.id = later.column1 and state = 'pending' and (lease_until is null or lease_until <= ${now})
  `.execute(db)
}
