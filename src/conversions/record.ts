import type { ConversionDecision } from '../domain/conversion.ts'
import { ledgerRowsForTransition, visitDimensions } from '../domain/conversion-ledger.ts'
import { EVENT_COUNTS_DEFAULT } from '../domain/conversion-types.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { buildDeliveries, type Notifier } from './build-deliveries.ts'
import type { Entry } from './docket.ts'
import type { HitContext } from './hit-context.ts'
import type { Report } from './read-report.ts'

/** A transition of a conversion, before it is written. */
export type Change = {
  /** Undefined when the conversion is new. */
  readonly before: StoredConversion | undefined
  readonly after: StoredConversion
  /** Whether it is the first conversion of its visit. */
  readonly isFirst: boolean
  readonly at: number
  readonly hitId: string
  /** 'hit', or the user or key that did it by hand. */
  readonly actor: string
  readonly reason: string
}

type MoneyDecision = Extract<ConversionDecision, { readonly revenueMicros: number }>

/** The conversion that a hit makes. */
export function buildNewConversion(
  context: HitContext,
  report: Report,
  decision: MoneyDecision,
  identity: { readonly id: string; readonly identity: string },
): StoredConversion {
  const { hit, fields, workspace, method } = context
  const visit = convertedVisit(context)
  return {
    ...identity,
    workspace: workspace.id,
    clickId: visit.click_id,
    event: report.event,
    txid: report.txid,
    status: decision.status,
    revenueMicros: decision.revenueMicros,
    currency: workspace.currency,
    originalMicros: report.amount.originalMicros,
    originalCurrency: report.amount.originalCurrency,
    rateMicros: report.amount.rateMicros,
    costMicros: 0,
    counts: EVENT_COUNTS_DEFAULT,
    attribution: method,
    hitId: hit.id,
    visit,
    campaignId: visit.campaign_id ?? '',
    trafficSourceId: visit.traffic_source_id ?? '',
    affiliateNetworkId: visit.affiliate_network_id ?? '',
    offerId: visit.offer_id ?? '',
    externalId: visit.external_id ?? '',
    visitAt: visit.visit_at,
    params: fields.values,
    reason: '',
    transitions: 1,
    createdAt: hit.at,
    updatedAt: hit.at,
  }
}

/** The visit as its conversions repeat it: with the offer and network that it went to at last. */
function convertedVisit({ visit, offer, network }: HitContext): StoredConversion['visit'] {
  const { visit: row, lastClickOfferId, lastClickNetworkId } = visit
  return {
    ...row,
    offer_id: offer?.id ?? (lastClickOfferId || (row.offer_id ?? '')),
    affiliate_network_id: network?.id ?? (lastClickNetworkId || (row.affiliate_network_id ?? '')),
  }
}

/** A known conversion after a hit that changes it. The amount as sent goes with the revenue it made. */
export function buildChangedConversion(
  known: StoredConversion,
  report: Report,
  decision: MoneyDecision,
  context: HitContext,
): StoredConversion {
  const amountChanged = decision.revenueMicros !== known.revenueMicros
  const { originalMicros, originalCurrency, rateMicros } = amountChanged ? report.amount : known
  return {
    ...known,
    status: decision.status,
    revenueMicros: decision.revenueMicros,
    originalMicros,
    originalCurrency,
    rateMicros,
    params: decision.kind === 'replace' ? context.fields.values : known.params,
    transitions: known.transitions + 1,
    updatedAt: context.hit.at,
  }
}

/** A transition with all it causes: history, deliveries and ledger rows. */
export function buildEntry(change: Change, notifier: Notifier): Entry {
  const { before, after, at, isFirst } = change
  return {
    conversion: after,
    transition: {
      n: after.transitions,
      at,
      hitId: change.hitId,
      actor: change.actor,
      fromStatus: before?.status ?? '',
      toStatus: after.status,
      fromRevenueMicros: before?.revenueMicros ?? 0,
      toRevenueMicros: after.revenueMicros,
      reason: change.reason,
    },
    deliveries: buildDeliveries({ conversion: after, statusBefore: before?.status, isFirst, at }, notifier),
    ledgerRows: ledgerRowsForTransition(before, after, visitDimensions(after.visit), at),
  }
}
