import { clickIdTime } from '../domain/click-id.ts'
import {
  CAMPAIGN_COOKIE_PREFIX,
  CLICK_ID_CHARS,
  cookieValue,
  isNameStart,
  OFFER_COOKIE_PREFIX,
} from './cookies.ts'
import type { IndexedAffiliateLink, IndexedCampaign, SnapshotIndex } from './snapshot-index.ts'

/** What a browser's cookies tell about earlier visits. They are the visitor's own claim, which harms nobody else. */
export type VisitorHistory = {
  /** To the campaign or offer, and to its workspace, within their periods. */
  readonly isNew: boolean
  readonly isNewToWorkspace: boolean
  /** The campaign's cookie; '' for none. */
  readonly campaignCookie: string
}

const STRANGER: VisitorHistory = { isNew: true, isNewToWorkspace: true, campaignCookie: '' }

type Moment = { readonly index: SnapshotIndex; readonly atMs: number }

/**
 * Reads the campaigns' cookies: each carries the click id of its latest visit, and with it the time. Visits to
 * campaigns that are archived by now are not seen.
 */
export function readCampaignHistory(
  cookies: string | undefined,
  link: IndexedCampaign,
  { index, atMs }: Moment,
): VisitorHistory {
  const first = cookies === undefined ? -1 : cookies.indexOf(CAMPAIGN_COOKIE_PREFIX)
  if (cookies === undefined || first === -1) return STRANGER
  let campaignCookie = ''
  let latestMs = Number.NEGATIVE_INFINITY
  for (let at = first; at !== -1; at = cookies.indexOf(CAMPAIGN_COOKIE_PREFIX, at + 1)) {
    const equals = cookies.indexOf('=', at)
    if (!isNameStart(cookies, at) || cookies[equals + 1 + CLICK_ID_CHARS] !== '.') continue
    const campaignId = cookies.slice(at + CAMPAIGN_COOKIE_PREFIX.length, equals)
    const known = campaignId === link.id ? link : index.campaignsById.get(campaignId)
    if (known?.workspace.id !== link.workspace.id) continue
    const end = cookies.indexOf(';', equals)
    const value = cookies.slice(equals + 1, end === -1 ? undefined : end)
    if (known === link) campaignCookie = value.trimEnd()
    latestMs = Math.max(latestMs, clickIdTime(value))
  }
  return {
    isNew: campaignCookie === '' || atMs - clickIdTime(campaignCookie) > link.uniqueMs,
    isNewToWorkspace: atMs - latestMs > link.workspaceUniqueMs,
    campaignCookie,
  }
}

/**
 * Reads the offers' cookies: each carries the click id of the latest visit that went to the offer. New to the
 * workspace is who came to none of its offers.
 */
export function readOfferHistory(
  cookies: string | undefined,
  link: IndexedAffiliateLink,
  { index, atMs, offerId }: Moment & { readonly offerId: string },
): VisitorHistory {
  if (cookies === undefined || !cookies.includes(OFFER_COOKIE_PREFIX)) return STRANGER
  const own = cookieValue(cookies, OFFER_COOKIE_PREFIX + offerId)
  let latestMs = Number.NEGATIVE_INFINITY
  for (
    let at = cookies.indexOf(OFFER_COOKIE_PREFIX);
    at !== -1;
    at = cookies.indexOf(OFFER_COOKIE_PREFIX, at + 1)
  ) {
    const equals = cookies.indexOf('=', at)
    if (!isNameStart(cookies, at) || equals === -1) continue
    const visited = index.offers.get(cookies.slice(at + OFFER_COOKIE_PREFIX.length, equals))
    if (visited?.offer.workspace !== link.workspace.id) continue
    const clickId = cookies.slice(equals + 1, equals + 1 + CLICK_ID_CHARS)
    if (clickId.length === CLICK_ID_CHARS) latestMs = Math.max(latestMs, clickIdTime(clickId))
  }
  return {
    isNew: own.length !== CLICK_ID_CHARS || atMs - clickIdTime(own) > link.uniqueMs,
    isNewToWorkspace: atMs - latestMs > link.workspaceUniqueMs,
    campaignCookie: '',
  }
}
