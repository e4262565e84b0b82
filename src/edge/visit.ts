import { clickIdTime } from '../domain/click-id.ts'
import type { ClientFacts } from './client-facts.ts'
import { readClientFacts } from './client-facts.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { findFlags, flagAsBot } from './fraud-flags.ts'
import { parseQuery, type Query } from './query.ts'
import type { IndexedCampaign, SnapshotIndex } from './snapshot-index.ts'
import { readVisitParams, type VisitParams } from './visit-params.ts'
import { readVisitorHistory, type VisitorHistory } from './visitor-history.ts'

/** A visit as it is known when its request has been read, before it is routed. */
export type Visit = {
  readonly clickId: string
  /** Unix milliseconds, as the click id carries it: a look-up by id reads that hour of the ledger. */
  readonly atMs: number
  /** The configuration in force when it began. */
  readonly index: SnapshotIndex
  readonly indexed: IndexedCampaign
  readonly query: Query
  readonly params: VisitParams
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

export type VisitReading = {
  /** The request's own unless told: another system's link in our names, or a page's address. */
  readonly query?: Query
  /** Set when a page asks for a visitor who is on it already: where that visitor came from. */
  readonly pageReferrer?: string
}

/** Reads a request for a campaign's link and gives it its click id. */
export function readVisit(
  context: EdgeContext,
  exchange: Exchange,
  indexed: IndexedCampaign,
  reading: VisitReading = {},
): Visit {
  const { query = parseQuery(exchange.rawQuery), pageReferrer } = reading
  if (query.excess > 0) context.metrics.count('paramsExcess', query.excess)
  const { index } = context.snapshots
  const clickId = context.makeClickId(context.clock())
  const atMs = clickIdTime(clickId)
  const params = readVisitParams(query, indexed)
  const client = readClientFacts(context, exchange, pageReferrer)
  const flags = findFlags(context, { client, indexed, index, atMs })
  return {
    clickId,
    atMs,
    index,
    indexed,
    query,
    params,
    client,
    history: readVisitorHistory(exchange.request.headers.cookie, { indexed, index, atMs }),
    flags,
    bot: params.isTest ? 'test' : client.bot || flagAsBot(flags, indexed.workspace.fraud),
    isOnPage: pageReferrer !== undefined,
    isCounted: !client.isPreview && !params.isTest,
  }
}
