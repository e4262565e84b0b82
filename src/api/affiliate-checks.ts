import { type Affiliate, type AffiliateFields, getAffiliate } from '../store/affiliates.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { SqlEngine } from '../store/open-store.ts'
import type { Db } from '../store/transaction.ts'
import type { AccountRole } from './access-table.ts'
import type { Accounts } from './accounts.ts'
import { findTakenLegacyIds, legacyIdLocks } from './legacy-ids.ts'
import { type FieldError, invalidFields, notFound, Problem } from './problem.ts'

/** Longer chains of affiliates that brought each other are taken for a circle. */
const REFERRERS_MAX = 1_000
const MANAGER_ROLES: readonly AccountRole[] = ['owner', 'manager', 'affiliate_manager']

/** What decides about money, and about who decides, is not an affiliate manager's to change. */
const MANAGERS_FIELDS = ['managerId', 'referrerId', 'referralPercent', 'tier', 'payment'] as const

/** Names one affiliate, as far as the caller may see it: `managerId` is undefined for whoever sees all. */
export type ManagedAffiliate = {
  readonly workspace: string
  readonly id: string
  readonly managerId: string | undefined
}

/**
 * The affiliate, when it is the workspace's and, for an affiliate manager, one that it looks after.
 * @throws Problem 404, the same for one that does not exist.
 */
export async function loadManagedAffiliate(db: Db, key: ManagedAffiliate): Promise<Affiliate> {
  const found = await getAffiliate(db, key)
  const isVisible = key.managerId === undefined || found?.managerId === key.managerId
  if (found === undefined || !isVisible) throw notFound('affiliate', key.id)
  return found
}

/** @throws Problem 403 when an affiliate manager changes what is not its to change. */
export function refuseForeignFields(managerId: string | undefined, changed: readonly string[]): void {
  if (managerId === undefined) return
  const refused = MANAGERS_FIELDS.filter((field) => changed.includes(field))
  if (refused.length === 0) return
  const detail = `An affiliate manager does not change ${refused.join(', ')}: ask a manager of the workspace.`
  throw new Problem(403, 'not_yours_to_change', detail)
}

/**
 * Refuses a manager who is none of the workspace. Called before the transaction: accounts have a connection of
 * their own, which on SQLite is the same one.
 * @throws Problem 422
 */
export async function checkManager(accounts: Accounts, workspace: string, managerId: string): Promise<void> {
  if (managerId === '') return
  const memberships = await accounts.memberships(managerId)
  if (memberships.some((each) => each.workspace === workspace && MANAGER_ROLES.includes(each.role))) return
  const message = 'is no owner, manager or affiliate manager of this workspace'
  throw invalidFields([{ field: 'managerId', message }])
}

/**
 * Refuses legacy ids that are taken, and a referrer that is none. The transaction holds the locks until it ends.
 * @param saved the fields as they will be; `id` is absent on creation.
 * @throws Problem 422
 */
export async function checkAffiliate(
  { db, engine }: { readonly db: Db; readonly engine: SqlEngine },
  workspace: string,
  saved: Pick<AffiliateFields, 'legacyIds' | 'referrerId'> & { readonly id?: string },
): Promise<void> {
  const referrers = saved.referrerId === '' ? [] : [`referrers:${workspace}`]
  await lockKeys(db, engine, [...legacyIdLocks('affiliates')(saved), ...referrers])
  const errors: FieldError[] = [
    ...(await findTakenLegacyIds(db, 'affiliates', { legacyIds: saved.legacyIds, own: saved.id })),
    ...(await findWrongReferrer(db, workspace, saved)),
  ]
  if (errors.length > 0) throw invalidFields(errors)
}

async function findWrongReferrer(
  db: Db,
  workspace: string,
  { id, referrerId }: { readonly id?: string; readonly referrerId: string },
): Promise<readonly FieldError[]> {
  if (referrerId === '') return []
  const wrong = (message: string) => [{ field: 'referrerId', message }]
  if (referrerId === id) return wrong('an affiliate does not bring itself')
  const referrer = await getAffiliate(db, { workspace, id: referrerId })
  if (referrer === undefined || referrer.archivedAt !== null) {
    return wrong(`there is no affiliate "${referrerId}"`)
  }
  // One that is new brought nobody yet.
  const isCircle = id !== undefined && (await wasBroughtBy(db, referrer, id))
  return isCircle ? wrong('was brought by this affiliate itself') : []
}

/** Whether `id` is among those that brought the affiliate, one after the other. */
async function wasBroughtBy(db: Db, affiliate: Affiliate, id: string): Promise<boolean> {
  let { referrerId } = affiliate
  for (let steps = 0; steps < REFERRERS_MAX && referrerId !== ''; steps += 1) {
    if (referrerId === id) return true
    const next = await getAffiliate(db, { workspace: affiliate.workspace, id: referrerId })
    referrerId = next?.referrerId ?? ''
  }
  return referrerId !== ''
}
