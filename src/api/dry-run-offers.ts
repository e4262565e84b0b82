import type { RouteLookups } from '../domain/decide-route.ts'
import type { Flow } from '../domain/flow.ts'
import type { Campaign } from '../store/campaigns.ts'
import { getFlow } from '../store/flows.ts'
import { loadCappedUntil } from '../store/offer-caps.ts'
import { toOffer } from '../store/offers.ts'
import { loadOptimizedWeights, withOptimizedWeights } from '../store/optimized-weights.ts'
import type { Db } from '../store/transaction.ts'

export type DryRunOffers = RouteLookups & {
  /** The campaign that the offer leads on through; '' for none. */
  readonly campaignOf: (offerId: string) => string
}

/**
 * Which offers and landers of the workspace take a visitor, as the edges tell it (edge/offer-lookups.ts).
 * @param visitor `country` is '' when unknown, which no offer's list of countries names.
 */
export async function loadDryRunOffers(
  db: Db,
  workspace: string,
  visitor: { readonly country: string; readonly now: number },
): Promise<DryRunOffers> {
  const rows = await db
    .selectFrom('offers')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .execute()
  const landers = await db
    .selectFrom('landers')
    .select('id')
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .execute()
  const campaigns = await db
    .selectFrom('campaigns')
    .select('id')
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where('status', '=', 'active')
    .execute()
  const offers = new Map(rows.map((row) => [row.id, toOffer(row)]))
  const cappedUntil = await loadCappedUntil(db, [...offers.values()], visitor.now)
  const landerIds = new Set(landers.map(({ id }) => id))
  const activeIds = new Set(campaigns.map(({ id }) => id))
  const country = visitor.country.toUpperCase()
  return {
    takes: (id) => {
      const offer = offers.get(id)
      if (offer === undefined || (cappedUntil.get(id) ?? 0) > visitor.now) return false
      if (offer.countries.length > 0 && !offer.countries.includes(country)) return false
      return offer.campaignId === '' || activeIds.has(offer.campaignId)
    },
    fallbackOffer: (id) => offers.get(id)?.fallbackOfferId ?? '',
    hasLander: (id) => landerIds.has(id),
    campaignOf: (id) => offers.get(id)?.campaignId ?? '',
  }
}

/** The flow that a campaign's visitors go through, with the weights that were found for it. */
export async function loadFlow(db: Db, campaign: Campaign): Promise<Flow> {
  const { workspace, flowId } = campaign
  const shared = flowId === '' ? undefined : await getFlow(db, { workspace, id: flowId })
  return withOptimizedWeights(shared ?? campaign, await loadOptimizedWeights(db))
}
