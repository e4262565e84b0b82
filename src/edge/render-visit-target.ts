import { clickIdTime } from '../domain/click-id.ts'
import { buildVisitMacroValues } from '../domain/macro-values.ts'
import { renderTemplate } from '../domain/macros.ts'
import { maskVisitUrl } from '../domain/mask-visit.ts'
import { referrerDomain } from '../domain/visitor.ts'
import type { ClientFacts } from './client-facts.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import { createLanderKey } from './lander-key.ts'
import type { VisitDimensions } from './remembered-visit.ts'
import type { IndexedLander, IndexedOffer, TrackingLink } from './snapshot-index.ts'
import type { Target } from './target.ts'

/** `{random}` is a cache buster of up to nine digits. */
const RANDOM_END = 1_000_000_000
const MINUTE_MS = 60_000
const MASK = '***'

/** What the macros of a lander's or offer's URL are filled from. */
export type MacroSource = {
  readonly clickId: string
  readonly dimensions: VisitDimensions
  /** The same as they may be kept, where they say who the visitor is. */
  readonly kept: VisitDimensions | undefined
  readonly client: ClientFacts
  readonly link: TrackingLink
  readonly offer: IndexedOffer
  readonly lander: IndexedLander | undefined
  /** Unix milliseconds: the key of a lander expires so long after it. */
  readonly nowMs: number
}

/** Where a visitor is sent. */
export type VisitTarget = {
  readonly url: string
  /**
   * The same as it may be kept and shown: without a lander's key and who the visitor is, cut at
   * EDGE_LIMITS.locationCharsMax.
   */
  readonly location: string
}

/** Fills a lander's or offer's URL with a visit's values. */
export function renderVisitTarget(target: Target, source: MacroSource): VisitTarget {
  const { clickId, kept } = source
  // Most URLs carry the click id alone; all sixty values would be built for one.
  if (target.isClickIdOnly) return plainTarget(renderTemplate(target.template, { clickid: clickId }))
  const values = macroValues(source)
  if (!target.needsLanderKey && kept === undefined)
    return plainTarget(renderTemplate(target.template, values))
  const key = target.needsLanderKey ? landerKey(source) : ''
  const url = renderTemplate(target.template, { ...values, 'lander.key': key })
  const known = kept === undefined ? values : macroValues({ ...source, dimensions: kept })
  // Filled in anew, because modifiers may have changed what is masked beyond recognition.
  const masked = renderTemplate(target.template, { ...known, random: values.random, 'lander.key': MASK })
  return plainTarget(url, masked)
}

/** @param kept the URL itself unless told: one that holds no secret of ours and says nothing of the visitor. */
function plainTarget(url: string, kept = url): VisitTarget {
  return { url, location: kept.slice(0, EDGE_LIMITS.locationCharsMax) }
}

/** A page that the link itself asked for, with parameters of its own. */
export function askedTarget(url: string): VisitTarget {
  return plainTarget(url, maskVisitUrl(url, false))
}

function macroValues(source: MacroSource) {
  const { clickId } = source
  const { client, link, offer, lander, dimensions } = source
  const visit = {
    at: clickIdTime(clickId),
    click_id: clickId,
    ...ownerIds(link),
    offer_id: offer.offer.id,
    advertiser_id: offer.offer.advertiserId,
    lander_id: lander?.lander.id ?? '',
    country: client.place.country,
    region: client.place.region,
    city: client.place.city,
    isp: client.place.isp,
    asn: client.place.asn,
    connection_type: client.place.connectionType,
    ...client.device.facts,
    language: client.language,
    ip: client.ip,
    user_agent: client.device.userAgent,
    referrer: client.referrer,
    referrer_domain: referrerDomain(dimensions.referrer ?? client.referrer),
    ...dimensions,
  }
  const names = {
    ...ownerNames(link),
    offer: offer.offer.name,
    network: offer.offer.affiliateNetworkName,
    lander: lander?.lander.name ?? '',
  }
  const random = String(Math.floor(Math.random() * RANDOM_END))
  return buildVisitMacroValues(visit, names, random)
}

function ownerIds(link: TrackingLink) {
  if (link.type === 'affiliate') return { affiliate_id: link.affiliate.affiliate.id }
  return { campaign_id: link.campaign.id, traffic_source_id: link.campaign.trafficSourceId }
}

function ownerNames(link: TrackingLink) {
  if (link.type === 'affiliate') return {}
  return { campaign: link.campaign.name, source: link.source?.name ?? '' }
}

function landerKey({ lander, nowMs }: MacroSource): string {
  const protection = lander?.lander.protection
  if (lander === undefined || protection === undefined || protection === null) return ''
  const { secret, minutes } = protection
  return createLanderKey({ id: lander.lander.id, secret }, nowMs + minutes * MINUTE_MS)
}
