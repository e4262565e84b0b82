import { clickIdTime } from '../domain/click-id.ts'
import { CAMPAIGN_COOKIE_PREFIX, CLICK_ID_CHARS, isNameStart } from './cookies.ts'
import type { IndexedCampaign, SnapshotIndex } from './snapshot-index.ts'

/** What a browser's cookies tell about earlier visits. They are the visitor's own claim, which harms nobody else. */
export type VisitorHistory = {
  /** To the campaign, and to its workspace, within their periods. */
  readonly isNew: boolean
  readonly isNewToWorkspace: boolean
  /** The campaign's cookie; '' for none. */
  readonly campaignCookie: string
}

const STRANGER: VisitorHistory = { isNew: true, isNewToWorkspace: true, campaignCookie: '' }

/**
 * Reads the campaigns' cookies: each carries the click id of its latest visit, and with it the time. Visits to
 * campaigns that are archived by now are not seen.
 */
export function readVisitorHistory(
  cookies: string | undefined,
  visit: { readonly indexed: IndexedCampaign; readonly index: SnapshotIndex; readonly atMs: number },
): VisitorHistory {
  const first = cookies === undefined ? -1 : cookies.indexOf(CAMPAIGN_COOKIE_PREFIX)
  if (cookies === undefined || first === -1) return STRANGER
  const { indexed, index, atMs } = visit
  let campaignCookie = ''
  let latestMs = Number.NEGATIVE_INFINITY
  for (let at = first; at !== -1; at = cookies.indexOf(CAMPAIGN_COOKIE_PREFIX, at + 1)) {
    const equals = cookies.indexOf('=', at)
    if (!isNameStart(cookies, at) || cookies[equals + 1 + CLICK_ID_CHARS] !== '.') continue
    const campaignId = cookies.slice(at + CAMPAIGN_COOKIE_PREFIX.length, equals)
    const known = campaignId === indexed.campaign.id ? indexed : index.campaignsById.get(campaignId)
    if (known?.workspace.id !== indexed.workspace.id) continue
    const end = cookies.indexOf(';', equals)
    const value = cookies.slice(equals + 1, end === -1 ? undefined : end)
    if (known === indexed) campaignCookie = value.trimEnd()
    latestMs = Math.max(latestMs, clickIdTime(value))
  }
  return {
    isNew: campaignCookie === '' || atMs - clickIdTime(campaignCookie) > indexed.uniqueMs,
    isNewToWorkspace: atMs - latestMs > indexed.workspaceUniqueMs,
    campaignCookie,
  }
}
