import assert from 'node:assert'
import type { ConversionDecision } from '../domain/conversion.ts'
import { conversionCostMicros } from '../domain/conversion-cost.ts'
import { ledgerRowsForTransition, visitDimensions } from '../domain/conversion-ledger.ts'
import type { EventCounts } from '../domain/conversion-types.ts'
import type { BrowserPixel } from '../domain/notification.ts'
import { joinPerson, personOf } from '../domain/person.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { joinReasons, withoutWaiting } from './approval.ts'
import { buildDeliveries, type Notifier } from './build-deliveries.ts'
import type { Docket, Entry } from './docket.ts'
import { countsOf } from './event-settings.ts'
import { exchange } from './exchange.ts'
import type { HitContext } from './hit-context.ts'
import { amountOf, computeEarnings, type Money } from './network-money.ts'
import type { Report } from './read-report.ts'
import { webhookRows } from './webhooks.ts'

/** A transition of a conversion, before it is written. */
export type Change = {
  /** Undefined when the conversion is new. */
  readonly before: StoredConversion | undefined
  readonly after: StoredConversion
  /** Whether it is the first conversion of its visit. */
  readonly isFirst: boolean
  readonly at: number
  readonly hitId: string
  /** 'hit', or the user or key that did it by hand: `user:ID` or `key:ID`. */
  readonly actor: string
  readonly reason: string
  /** The pixel whose answer the visitor's browser waits for. */
  readonly browser?: BrowserPixel | undefined
  /** The sender wants nobody notified. */
  readonly silent?: boolean
}

type MoneyDecision = Extract<ConversionDecision, { readonly amountMicros: number }>

/** The conversion that a hit makes. */
export function buildNewConversion(
  context: HitContext,
  report: Report,
  decision: MoneyDecision,
  made: Money & Pick<StoredConversion, 'id' | 'identity' | 'reason'>,
): StoredConversion {
  const { hit, fields, workspace, method, sender } = context
  const visit = convertedVisit(context)
  const counts = newCounts(context, report, decision)
  const cost = costOf(context.configuration, {
    workspace: workspace.id,
    campaignId: visit.campaign_id ?? '',
    revenueMicros: made.revenueMicros,
    counts,
  })
  return {
    ...made,
    workspace: workspace.id,
    clickId: visit.click_id,
    event: report.event,
    txid: report.txid,
    status: decision.status,
    currency: workspace.currency,
    originalMicros: report.amount.originalMicros,
    originalCurrency: report.amount.originalCurrency,
    rateMicros: report.amount.rateMicros,
    costMicros: cost.micros,
    counts,
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
    reason: joinReasons([made.reason, cost.problem]),
    affiliateId: visit.affiliate_id ?? '',
    advertiserId: sender?.type === 'advertiser' ? sender.id : '',
    person: personOf(fields),
    pastStatuses: [],
    transitions: 1,
    createdAt: hit.at,
    updatedAt: hit.at,
  }
}

/** What the conversion that a hit makes counts as. */
export function newCounts(
  { workspace, configuration }: HitContext,
  report: Report,
  decision: MoneyDecision,
): EventCounts {
  return countsOf(configuration, {
    workspace: workspace.id,
    event: report.event,
    amountMicros: decision.amountMicros,
  })
}

/** The visit as its conversions repeat it: with the offer, and its network or advertiser, that it went to at last. */
function convertedVisit({ visit, offer, sender }: HitContext): StoredConversion['visit'] {
  const { visit: row, lastClickOfferId, lastClickNetworkId } = visit
  const offer_id = offer?.id ?? (lastClickOfferId || (row.offer_id ?? ''))
  if (sender?.type === 'advertiser') return { ...row, offer_id, advertiser_id: sender.id }
  const affiliate_network_id = sender?.id ?? (lastClickNetworkId || (row.affiliate_network_id ?? ''))
  return { ...row, offer_id, affiliate_network_id }
}

/** A known conversion with its visit as it is at present: its next transition repeats that. */
export function withPresentVisit(known: StoredConversion, docket: Docket): StoredConversion {
  const visit = docket.presentVisit(known.visit)
  return { ...known, visit, externalId: visit.external_id ?? '' }
}

/**
 * A known conversion after a hit that changes it. The amount as sent goes with what it made; what that earns was agreed
 * on when the conversion was recorded.
 */
export function buildChangedConversion(
  known: StoredConversion,
  report: Report,
  decision: MoneyDecision,
  context: HitContext,
): StoredConversion {
  const amountChanged = decision.amountMicros !== amountOf(known)
  const { originalMicros, originalCurrency, rateMicros } = amountChanged ? report.amount : known
  const earned = amountChanged ? changedEarnings(known, decision.amountMicros) : known
  return {
    ...known,
    status: decision.status,
    reason: decision.status === known.status ? known.reason : withoutWaiting(known.reason),
    revenueMicros: earned.revenueMicros,
    payoutMicros: earned.payoutMicros,
    saleMicros: earned.saleMicros,
    originalMicros,
    originalCurrency,
    rateMicros,
    costMicros: amountChanged ? changedCost(context, known, earned.revenueMicros) : known.costMicros,
    person: joinPerson(known.person, personOf(context.fields)),
    params: decision.kind === 'replace' ? context.fields.values : known.params,
    transitions: known.transitions + 1,
    updatedAt: context.hit.at,
  }
}

function changedEarnings(
  known: StoredConversion,
  amountMicros: number,
): Pick<StoredConversion, 'revenueMicros' | 'payoutMicros' | 'saleMicros'> {
  if (known.agreement === null) return { ...known, revenueMicros: amountMicros }
  const earned = computeEarnings(known.agreement, amountMicros)
  // Amounts and shares are bounded where they come in, far below what an integer holds.
  assert(earned !== undefined, 'an amount within its limit earns more than an integer holds')
  return earned
}

/** A share of the revenue follows it; what was owed for the conversion itself stays. */
function changedCost({ configuration }: HitContext, known: StoredConversion, revenueMicros: number): number {
  if (configuration.campaigns.get(known.campaignId)?.costModel.type !== 'revshare') return known.costMicros
  return costOf(configuration, { ...known, revenueMicros }).micros
}

/** Without an exchange rate a cost can not be told; the conversion is worth more than that, and says what is missing. */
function costOf(
  configuration: Configuration,
  of: Pick<StoredConversion, 'workspace' | 'campaignId' | 'revenueMicros' | 'counts'>,
): { readonly micros: number; readonly problem: string } {
  const { counts, revenueMicros } = of
  const model = configuration.campaigns.get(of.campaignId)?.costModel
  const to = configuration.workspaces.get(of.workspace)?.currency ?? ''
  let problem = ''
  const micros = conversionCostMicros({
    model,
    counts,
    revenueMicros,
    exchange: (amountMicros, currency) => {
      const exchanged = exchange(configuration, { micros: amountMicros, currency }, to)
      if (exchanged.ok) return exchanged.micros
      problem = `without the campaign's cost: ${exchanged.reason}`
      return undefined
    },
  })
  return { micros: micros ?? 0, problem }
}

function pastStatusesOf(before: StoredConversion | undefined): StoredConversion['pastStatuses'] {
  return before === undefined ? [] : [...new Set([...before.pastStatuses, before.status])]
}

/** A transition with all it causes: history, deliveries, pixels and ledger rows. */
export function buildEntry(change: Change, notifier: Notifier): Entry {
  const { before, at, isFirst, browser, silent } = change
  const after = { ...change.after, pastStatuses: pastStatusesOf(before) }
  const told = buildDeliveries(
    { conversion: after, statusBefore: before?.status, isFirst, at, browser, silent: silent === true },
    notifier,
  )
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
      fromPayoutMicros: before?.payoutMicros ?? 0,
      toPayoutMicros: after.payoutMicros,
      reason: change.reason,
    },
    deliveries: [...told.deliveries, ...webhookRows(change, notifier)],
    pixels: told.pixels,
    ledgerRows: ledgerRowsForTransition(before, after, visitDimensions(after.visit), at),
  }
}
