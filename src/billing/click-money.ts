import type { BillingSide } from '../domain/billing-types.ts'
import { parseAmount } from '../domain/money.ts'
import { sum } from '../domain/sum.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** Money of an offer's visits and impressions up to a moment, whenever they were. */
export type ClickMoney = {
  readonly offerId: string
  /** Visits and impressions that earned something. */
  readonly quantity: number
  readonly amountMicros: number
}

export type ClickQuestion = {
  readonly workspace: string
  readonly side: BillingSide
  readonly partyIds: readonly string[]
  /** Unix milliseconds, exclusive. */
  readonly untilMs: number
}

/** By party; a party without such money is absent. */
export type ClickMoneyOfParties = ReadonlyMap<string, readonly ClickMoney[]>

type AnswerRow = {
  readonly party: string
  readonly offer: string
  readonly quantity: number
  readonly amount: string
}

/**
 * What offers paid by the click or the impression have earned each party: payout of affiliates, revenue of advertisers.
 * Sums over all time, so that a row which came late, or was corrected, changes the next invoice by its difference.
 * @throws LedgerUnavailableError
 */
export async function loadClickMoney(
  ledger: Pick<Ledger, 'query'>,
  question: ClickQuestion,
  signal?: AbortSignal,
): Promise<ClickMoneyOfParties> {
  const { workspace, side, partyIds, untilMs } = question
  if (partyIds.length === 0) return new Map()
  const params = { workspace, partyIds, untilMs }
  const rows = await ledger.query<AnswerRow>(clickMoneySql(side), params, signal)
  const found = new Map<string, ClickMoney[]>()
  for (const row of rows) {
    const money = toClickMoney(row)
    const known = found.get(row.party)
    if (known === undefined) found.set(row.party, [money])
    else known.push(money)
  }
  return found
}

export function sumOfClicks(clicks: readonly ClickMoney[]): number {
  return sum(clicks.map(({ amountMicros }) => amountMicros))
}

/** Conversions are left out: SQL knows them better. A row of a correction counts by its sign. */
function clickMoneySql(side: BillingSide): string {
  const [party, money] = side === 'affiliate' ? ['affiliate_id', 'payout'] : ['advertiser_id', 'revenue']
  return `SELECT ${party} AS party, offer_id AS offer,
  toInt64(sum(if(correction = 'out', -1, 1))) AS quantity, toString(sum(${money})) AS amount
FROM ledger
WHERE workspace = {workspace:String} AND ${party} IN {partyIds:Array(String)}
  AND kind IN ('visit', 'impression') AND ${money} != 0
  AND at < fromUnixTimestamp64Milli({untilMs:Int64}, 'UTC')
GROUP BY party, offer
ORDER BY party, offer
SETTINGS max_execution_time = 60, output_format_json_quote_64bit_integers = 0`
}

function toClickMoney({ offer, quantity, amount }: AnswerRow): ClickMoney {
  const parsed = parseAmount(amount)
  if (!parsed.ok) throw new RangeError(`the ledger's money of clicks is ${parsed.reason}`)
  return { offerId: offer, quantity, amountMicros: parsed.micros }
}
