import { clickIdTime } from '../domain/click-id.ts'
import type { ClientFacts } from './client-facts.ts'
import { readClientFacts } from './client-facts.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { findFlags, flagAsBot } from './fraud-flags.ts'
import { parseQuery, type Query } from './query.ts'
import type { VisitDimensions } from './remembered-visit.ts'
import type { IndexedCampaign, SnapshotIndex, TrackingLink } from './snapshot-index.ts'
import { readVisitParams, type VisitParams } from './visit-params.ts'
import { readCampaignHistory, readOfferHistory, type VisitorHistory } from './visitor-history.ts'

/** A visit as it is known when its request has been read, before it is routed. */
export type Visit<Link extends TrackingLink = TrackingLink> = {
  readonly clickId: string
  /** Unix milliseconds, as the click id carries it: a look-up by id reads that hour of the ledger. */
  readonly atMs: number
  /** The configuration in force when it began. */
  readonly index: SnapshotIndex
  readonly link: Link
  readonly query: Query
  readonly params: VisitParams
  /** Its dimensions with its referrer as they may be kept, where they say who the visitor is. */
  readonly kept: VisitDimensions | undefined
  readonly client: ClientFacts
  readonly history: VisitorHistory
  /** Fraud flags, sorted, separated by commas. */
  readonly flags: string
  /** Why it is no person's: the sender's own reason, a flag that the workspace takes for one, or 'test'. */
  readonly bot: string
  /** The visitor is on the page that asks: no redirect follows, and going on is a click of its own. */
  readonly isOnPage: boolean
  /** Neither a look ahead (a HEAD or prefetch: the person may still come) nor a test. */
  readonly isCounted: boolean
}

export type CampaignVisit = Visit<IndexedCampaign>

export type VisitReading = {
  /** The request's own unless told: another system's link in our names, or a page's address. */
  readonly query?: Query
  /** Set when a page asks for a visitor who is on it already: where that visitor came from. */
  readonly pageReferrer?: string
}

/** Reads a request for a tracking link and gives it its click id. */
export function readVisit<Link extends TrackingLink>(
  context: EdgeContext,
  exchange: Exchange,
  link: Link,
  reading: VisitReading = {},
): Visit<Link> {
  const { query = parseQuery(exchange.rawQuery), pageReferrer } = reading
  if (query.excess > 0) context.metrics.count('paramsExcess', query.excess)
  const { index } = context.snapshots
  const clickId = context.makeClickId(context.clock())
  const atMs = clickIdTime(clickId)
  const params = readVisitParams(query, link)
  const client = readClientFacts(context, exchange, pageReferrer)
  const flags = findFlags(context, { client, link, index, atMs })
  return {
    clickId,
    atMs,
    index,
    link,
    query,
    params,
    kept: keptOf(params, client),
    client,
    history: readHistory(exchange.request.headers.cookie, link, { index, atMs }),
    flags,
    bot: params.isTest ? 'test' : client.bot || flagAsBot(flags, link.workspace.fraud),
    isOnPage: pageReferrer !== undefined,
    isCounted: !client.isPreview && !params.isTest,
  }
}

function keptOf(
  { dimensions, kept }: VisitParams,
  { referrer, keptReferrer }: ClientFacts,
): VisitDimensions | undefined {
  if (kept === undefined && keptReferrer === referrer) return undefined
  return { ...(kept ?? dimensions), referrer: keptReferrer }
}

function readHistory(
  cookies: string | undefined,
  link: TrackingLink,
  when: { readonly index: SnapshotIndex; readonly atMs: number },
): VisitorHistory {
  return link.type === 'campaign'
    ? readCampaignHistory(cookies, link, when)
    : readOfferHistory(cookies, link, { ...when, offerId: link.offer.offer.id })
}
