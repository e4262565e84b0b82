import { clickIdTime } from '../domain/click-id.ts'
import type { ClientFacts } from './client-facts.ts'
import { readClientFacts } from './client-facts.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { parseQuery } from './query.ts'
import type { IndexedCampaign, IndexedLander, IndexedOffer } from './snapshot-index.ts'
import { readVisitParams, type VisitParams } from './visit-params.ts'

/** A visit as it is known when its request has been read, before it is routed. */
export type Visit = {
  readonly clickId: string
  /** Unix milliseconds, as the click id carries it: a look-up by id reads that hour of the ledger. */
  readonly atMs: number
  readonly indexed: IndexedCampaign
  readonly params: VisitParams
  readonly client: ClientFacts
}

/** Where a visit goes. */
export type VisitRouting = {
  readonly pathId: string
  readonly lander: IndexedLander | undefined
  readonly offer: IndexedOffer
}

/** Reads a request for a campaign's link and gives it its click id. */
export function readVisit(context: EdgeContext, exchange: Exchange, indexed: IndexedCampaign): Visit {
  const query = parseQuery(exchange.rawQuery)
  if (query.excess > 0) context.metrics.count('paramsExcess', query.excess)
  const clickId = context.makeClickId(context.clock())
  return {
    clickId,
    atMs: clickIdTime(clickId),
    indexed,
    params: readVisitParams(query, indexed),
    client: readClientFacts(context, exchange),
  }
}
