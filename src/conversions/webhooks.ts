import { formatMicros } from '../domain/money.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import type { WebhookData } from '../domain/webhook-events.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { buildWebhookRows } from '../store/webhook-events.ts'
import type { Notifier } from './build-deliveries.ts'

/** Configurations are replaced as a whole: a network has a few webhooks among many thousand targets. */
const webhooksByWorkspace = new WeakMap<Configuration, ReadonlyMap<string, readonly NotificationTarget[]>>()

/**
 * The deliveries to the workspace's webhooks of one transition. They hear of every one, an amount alone too, and
 * whatever the sender of the hit says about notifications: its wish concerns sources and affiliates, and the
 * network's own systems would miss money.
 */
export function webhookRows(
  transition: {
    /** Undefined when the conversion is new. */
    readonly before: StoredConversion | undefined
    readonly after: StoredConversion
    readonly at: number
  },
  { configuration, ownHosts, now }: Notifier,
): ReturnType<typeof buildWebhookRows> {
  const { before, after } = transition
  const webhooks = indexOf(configuration).get(after.workspace) ?? []
  if (webhooks.length === 0) return []
  const domains = [...configuration.domains.values()].map(({ name }) => name)
  const occurrence = {
    workspace: after.workspace,
    event: before === undefined ? 'conversion.recorded' : 'conversion.changed',
    at: transition.at,
    data: toData(before, after),
    subjectId: after.id,
    transition: after.transitions,
    clickId: after.clickId,
  } as const
  return buildWebhookRows(webhooks, occurrence, { ownHosts: [...ownHosts, ...domains], now })
}

function indexOf(configuration: Configuration): ReadonlyMap<string, readonly NotificationTarget[]> {
  const known = webhooksByWorkspace.get(configuration)
  if (known !== undefined) return known
  const webhooks = [...configuration.targets.values()].filter(({ ownerType }) => ownerType === 'workspace')
  const index = Map.groupBy(webhooks, ({ workspace }) => workspace)
  webhooksByWorkspace.set(configuration, index)
  return index
}

/** Amounts in the workspace's currency, as decimal strings. */
function toData(before: StoredConversion | undefined, after: StoredConversion): WebhookData {
  const { id, clickId, event, txid, status, currency, offerId, affiliateId, advertiserId } = after
  return {
    id,
    clickId,
    event,
    txid,
    status,
    previousStatus: before?.status ?? null,
    currency,
    revenue: formatMicros(after.revenueMicros),
    payout: formatMicros(after.payoutMicros),
    sale: formatMicros(after.saleMicros),
    offerId,
    affiliateId,
    advertiserId,
    affiliateNetworkId: after.affiliateNetworkId,
    campaignId: after.campaignId,
    trafficSourceId: after.trafficSourceId,
    transition: after.transitions,
    recordedAt: new Date(after.createdAt).toISOString(),
    payableAt: after.payableAt === null ? null : new Date(after.payableAt).toISOString(),
  }
}
