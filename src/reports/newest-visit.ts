import type { Ledger } from '../ledger/ledger.ts'

/** The visits of a campaign's link, or of an affiliate's link to an offer. */
export type VisitedLink =
  | { readonly campaignId: string }
  | { readonly offerId: string; readonly affiliateId: string }

export type NewestVisit = {
  readonly clickId: string
  /** Unix milliseconds. */
  readonly at: number
}

/**
 * The newest visit by a link; undefined when there was none since `since`, which bounds what is looked through.
 * @param since Unix milliseconds.
 * @throws LedgerUnavailableError
 */
export async function findNewestVisit(
  ledger: Pick<Ledger, 'query'>,
  workspace: string,
  link: VisitedLink,
  since: number,
): Promise<NewestVisit | undefined> {
  const isOfLink =
    'campaignId' in link
      ? 'campaign_id = {campaignId:String}'
      : 'offer_id = {offerId:String} AND affiliate_id = {affiliateId:String}'
  const rows = await ledger.query<{ click_id: string; at_ms: string | number }>(
    `SELECT click_id, toUnixTimestamp64Milli(ledger.at) AS at_ms
FROM ledger
WHERE workspace = {workspace:String} AND kind = 'visit' AND correction = '' AND ${isOfLink}
  AND at_slot >= toStartOfFifteenMinutes(fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
ORDER BY ledger.at DESC
LIMIT 1`,
    { workspace, since, ...link },
  )
  const [first] = rows
  return first === undefined ? undefined : { clickId: first.click_id, at: Number(first.at_ms) }
}
