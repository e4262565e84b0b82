import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** So many of a kind are counted at most: whoever looks needs to know that there are many, not how many. */
export const COUNTED_MAX = 1_000

/** Calls of the workspace that wait to be made. */
export type WaitingDeliveries = {
  /** COUNTED_MAX + 1 stands for more than COUNTED_MAX; so in all counts here. */
  readonly waiting: number
  /** Whose time has come. */
  readonly due: number
  /** Since when the oldest of them is due, Unix milliseconds; null when none is. */
  readonly dueSince: number | null
}

/** Those of the soonest COUNTED_MAX that wait. */
export async function countWaitingDeliveries(
  db: Db,
  workspace: string,
  now: number,
): Promise<WaitingDeliveries> {
  const { waiting, due, soonest } = await db
    .selectFrom((from) =>
      from
        .selectFrom('deliveries')
        .select('due_at')
        .where('workspace', '=', workspace)
        // As the partial index deliveries_waiting says it.
        .where('state', '=', sql.lit('pending'))
        .orderBy('due_at')
        .limit(COUNTED_MAX + 1)
        .as('waiting'),
    )
    .select((select) => [
      select.fn.countAll<number>().as('waiting'),
      select.fn.countAll<number>().filterWhere('due_at', '<=', now).as('due'),
      select.fn.min('due_at').as('soonest'),
    ])
    .executeTakeFirstOrThrow()
  return {
    waiting: Number(waiting),
    due: Number(due),
    dueSince: Number(due) === 0 || soonest === null ? null : Number(soonest),
  }
}

/** Targets that are called in vain: whose last call failed, and those that the system switched off. */
export type UnwellTargets = { readonly failing: number; readonly disabled: number }

/** Whose targets: an affiliate's own are the affiliate's affair, who sees their log in the portal. */
const OWNERS = ['traffic_source', 'campaign', 'workspace', 'alerts'] as const
export type TargetOwner = (typeof OWNERS)[number]

/** Of all owners' targets, by the kind of owner. */
export async function countUnwellTargets(
  db: Db,
  workspace: string,
): Promise<Readonly<Record<TargetOwner, UnwellTargets>>> {
  const rows = await db
    .selectFrom('notification_targets as target')
    .leftJoin('target_health as health', 'health.target_id', 'target.id')
    .select('target.owner_type')
    .select([
      sql<number>`sum(case when target.status = 'active' and health.failing_since is not null then 1 else 0 end)`.as(
        'failing',
      ),
      sql<number>`sum(case when target.status = 'disabled' and target.disabled_reason <> '' then 1 else 0 end)`.as(
        'disabled',
      ),
    ])
    .where('target.workspace', '=', workspace)
    .where('target.owner_type', 'in', OWNERS)
    .groupBy('target.owner_type')
    .execute()
  const of = (owner: TargetOwner): UnwellTargets => {
    const row = rows.find(({ owner_type: type }) => type === owner)
    return { failing: Number(row?.failing ?? 0), disabled: Number(row?.disabled ?? 0) }
  }
  return {
    traffic_source: of('traffic_source'),
    campaign: of('campaign'),
    workspace: of('workspace'),
    alerts: of('alerts'),
  }
}

/** Hits that found no visit. @param since of their arrival, Unix milliseconds. */
export async function countUnmatchedHits(db: Db, workspace: string, since: number): Promise<number> {
  return await countRows(db, 'hits', (where) =>
    where.and([
      where('workspace', '=', workspace),
      where('outcome', '=', sql.lit('unmatched')),
      where('received_at', '>=', since),
    ]),
  )
}

export async function countOpenAlerts(db: Db, workspace: string): Promise<number> {
  return await countRows(db, 'alerts', (where) =>
    where.and([where('workspace', '=', workspace), where('state', '=', sql.lit('open'))]),
  )
}

/** What waits for somebody of the network. */
export type NetworkToDos = {
  readonly applications: number
  /** Affiliates' postbacks and pixels that nobody has looked at. */
  readonly pixels: number
  /** Conversions to approve or to reject. */
  readonly conversions: number
}

/** Null for a workspace without affiliates. */
export async function countNetworkToDos(db: Db, workspace: string): Promise<NetworkToDos | null> {
  const affiliate = await db
    .selectFrom('affiliates')
    .select('id')
    .where('workspace', '=', workspace)
    .limit(1)
    .executeTakeFirst()
  if (affiliate === undefined) return null
  const applications = await countRows(db, 'affiliate_offers', (where) =>
    where.and([where('workspace', '=', workspace), where('state', '=', 'pending')]),
  )
  const pixels = await countRows(db, 'notification_targets', (where) =>
    where.and([
      where('workspace', '=', workspace),
      where('owner_type', '=', 'affiliate'),
      where('moderation', '=', sql.lit('pending')),
    ]),
  )
  const conversions = await countRows(db, 'conversions', (where) =>
    where.and([
      where('workspace', '=', workspace),
      where('status', '=', sql.lit('pending')),
      where('affiliate_id', '<>', sql.lit('')),
    ]),
  )
  return { applications, pixels, conversions }
}

type CountedTable = 'hits' | 'alerts' | 'affiliate_offers' | 'notification_targets' | 'conversions'

/** Up to COUNTED_MAX + 1 of them. */
async function countRows<Name extends CountedTable>(
  db: Db,
  table: Name,
  fits: (where: ExpressionBuilder<Database, CountedTable>) => Expression<SqlBool>,
): Promise<number> {
  const { count } = await db
    .selectFrom((from) =>
      from
        .selectFrom<CountedTable>(table)
        .select('workspace')
        .where(fits)
        .limit(COUNTED_MAX + 1)
        .as('counted'),
    )
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}
