import { type ClickRecord, RECORD_TYPE } from '../domain/journal-record.ts'
import { readClientFacts } from './client-facts.ts'
import { offerCookie } from './cookies.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { sendFallback, sendStarting } from './fallback.ts'
import { findVisit } from './find-visit.ts'
import { keepRecord } from './keep-record.ts'
import { parseQuery } from './query.ts'
import { sendRedirect } from './redirect.ts'
import type { RememberedVisit } from './remembered-visit.ts'
import { renderVisitTarget } from './render-visit-target.ts'
import type { IndexedCampaign, IndexedLander, IndexedOffer, SnapshotIndex } from './snapshot-index.ts'

/** More calls to action than any lander has. */
const CTA_MAX = 99
const CLICK_PATH = /^\/click(?:\/([1-9]\d?))?$/

/** Which call to action a path names, from 1; undefined when it is no click path. */
export function clickPathCta(path: string): number | undefined {
  const match = CLICK_PATH.exec(path)
  return match === null ? undefined : Math.min(Number(match[1] ?? 1), CTA_MAX)
}

type Click = {
  readonly visit: RememberedVisit
  readonly atMs: number
  readonly indexed: IndexedCampaign
  readonly offer: IndexedOffer
  readonly lander: IndexedLander | undefined
}

/** GET or HEAD /click and /click/{n}: a visitor goes on from a lander to an offer. */
export async function handleClick(context: EdgeContext, exchange: Exchange, cta: number): Promise<void> {
  const { index } = context.snapshots
  if (index.version < 0) {
    sendStarting(exchange)
    return
  }
  const query = parseQuery(exchange.rawQuery)
  const visit = await findVisit(context, { query, cookies: exchange.request.headers.cookie, index })
  const click = visit === undefined ? undefined : resolveClick(context, index, { visit, cta })
  if (click === undefined) {
    const campaign = index.campaignsById.get(visit?.campaignId ?? '')
    sendFallback(context, exchange, campaign?.fallback ?? index.fallback)
    return
  }
  await answerClick(context, exchange, { click, cta })
}

/**
 * The offer of a click: with several calls to action the n-th of the path, else the one chosen at the visit. The
 * route may be a cookie's claim, so it counts only as far as the configuration has it.
 */
function resolveClick(
  context: EdgeContext,
  index: SnapshotIndex,
  asked: { readonly visit: RememberedVisit; readonly cta: number },
): Click | undefined {
  const { visit, cta } = asked
  const indexed = index.campaignsById.get(visit.campaignId)
  const path = indexed?.paths.get(visit.pathId)
  if (indexed === undefined || path === undefined) return undefined
  const lander = index.landers.get(visit.landerId)
  const numbered = (lander?.lander.ctaCount ?? 1) > 1 ? path.offers[cta - 1]?.id : undefined
  const chosen = path.offers.find((ref) => ref.id === visit.offerId)?.id
  const offer = index.offers.get(numbered ?? '') ?? index.offers.get(chosen ?? '')
  return offer === undefined ? undefined : { visit, atMs: context.clock(), indexed, offer, lander }
}

async function answerClick(
  context: EdgeContext,
  exchange: Exchange,
  { click, cta }: { readonly click: Click; readonly cta: number },
): Promise<void> {
  const client = readClientFacts(context, exchange)
  const { visit, atMs, indexed, offer, lander } = click
  // What only looks at the link does not go on to the offer.
  if (!client.isPreview) {
    const record: ClickRecord = {
      clickId: visit.clickId,
      at: atMs,
      offerId: offer.offer.id,
      affiliateNetworkId: offer.offer.affiliateNetworkId,
      cta,
    }
    await keepRecord(context, RECORD_TYPE.click, JSON.stringify(record))
    context.metrics.count('clicks')
  }
  const { clickId, dimensions = {} } = visit
  const source = { clickId, dimensions, client, indexed, offer, lander }
  sendRedirect(exchange, context.hops, {
    target: renderVisitTarget(offer.target, source),
    mode: '302',
    cookies: [
      offerCookie(offer.offer.id, clickId, {
        https: context.addresses.isHttps(exchange.request),
        windowDays: indexed.workspace.attributionWindowDays,
      }),
    ],
    nowMs: atMs,
  })
}
