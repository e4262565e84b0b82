import type { NotificationTarget } from '../domain/target-types.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { StoredTarget } from '../store/notification-targets.ts'

/** Targets by whose they are; made once for each configuration, which may hold tens of thousands of them. */
const targetIndexes = new WeakMap<Configuration, ReadonlyMap<string, readonly StoredTarget[]>>()

/**
 * The targets that may hear of a conversion, the oldest first: of its traffic source, of its campaign, and of its
 * affiliate both for all offers and for this one.
 */
export function targetsOf(
  configuration: Configuration,
  conversion: Pick<
    StoredConversion,
    'workspace' | 'campaignId' | 'trafficSourceId' | 'affiliateId' | 'offerId'
  >,
): readonly StoredTarget[] {
  const { workspace, campaignId, trafficSourceId, affiliateId, offerId } = conversion
  const index = indexOf(configuration)
  const keys = [
    keyOf({ workspace, ownerType: 'campaign', ownerId: campaignId, offerId: '' }),
    keyOf({ workspace, ownerType: 'traffic_source', ownerId: trafficSourceId, offerId: '' }),
    keyOf({ workspace, ownerType: 'affiliate', ownerId: affiliateId, offerId: '' }),
    keyOf({ workspace, ownerType: 'affiliate', ownerId: affiliateId, offerId }),
  ]
  // Without an offer the last two are the same.
  const found = [...new Set(keys)].flatMap((key) => index.get(key) ?? [])
  return found.length < 2 ? found : found.sort(byAge)
}

function indexOf(configuration: Configuration): ReadonlyMap<string, readonly StoredTarget[]> {
  const known = targetIndexes.get(configuration)
  if (known !== undefined) return known
  const owned = [...configuration.targets.values()].filter((target) => target.ownerId !== '')
  const index = Map.groupBy(owned, keyOf)
  targetIndexes.set(configuration, index)
  return index
}

function keyOf(target: Pick<NotificationTarget, 'workspace' | 'ownerType' | 'ownerId' | 'offerId'>): string {
  return `${target.workspace} ${target.ownerType} ${target.ownerId} ${target.offerId}`
}

function byAge(a: StoredTarget, b: StoredTarget): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  return a.id < b.id ? -1 : 1
}
