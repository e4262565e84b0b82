import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finalizeInvoice, voidInvoice } from '../../src/billing/change-invoice.ts'
import { createInvoice } from '../../src/billing/create-invoice.ts'
import { loadBalances } from '../../src/billing/load-balances.ts'
import type { BillingSide } from '../../src/domain/billing-types.ts'
import { insertBalanceAdjustment } from '../../src/store/balance-adjustments.ts'
import type { StoredConversion } from '../../src/store/conversions.ts'
import { type BillingWorld, buildBillingWorld, DAY_MS } from '../support/billing-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const RUNS = { sqlite: 25, postgres: 6 } as const
const MICROS = 1_000_000

/** What may happen to the money of one affiliate and one advertiser; `pick` chooses among what there is. */
const deed = fc.oneof(
  fc.record({
    kind: fc.constant('record' as const),
    payout: fc.integer({ min: -3, max: 40 }),
    hold: fc.nat(4),
  }),
  fc.record({
    kind: fc.constant('status' as const),
    pick: fc.nat(),
    to: fc.constantFrom('approved', 'rejected', 'trash'),
  }),
  fc.record({
    kind: fc.constant('amount' as const),
    pick: fc.nat(),
    payout: fc.integer({ min: 0, max: 40 }),
  }),
  fc.record({ kind: fc.constant('clicks' as const), amount: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant('adjust' as const), amount: fc.integer({ min: -15, max: 15 }) }),
  fc.record({ kind: fc.constant('invoice' as const), daysAgo: fc.nat(3) }),
  fc.record({ kind: fc.constant('finalize' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('void' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 3 }) }),
)
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never

describe.each(SQL_ENGINES)('whatever happens to conversions and invoices, on %s', (engine) => {
  const stores = useStores(engine)

  it('invoices and the open balance together hold what is owed, and no conversion is counted twice', async () => {
    const store = await stores.open()
    await fc.assert(
      fc.asyncProperty(
        fc.array(deed, { minLength: 5, maxLength: 40 }),
        fc.constantFrom('affiliate', 'advertiser'),
        async (deeds, side) => {
          const world = await buildBillingWorld(store)
          const history = new History(world, side)
          for (const each of deeds) {
            await history.do(each)
            await history.check()
          }
        },
      ),
      { numRuns: RUNS[engine] },
    )
  }, 60_000)
})

/** Plays deeds, and knows by itself what is owed after each. */
class History {
  readonly #world: BillingWorld
  readonly #side: BillingSide
  readonly #partyId: string
  readonly #conversions: StoredConversion[] = []
  readonly #invoices: string[] = []
  #adjusted = 0
  #clicked = 0

  constructor(world: BillingWorld, side: BillingSide) {
    this.#world = world
    this.#side = side
    this.#partyId = side === 'affiliate' ? world.affiliateId : world.advertiserId
  }

  async do(step: Deed): Promise<void> {
    const { time, workspace, deps } = this.#world
    const party = { workspace, side: this.#side, partyId: this.#partyId }
    time.now += 1
    switch (step.kind) {
      case 'record':
        return await this.#record(step.payout, step.hold)
      case 'status':
        return await this.#change(step.pick, { status: step.to as 'approved' })
      case 'amount':
        return await this.#change(step.pick, {
          payoutMicros: step.payout * MICROS,
          revenueMicros: 2 * step.payout * MICROS,
        })
      case 'clicks':
        return this.#click(step.amount)
      case 'adjust':
        this.#adjusted += step.amount * MICROS
        await insertBalanceAdjustment(
          deps.store.db,
          { ...party, amountMicros: step.amount * MICROS, reason: 'bonus', actor: 'user:1' },
          time.now,
        )
        return
      case 'invoice': {
        const made = await createInvoice(deps, {
          ...party,
          untilMs: time.now - step.daysAgo * DAY_MS,
          actor: 'user:1',
        })
        if (made.ok) this.#invoices.push(made.invoice.id)
        return
      }
      case 'wait':
        time.now += step.days * DAY_MS
        return
      default:
        await this.#move(step.kind, step.pick)
    }
  }

  /** The present worth of everything, by plain arithmetic. */
  #owed(): number {
    const { now } = this.#world.time
    const due = this.#conversions.filter(
      ({ status, payableAt }) =>
        status === 'approved' && (this.#side === 'advertiser' || (payableAt ?? 0) <= now),
    )
    const amount = ({ payoutMicros, revenueMicros }: StoredConversion) =>
      this.#side === 'affiliate' ? payoutMicros : revenueMicros
    return due.reduce((sum, conversion) => sum + amount(conversion), 0) + this.#adjusted + this.#clicked
  }

  async check(): Promise<void> {
    const { deps, workspace } = this.#world
    const lines = await deps.store.db
      .selectFrom('invoice_lines as l')
      .innerJoin('invoices as i', 'i.id', 'l.invoice_id')
      .selectAll('l')
      .where('i.workspace', '=', workspace)
      .where('i.state', '<>', 'void')
      .execute()
    const balances = await loadBalances(deps, { workspace, side: this.#side, partyIds: [this.#partyId] })
    const balance = balances.get(this.#partyId)
    const billed = lines.reduce((sum, { amount_micros }) => sum + amount_micros, 0)
    const { payableMicros = 0, draftMicros = 0 } = balance ?? {}
    expect(billed + payableMicros - draftMicros).toBe(this.#owed())
    const counts = new Map<string, number>()
    for (const line of lines.filter(({ kind }) => kind === 'conversion')) {
      counts.set(line.conversion_id, (counts.get(line.conversion_id) ?? 0) + line.quantity)
    }
    for (const count of counts.values()) expect([0, 1]).toContain(count)
  }

  async #record(payout: number, hold: number): Promise<void> {
    const { now } = this.#world.time
    const amounts = { payoutMicros: payout * MICROS, revenueMicros: 2 * payout * MICROS }
    const times = { createdAt: now, payableAt: now + hold * DAY_MS }
    this.#conversions.push(await this.#world.conversion({ ...amounts, ...times, status: 'pending' }))
  }

  async #change(pick: number, changes: Partial<StoredConversion>): Promise<void> {
    const at = pick % Math.max(1, this.#conversions.length)
    const conversion = this.#conversions[at]
    if (conversion !== undefined) this.#conversions[at] = await this.#world.change(conversion, changes)
  }

  #click(amount: number): void {
    this.#clicked += amount * MICROS
    const row = {
      party: this.#partyId,
      offer: this.#world.offerId,
      quantity: 1,
      amount: String(this.#clicked / MICROS),
    }
    this.#world.clicks.splice(0, 1, row)
  }

  async #move(kind: 'finalize' | 'void', pick: number): Promise<void> {
    const id = this.#invoices[pick % Math.max(1, this.#invoices.length)]
    if (id === undefined) return
    const key = { workspace: this.#world.workspace, id }
    if (kind === 'finalize') await finalizeInvoice(this.#world.deps, key, 'user:1')
    else await voidInvoice(this.#world.deps, key, { reason: 'wrong', actor: 'user:1' })
  }
}
