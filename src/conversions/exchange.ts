import { crossRateMicros, exchangeMicros } from '../domain/money.ts'
import type { Configuration } from '../store/load-configuration.ts'

const RATE_ONE_MICROS = 1_000_000

export type Exchanged =
  | { readonly ok: true; readonly micros: number; readonly rateMicros: number }
  | { readonly ok: false; readonly reason: string }

/** An amount of one currency in another, by the configured rates. */
export function exchange(
  { ratesMicros }: Pick<Configuration, 'ratesMicros'>,
  amount: { readonly micros: number; readonly currency: string },
  to: string,
): Exchanged {
  if (amount.currency === to) return { ok: true, micros: amount.micros, rateMicros: RATE_ONE_MICROS }
  const fromRate = ratesMicros[amount.currency]
  const toRate = ratesMicros[to]
  if (fromRate === undefined || toRate === undefined)
    return { ok: false, reason: `no exchange rate ${amount.currency} → ${to} is set` }
  const micros = exchangeMicros(amount.micros, fromRate, toRate)
  if (micros === undefined) return { ok: false, reason: `the amount is too large in ${to}` }
  return { ok: true, micros, rateMicros: crossRateMicros(fromRate, toRate) }
}
