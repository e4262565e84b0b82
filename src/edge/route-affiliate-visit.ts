import { FALLBACK_STEPS_MAX } from '../domain/decide-route.ts'
import type { SnapshotTerms } from '../domain/snapshot.ts'
import type { LinkRefusal } from './link-refusal.ts'
import type { IndexedAffiliateLink, IndexedOffer } from './snapshot-index.ts'
import type { Target } from './target.ts'
import type { Visit } from './visit.ts'
import { RequestFacts } from './visit-facts.ts'

export type AffiliateVisit = Visit<IndexedAffiliateLink>

/** Which offer takes the visit: the link's own, or one that stands in for it. */
export type AffiliateRoute =
  | {
      readonly found: true
      readonly offer: IndexedOffer & { readonly target: Target }
      /** Why the link's own offer does not; undefined when it does. */
      readonly refusal: LinkRefusal | undefined
    }
  | { readonly found: false; readonly offer: IndexedOffer; readonly refusal: LinkRefusal }

/**
 * Goes from the link's offer through those that stand in for it, one after the other, to the first whose own terms
 * take the visit.
 */
export function routeAffiliateVisit(visit: AffiliateVisit): AffiliateRoute {
  const { link, index } = visit
  let offer: IndexedOffer = link.offer
  let refusal: LinkRefusal | undefined
  for (let step = 0; step <= FALLBACK_STEPS_MAX; step++) {
    const found = findRefusal(visit, offer)
    const { target } = offer
    if (found === undefined && target !== undefined)
      return { found: true, offer: { ...offer, target }, refusal }
    refusal ??= found ?? 'offer paused'
    const next = index.offers.get(offer.offer.fallbackOfferId)
    if (next === undefined || next.offer.workspace !== link.workspace.id) break
    offer = next
  }
  return { found: false, offer: link.offer, refusal: refusal ?? 'offer paused' }
}

/** Why an offer does not take the visit; undefined when it does. The affiliate's reasons go before the visitor's. */
function findRefusal(visit: AffiliateVisit, { offer, terms }: IndexedOffer): LinkRefusal | undefined {
  const { link, client, params, atMs } = visit
  const { affiliate, place } = link.affiliate
  if (affiliate.status !== 'active') return 'affiliate not active'
  if (isBlocked(affiliate.blockedSources, params.dimensions)) return 'source blocked'
  if (terms !== undefined) {
    if (!terms.isOpenAt(atMs)) return closedReason(terms.terms, atMs)
    if (!terms.mayRun(place)) return 'affiliate not approved'
  }
  if (offer.countries.length > 0 && !offer.countries.includes(client.place.country))
    return 'country not taken'
  if (terms !== undefined && !terms.targets(factsOf(visit))) return 'visitor not targeted'
  if (offer.cappedUntil > atMs) return 'offer capped'
  return terms !== undefined && terms.cappedUntil(place) > atMs ? 'affiliate capped' : undefined
}

function closedReason({ status, expiresAt }: SnapshotTerms, atMs: number): LinkRefusal {
  if (expiresAt !== null && expiresAt <= atMs) return 'offer expired'
  if (status === 'active') return 'advertiser paused'
  return status === 'pending' ? 'offer pending' : 'offer paused'
}

function isBlocked(
  blocked: readonly string[],
  { tokens, sub1 = '' }: AffiliateVisit['params']['dimensions'],
): boolean {
  if (blocked.length === 0) return false
  const source = tokens?.source?.toLowerCase() ?? ''
  const sub = sub1.toLowerCase()
  return blocked.some((one) => {
    const value = one.toLowerCase()
    return value !== '' && (value === source || value === sub)
  })
}

function factsOf({ client, params, query, history, bot, atMs, link }: AffiliateVisit): RequestFacts {
  const { dimensions } = params
  return new RequestFacts({
    client,
    dimensions,
    query,
    history,
    bot,
    atMs,
    timeZone: link.workspace.timeZone,
  })
}
