import { mapStatus, matchEvent, type ReportedConversion } from '../domain/conversion.ts'
import { CONVERSION_STATUSES, type ConversionStatus } from '../domain/conversion-types.ts'
import { exchange } from './exchange.ts'
import { type HitContext, isAdvertisers } from './hit-context.ts'
import { isReportedByMember } from './reported-by-member.ts'

/** What a visit's conversion is called when neither the hit nor the offer names an event. */
export const NAMELESS_EVENT = 'conversion'

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

/** An amount as sent, and in the workspace's currency. */
export type ConvertedAmount = {
  readonly originalMicros: number
  readonly originalCurrency: string
  readonly rateMicros: number
  readonly micros: number
  /** Why a sale can not be told in the workspace's currency, where `micros` is 0 then; '' when it can. */
  readonly problem: string
}

/** What a hit reports, in our words and the workspace's currency. */
export type Report = ReportedConversion & { readonly amount: ConvertedAmount }

/** The event in the offer's spelling, which its goals have a part in; the offer's default when the hit names none. */
export function readEvent({ fields, offer }: HitContext): Read<string> {
  const fallback = offer?.defaultEvent || NAMELESS_EVENT
  if (fields.event === '') return { ok: true, value: fallback }
  if (fields.event.toLowerCase() === fallback.toLowerCase()) return { ok: true, value: fallback }
  const goals = offer?.terms?.goals.map((goal) => goal.event) ?? []
  const goal = goals.length === 0 ? undefined : matchEvent(fields.event, goals)
  const event = goal ?? matchEvent(fields.event, offer?.events ?? [])
  if (event === undefined) return { ok: false, reason: `the offer knows no event "${fields.event}"` }
  return { ok: true, value: event }
}

/**
 * The status that the sender's word means: by the URL's own map, the sender's, then common words. A member of the
 * workspace means our own words by them, whatever the sender means.
 */
export function readStatus({ hit, fields, sender }: HitContext): Read<ConversionStatus> {
  const own = CONVERSION_STATUSES.find((status) => status === fields.status.toLowerCase())
  if (own !== undefined && isReportedByMember(hit)) return { ok: true, value: own }
  const status = mapStatus(fields.status, fields.statusMap, sender?.statusMap ?? {})
  if (status === undefined) return { ok: false, reason: `no status is known by the word "${fields.status}"` }
  if (status === 'ignore') return { ok: false, reason: `status "${fields.status}" is set to be ignored` }
  return { ok: true, value: status }
}

/**
 * What the hit names, else the offer's amount, in the workspace's currency. An offer with a fixed payout is worth its
 * own amount whatever the hit names, which is kept as the original; a negative one takes the offer's amount back. For
 * an advertiser's offer it is the amount of the sale, and 0 when none is named, or none can be told without a rate.
 */
export function readAmount(context: HitContext): Read<ConvertedAmount> {
  const { offer, workspace, configuration } = context
  const sent = readSent(context)
  const converted = exchange(configuration, sent, workspace.currency)
  if (fixedMicros(context) === undefined || offer === undefined) {
    if (converted.ok) {
      const { micros, rateMicros } = converted
      return { ok: true, value: { ...original(sent), rateMicros, micros, problem: '' } }
    }
    // Whether a share of the sale is owed is known with the agreement. What is taken back can not be left untold.
    if (!isAdvertisers(offer) || sent.micros < 0) return converted
    return { ok: true, value: { ...original(sent), rateMicros: 0, micros: 0, problem: converted.reason } }
  }
  const worth = { micros: offer.payoutMicros ?? 0, currency: offer.currency }
  const fixed = exchange(configuration, worth, workspace.currency)
  if (!fixed.ok) return fixed
  const micros = sent.micros < 0 ? -fixed.micros : fixed.micros
  // The sender's currency may be one without a rate here: nothing is computed by it.
  return {
    ok: true,
    value: { ...original(sent), rateMicros: converted.ok ? converted.rateMicros : 0, micros, problem: '' },
  }
}

type Amount = { readonly micros: number; readonly currency: string }

/** The amount as sent; the offer's when none was. */
function readSent({ fields, offer, sender, workspace }: HitContext): Amount {
  if (fields.payoutMicros === undefined) {
    // The amount of an unnamed sale is 0, which needs no exchange rate.
    if (isAdvertisers(offer)) return { micros: 0, currency: workspace.currency }
    return { micros: offer?.payoutMicros ?? 0, currency: offer?.currency || workspace.currency }
  }
  const currency = fields.currency || sender?.currency || offer?.currency || workspace.currency
  return { micros: fields.payoutMicros, currency }
}

function original({ micros, currency }: Amount) {
  return { originalMicros: micros, originalCurrency: currency }
}

function fixedMicros({ offer }: HitContext): number | undefined {
  if (offer?.payoutMode !== 'fixed' || isAdvertisers(offer)) return undefined
  return offer.payoutMicros ?? undefined
}

/** All of it; undefined when a part can not be read (the rules have said so then). */
export function readReport(context: HitContext): Report | undefined {
  const event = readEvent(context)
  const status = readStatus(context)
  const amount = readAmount(context)
  if (!event.ok || !status.ok || !amount.ok) return undefined
  const { micros, originalMicros, problem } = amount.value
  // A fixed amount is that of a new conversion; a known one keeps what it was worth when it was made.
  const named =
    context.fields.payoutMicros !== undefined &&
    problem === '' &&
    (micros < 0 || fixedMicros(context) === undefined)
  return {
    event: event.value,
    txid: context.fields.txid,
    status: status.value,
    amountMicros: named ? micros : undefined,
    defaultAmountMicros: named ? 0 : micros,
    originalMicros,
    amount: amount.value,
  }
}
