import { earns } from '../domain/conversion.ts'
import { convertMicros, formatMicros, parseAmount, scaleMicros } from '../domain/money.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { ReconciliationSummary } from '../store/reconciliations.ts'
import { exchange } from './exchange.ts'
import { amountOf } from './network-money.ts'
import { RECONCILE_LIMITS } from './reconcile-limits.ts'
import type { TheirLine } from './reconcile-line.ts'

export type AmountIs = ReconciliationSummary['amountIs']

/** A line's amount in the workspace's currency; undefined when it names none. */
export type TheirAmount =
  | { readonly ok: true; readonly micros: number | undefined }
  | { readonly ok: false; readonly reason: string }

export type Comparison = {
  readonly kind: 'found' | 'different'
  /** What differs; '' when nothing does. */
  readonly detail: string
}

/**
 * @param of.conversion the one that the line speaks of: an amount in the currency that it was reported in is
 * exchanged as its own was, since another day's rate would make a difference of every line, and so would the rate that
 * is shown, which has six places.
 */
export function theirMicros(
  theirs: TheirLine,
  of: {
    readonly currency: string
    readonly conversion: StoredConversion | undefined
    readonly configuration: Configuration
  },
): TheirAmount {
  const amount = parseAmount(theirs.amount)
  if (!amount.ok) return { ok: true, micros: undefined }
  const { conversion, currency } = of
  const isReported = conversion !== undefined && conversion.originalCurrency === theirs.currency
  if (isReported && theirs.currency !== currency) {
    const micros = atOwnRate(amount.micros, conversion)
    return micros === undefined ? { ok: false, reason: 'the amount is too large' } : { ok: true, micros }
  }
  return exchange(of.configuration, { micros: amount.micros, currency: theirs.currency }, currency)
}

/** What was reported as nothing does not tell its rate otherwise than to six places. */
function atOwnRate(micros: number, conversion: StoredConversion): number | undefined {
  const { originalMicros, rateMicros } = conversion
  if (originalMicros === 0) return convertMicros(micros, rateMicros)
  return scaleMicros(micros, amountOf(conversion), originalMicros)
}

/** Our amount of the kind that the file lists. */
export function ourMicros(conversion: StoredConversion, amountIs: AmountIs): number {
  return amountIs === 'sale' ? conversion.saleMicros : conversion.revenueMicros
}

/** What both say of one conversion. @param micros theirs; undefined when they name no amount. */
export function compare(
  conversion: StoredConversion,
  theirs: { readonly status: TheirLine['status']; readonly micros: number | undefined },
  amountIs: AmountIs,
): Comparison {
  const details = [
    ...(isSameStatus(conversion, theirs.status)
      ? []
      : [`status: ours ${conversion.status}, theirs ${theirs.status}`]),
    ...(isSameAmount(conversion, theirs, amountIs)
      ? []
      : [
          `${amountIs}: ours ${formatMicros(ourMicros(conversion, amountIs))}, theirs ${shownMicros(theirs)}`,
        ]),
  ]
  return { kind: details.length === 0 ? 'found' : 'different', detail: details.join('; ') }
}

/** What one has not decided yet does not differ from what the other has. */
function isSameStatus({ status }: StoredConversion, theirs: TheirLine['status']): boolean {
  if (status === theirs) return true
  return earns(status) === earns(theirs)
}

/** What earns nothing has no amount worth a word. */
function isSameAmount(
  conversion: StoredConversion,
  { status, micros }: { readonly status: TheirLine['status']; readonly micros: number | undefined },
  amountIs: AmountIs,
): boolean {
  if (micros === undefined || !earns(status)) return true
  return Math.abs(micros - ourMicros(conversion, amountIs)) < RECONCILE_LIMITS.sameAmountMicros
}

function shownMicros({ micros }: { readonly micros: number | undefined }): string {
  return micros === undefined ? 'none' : formatMicros(micros)
}
