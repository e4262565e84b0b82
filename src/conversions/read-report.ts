import { mapStatus, matchEvent, type ReportedConversion } from '../domain/conversion.ts'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import { crossRateMicros, exchangeMicros } from '../domain/money.ts'
import type { HitContext } from './hit-context.ts'

/** What a visit's conversion is called when neither the hit nor the offer names an event. */
const NAMELESS_EVENT = 'conversion'
const RATE_ONE_MICROS = 1_000_000

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

/** An amount as sent, and in the workspace's currency. */
export type ConvertedAmount = {
  readonly originalMicros: number
  readonly originalCurrency: string
  readonly rateMicros: number
  readonly micros: number
}

/** What a hit reports, in our words and the workspace's currency. */
export type Report = ReportedConversion & { readonly amount: ConvertedAmount }

/** The event in the offer's spelling; the offer's default when the hit names none. */
export function readEvent({ fields, offer }: HitContext): Read<string> {
  const fallback = offer?.defaultEvent || NAMELESS_EVENT
  if (fields.event === '') return { ok: true, value: fallback }
  if (fields.event.toLowerCase() === fallback.toLowerCase()) return { ok: true, value: fallback }
  const event = matchEvent(fields.event, offer?.events ?? [])
  if (event === undefined) return { ok: false, reason: `the offer knows no event "${fields.event}"` }
  return { ok: true, value: event }
}

/** The status that the sender's word means: by the URL's own map, the network's, then common words. */
export function readStatus({ fields, network }: HitContext): Read<ConversionStatus> {
  const status = mapStatus(fields.status, fields.statusMap, network?.statusMap ?? {})
  if (status === undefined) return { ok: false, reason: `no status is known by the word "${fields.status}"` }
  if (status === 'ignore') return { ok: false, reason: `status "${fields.status}" is set to be ignored` }
  return { ok: true, value: status }
}

/** What the hit names, else the offer's fixed amount, in the workspace's currency. */
export function readAmount(context: HitContext): Read<ConvertedAmount> {
  const { fields, offer, network, workspace, configuration } = context
  const named = fields.payoutMicros !== undefined
  const originalMicros = fields.payoutMicros ?? offer?.payoutMicros ?? 0
  const unnamed = named ? network?.currency || offer?.currency : offer?.currency
  const originalCurrency = (named && fields.currency) || unnamed || workspace.currency
  if (originalCurrency === workspace.currency) {
    const rateMicros = RATE_ONE_MICROS
    return { ok: true, value: { originalMicros, originalCurrency, rateMicros, micros: originalMicros } }
  }
  const from = configuration.ratesMicros[originalCurrency]
  const to = configuration.ratesMicros[workspace.currency]
  if (from === undefined || to === undefined) {
    return { ok: false, reason: `no exchange rate ${originalCurrency} → ${workspace.currency} is set` }
  }
  const micros = exchangeMicros(originalMicros, from, to)
  if (micros === undefined) return { ok: false, reason: `the amount is too large in ${workspace.currency}` }
  const rateMicros = crossRateMicros(from, to)
  return { ok: true, value: { originalMicros, originalCurrency, rateMicros, micros } }
}

/** All of it; undefined when a part can not be read (the rules have said so then). */
export function readReport(context: HitContext): Report | undefined {
  const event = readEvent(context)
  const status = readStatus(context)
  const amount = readAmount(context)
  if (!event.ok || !status.ok || !amount.ok) return undefined
  const named = context.fields.payoutMicros !== undefined
  return {
    event: event.value,
    txid: context.fields.txid,
    status: status.value,
    revenueMicros: named ? amount.value.micros : undefined,
    defaultRevenueMicros: named ? 0 : amount.value.micros,
    amount: amount.value,
  }
}
