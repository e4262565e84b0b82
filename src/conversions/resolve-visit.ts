import { type ClickIdKey, verifyClickId } from '../domain/click-id.ts'
import type { AttributionMethod } from '../domain/conversion-types.ts'
import type { Hit } from '../domain/hit.ts'
import type { HitFields } from '../domain/hit-params.ts'
import type { FoundVisit } from '../ledger/find-in-ledger.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { senderIdOf, senderOfToken } from './sender.ts'

/** A click id that the hit may mean, and how it came by it. */
type Candidate = { readonly clickId: string; readonly method: AttributionMethod }

export type Candidates = {
  /** Genuine click ids, the most trusted first (PROTOCOL section 2, "Finding the visit"). */
  readonly genuine: readonly Candidate[]
  /** Why there is none. */
  readonly reason: string
}

export type Resolution =
  | { readonly found: true; readonly visit: FoundVisit; readonly method: AttributionMethod }
  | { readonly found: false; readonly reason: string }

/**
 * A visit that a person chose goes before everything that the sender said. Forged, mistyped and truncated ids are
 * refused here, without a look-up.
 */
export function listCandidates(hit: Hit, fields: HitFields, key: ClickIdKey): Candidates {
  const named: readonly Candidate[] = [
    { clickId: hit.matchedClickId ?? '', method: 'matched' },
    { clickId: fields.cid, method: 'cid' },
    { clickId: hit.firstPartyClickId ?? '', method: 'first_party' },
    { clickId: hit.cookieOfferClickIds?.[fields.offer] ?? '', method: 'cookie_offer' },
    { clickId: hit.cookieClickId ?? '', method: 'cookie_latest' },
  ]
  const given = named.filter((candidate) => candidate.clickId !== '')
  const genuine = given.filter((candidate) => verifyClickId(candidate.clickId, key).ok)
  const [first] = given
  const reason = first === undefined ? 'no click id' : 'the click id is not one of this installation'
  return { genuine, reason: genuine.length > 0 ? '' : reason }
}

/** The first candidate whose visit is known. */
export function resolveVisit(
  candidates: Candidates,
  fields: HitFields,
  visits: ReadonlyMap<string, FoundVisit>,
  configuration: Configuration,
): Resolution {
  for (const { clickId, method } of candidates.genuine) {
    const visit = visits.get(clickId)
    if (visit === undefined || !configuration.workspaces.has(visit.visit.workspace)) continue
    if (method === 'cookie_latest' && !wentToSender(visit, fields, configuration)) continue
    return { found: true, visit, method }
  }
  return { found: false, reason: candidates.reason || 'no visit has that click id' }
}

/**
 * The browser's latest click id counts only when its visit went to whoever reports: the advertiser or network of the
 * offer that the hit names, or the one whose token it carries. A hit that names neither can not contradict a network;
 * for an advertiser, whose page anybody's visitors see, it says too little.
 */
function wentToSender(visit: FoundVisit, fields: HitFields, configuration: Configuration): boolean {
  const named = configuration.offers.get(fields.offer)
  const { workspace } = visit.visit
  const sender = named ? senderIdOf(named) : senderOfToken(fields.token, configuration, workspace)?.id
  const went = configuration.offers.get(offerIdOf(visit))
  if (went !== undefined && went.advertiserId !== '') return sender === went.advertiserId
  return sender === undefined || sender === networkIdOf(visit, configuration)
}

/** The offer that the visit went to, by its last click. */
export function offerIdOf(visit: FoundVisit): string {
  return visit.lastClickOfferId || (visit.visit.offer_id ?? '')
}

/** The network that the visit went to. */
export function networkIdOf(visit: FoundVisit, configuration: Configuration): string {
  const offer = configuration.offers.get(offerIdOf(visit))
  return offer?.affiliateNetworkId ?? (visit.lastClickNetworkId || (visit.visit.affiliate_network_id ?? ''))
}
