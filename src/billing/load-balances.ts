import { type Balance, type BalanceSums, toBalance } from '../domain/billing-balance.ts'
import type { BillingSide } from '../domain/billing-types.ts'
import { loadBalanceSums } from '../store/balances.ts'
import type { BillingDeps } from './billing-deps.ts'
import { type ClickMoneyOfParties, loadClickMoney, sumOfClicks } from './click-money.ts'

/**
 * The balances of many parties in a handful of queries. Clicks of the last moments may be missing: they are counted
 * when the ledger has them.
 * @param of.untilMs what is due by then, Unix milliseconds; now unless told
 * @throws LedgerUnavailableError
 */
export async function loadBalances(
  { store, ledger, clock }: Pick<BillingDeps, 'store' | 'ledger' | 'clock'>,
  of: {
    readonly workspace: string
    readonly side: BillingSide
    readonly partyIds: readonly string[]
    readonly untilMs?: number
    /** When they are known already. */
    readonly clicks?: ClickMoneyOfParties
  },
): Promise<ReadonlyMap<string, Balance>> {
  const { untilMs = clock() + 1, ...parties } = of
  const question = { ...parties, untilMs }
  const clicks = of.clicks ?? (await loadClickMoney(ledger, question))
  const sums = await loadBalanceSums(store.db, question)
  return new Map(
    [...sums].map(([id, sum]: readonly [string, BalanceSums]) => [
      id,
      toBalance(sum, sumOfClicks(clicks.get(id) ?? [])),
    ]),
  )
}
