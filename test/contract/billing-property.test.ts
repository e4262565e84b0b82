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
    status: fc.constantFrom('pending' as const, 'approved' as const),
  }),
  fc.record({
    kind: fc.constant('status' as const),
    pick: fc.nat(),
    to: fc.constantFrom('approved' as const, 'approved' as const, 'rejected' as const, 'trash' as const),
  }),
  fc.record({
    kind: fc.constant('amount' as const),
    pick: fc.nat(),
    payout: fc.integer({ min: 0, max: 40 }),
  }),
  fc.record({ kind: fc.constant('clicks' as const), amount: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant('adjust' as const), amount: fc.integer({ min: -15, max: 15 }) }),
  fc.record({ kind: fc.constant('invoice' as const), daysAgo: fc.nat(3) }),
  fc.record({ kind: fc.constant('invoice' as const), daysAgo: fc.constant(0) }),
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
        fc.array(deed, { minLength: 20, maxLength: 60, size: 'max' }),
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
        return await this.#record(step.payout, step.hold, step.status)
      case 'status':
        return await this.#change(step.pick, { status: step.to })
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
      case 'invoice':
        return await this.#invoice(time.now - step.daysAgo * DAY_MS)
      case 'wait':
        time.now += step.days * DAY_MS
        return
      case 'finalize':
      case 'void':
        await this.#move(step.kind, step.pick)
    }
  }

  async check(): Promise<void> {
    const { deps, workspace, time } = this.#world
    const parties = { workspace, side: this.#side, partyIds: [this.#partyId] }
    const balance = (await loadBalances(deps, parties)).get(this.#partyId)
    const { payableMicros = 0, draftMicros = 0 } = balance ?? {}
    expect(sum(await this.#lines()) + payableMicros - draftMicros).toBe(this.#owed(time.now + 1))
  }

  /** An invoice brings its lines, and those before, to what everything is worth; of each conversion by itself. */
  async #invoice(untilMs: number): Promise<void> {
    const { workspace, deps } = this.#world
    const missing = this.#owed(untilMs) - sum(await this.#lines())
    const party = { workspace, side: this.#side, partyId: this.#partyId }
    const made = await createInvoice(deps, { ...party, untilMs, actor: 'user:1' })
    if (!made.ok) {
      if (made.reason === 'nothing_due') expect(missing).toBeLessThanOrEqual(0)
      return
    }
    expect(made.invoice.totalMicros).toBe(missing)
    this.#invoices.push(made.invoice.id)
    const lines = await this.#lines()
    for (const conversion of this.#conversions) {
      const own = lines.filter(({ conversion_id: id }) => id === conversion.id)
      const worth = this.#worth(conversion, untilMs)
      expect(sum(own)).toBe(worth)
      expect(own.reduce((count, { quantity }) => count + quantity, 0)).toBe(worth === 0 ? 0 : 1)
    }
  }

  /** Of invoices that are not void. */
  async #lines() {
    return await this.#world.deps.store.db
      .selectFrom('invoice_lines as l')
      .innerJoin('invoices as i', 'i.id', 'l.invoice_id')
      .selectAll('l')
      .where('i.workspace', '=', this.#world.workspace)
      .where('i.state', '<>', 'void')
      .execute()
  }

  /** By plain arithmetic. */
  #owed(untilMs: number): number {
    const conversions = this.#conversions.map((conversion) => this.#worth(conversion, untilMs))
    return conversions.reduce((total, micros) => total + micros, 0) + this.#adjusted + this.#clicked
  }

  #worth(
    { status, payableAt, createdAt, payoutMicros, revenueMicros }: StoredConversion,
    untilMs: number,
  ): number {
    if (status !== 'approved') return 0
    if (this.#side === 'advertiser') return createdAt < untilMs ? revenueMicros : 0
    return payableAt !== null && payableAt < untilMs ? payoutMicros : 0
  }

  async #record(payout: number, hold: number, status: 'pending' | 'approved'): Promise<void> {
    const { now } = this.#world.time
    const amounts = { payoutMicros: payout * MICROS, revenueMicros: 2 * payout * MICROS }
    const times = { createdAt: now, payableAt: now + hold * DAY_MS }
    this.#conversions.push(await this.#world.conversion({ ...amounts, ...times, status }))
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

function sum(lines: readonly { readonly amount_micros: number }[]): number {
  return lines.reduce((total, { amount_micros }) => total + amount_micros, 0)
}
