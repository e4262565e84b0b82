import { conversionCostMicros } from '../domain/conversion-cost.ts'
import { LIMITS } from '../domain/limits.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { type ChangeDecision, type ChangeDeps, changeConversion, type Deed } from './change-conversion.ts'
import { ConfigurationCache } from './configuration-cache.ts'
import { exchange } from './exchange.ts'
import { computeEarnings } from './network-money.ts'

const RATE_ONE_MICROS = 1_000_000

/**
 * A conversion's amounts, changed by hand, in the workspace's currency. With a sale, revenue and payout are what was
 * agreed on for it, unless they are given as well; what is left out otherwise stays.
 */
export type AmountChange = Deed & {
  readonly saleMicros?: number | undefined
  readonly revenueMicros?: number | undefined
  readonly payoutMicros?: number | undefined
  /** A payout above the revenue is meant. */
  readonly confirmPayoutAboveRevenue: boolean
}

/**
 * payout_above_revenue  refused unless it is confirmed
 * no_affiliate          a sale or payout of a conversion that no affiliate is owed for
 * too_large             beyond the limit of amounts
 */
export type AmountRefusal = {
  readonly ok: false
  readonly reason: string
  readonly code: 'payout_above_revenue' | 'no_affiliate' | 'too_large'
}

export type AmountChangeResult =
  | { readonly ok: true }
  | AmountRefusal
  | { readonly ok: false; readonly reason: string }

/**
 * Changes amounts as `changeConversion` does: the ledger gets the differences, and nobody is notified, since a
 * notification of an amount alone would count as one more conversion. The same amounts again change nothing.
 * @throws what the store throws; nothing has changed then.
 */
export type AmountChanger = (change: AmountChange) => Promise<AmountChangeResult>

export function createAmountChanger(deps: ChangeDeps): AmountChanger {
  const cache = new ConfigurationCache()
  return async (change) =>
    await changeConversion({ ...deps, cache }, change, (known, configuration) =>
      decideAmounts(known, change, configuration),
    )
}

type Amounts = Pick<StoredConversion, 'saleMicros' | 'revenueMicros' | 'payoutMicros'>

function decideAmounts(
  known: StoredConversion,
  change: AmountChange,
  configuration: Configuration,
): ChangeDecision<AmountRefusal> {
  const isNetworks = known.agreement !== null
  if (!isNetworks && (change.saleMicros !== undefined || change.payoutMicros !== undefined))
    return refusal('no_affiliate', 'no affiliate is owed for this conversion: only its revenue can change')
  const amounts = newAmounts(known, change)
  if (amounts === undefined) return refusal('too_large', 'the amount is too large')
  if (isSame(known, amounts)) return { ok: true }
  if (Object.values(amounts).some((micros) => Math.abs(micros) > LIMITS.amountMicrosMax))
    return refusal('too_large', 'the amount is too large')
  if (isNetworks && amounts.payoutMicros > amounts.revenueMicros && !change.confirmPayoutAboveRevenue)
    return refusal('payout_above_revenue', 'the affiliate would be paid more than the advertiser pays')
  return {
    ok: true,
    fields: { ...amounts, ...reportedAmount(known, amounts), ...newCost(known, amounts, configuration) },
  }
}

/** Undefined when they are beyond exact integers. */
function newAmounts(known: StoredConversion, change: AmountChange): Amounts | undefined {
  const agreed = agreedAmounts(known, change.saleMicros)
  if (agreed === undefined) return undefined
  const { revenueMicros = agreed.revenueMicros, payoutMicros = agreed.payoutMicros } = change
  return { saleMicros: agreed.saleMicros, revenueMicros, payoutMicros }
}

/** As when the sender reports the sale (record.ts); without a sale they stay. */
function agreedAmounts(known: StoredConversion, saleMicros: number | undefined): Amounts | undefined {
  if (known.agreement === null || saleMicros === undefined) return known
  return computeEarnings(known.agreement, saleMicros)
}

function isSame(known: Amounts, amounts: Amounts): boolean {
  return (
    known.saleMicros === amounts.saleMicros &&
    known.revenueMicros === amounts.revenueMicros &&
    known.payoutMicros === amounts.payoutMicros
  )
}

/** The amount as it was sent last goes with what it made: a network's sale, a tracker's revenue. */
function reportedAmount(known: StoredConversion, amounts: Amounts) {
  const before = known.agreement === null ? known.revenueMicros : known.saleMicros
  const originalMicros = known.agreement === null ? amounts.revenueMicros : amounts.saleMicros
  if (originalMicros === before) return {}
  return { originalMicros, originalCurrency: known.currency, rateMicros: RATE_ONE_MICROS }
}

/** A share of the revenue that the traffic source is owed follows it; what was owed for the conversion itself stays. */
function newCost(
  known: StoredConversion,
  { revenueMicros }: Amounts,
  configuration: Configuration,
): { readonly costMicros?: number } {
  const model = configuration.campaigns.get(known.campaignId)?.costModel
  if (model?.type !== 'revshare' || revenueMicros === known.revenueMicros) return {}
  const toWorkspace = (micros: number, currency: string) => {
    const exchanged = exchange(configuration, { micros, currency }, known.currency)
    return exchanged.ok ? exchanged.micros : undefined
  }
  const costMicros = conversionCostMicros({
    model,
    counts: known.counts,
    revenueMicros,
    exchange: toWorkspace,
  })
  return costMicros === undefined ? {} : { costMicros }
}

function refusal(code: AmountRefusal['code'], reason: string): AmountRefusal {
  return { ok: false, code, reason }
}
