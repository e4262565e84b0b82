import { describe, expect, it } from 'vitest'
import { finalizeInvoice, voidInvoice } from '../../src/billing/change-invoice.ts'
import { createInvoice, draftInvoice } from '../../src/billing/create-invoice.ts'
import { createInvoiceRunJob, requestInvoiceRun } from '../../src/billing/invoice-run.ts'
import { loadBalances } from '../../src/billing/load-balances.ts'
import { cancelPayment, payInvoices } from '../../src/billing/pay-invoices.ts'
import type { BillingSide } from '../../src/domain/billing-types.ts'
import { updateAffiliate } from '../../src/store/affiliates.ts'
import { insertBalanceAdjustment } from '../../src/store/balance-adjustments.ts'
import { listInvoiceLines } from '../../src/store/invoice-lines.ts'
import { type Invoice, listInvoices } from '../../src/store/invoices.ts'
import { BILLING_NOW, type BillingWorld, buildBillingWorld, DAY_MS } from '../support/billing-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const ACTOR = 'user:1'

/** Of the world's affiliate until now. */
async function invoiceNow(world: BillingWorld, partyId = world.affiliateId, side: BillingSide = 'affiliate') {
  const { workspace, time, deps } = world
  return await createInvoice(deps, { workspace, side, partyId, untilMs: time.now, actor: ACTOR })
}

async function made(world: BillingWorld, partyId?: string, side?: BillingSide): Promise<Invoice> {
  const result = await invoiceNow(world, partyId, side)
  if (!result.ok) throw new Error(result.reason)
  return result.invoice
}

async function amountsOf(
  world: BillingWorld,
  invoice: Invoice,
): Promise<readonly (readonly [string, number])[]> {
  const lines = await listInvoiceLines(world.deps.store.db, invoice.id, { after: 0, max: 100 })
  return lines.map(({ kind, amountMicros }) => [kind, amountMicros / 1_000_000])
}

async function run(world: BillingWorld, untilMs: number | null, side: BillingSide = 'affiliate') {
  const { deps, workspace, time } = world
  const job = await requestInvoiceRun(deps.store.db, { workspace, side, untilMs, actor: ACTOR }, time.now)
  const step = { progress: async () => {}, signal: new AbortController().signal }
  return (await createInvoiceRunJob(deps)(job, step)).result
}

async function invoicesOf(world: BillingWorld, partyId: string): Promise<readonly Invoice[]> {
  return (await listInvoices(world.deps.store.db, world.workspace, { partyId }, { limit: 50 })).items
}

describe.each(SQL_ENGINES)('invoices on %s', (engine) => {
  const stores = useStores(engine)

  it('hold the payout of an affiliate and the revenue of an advertiser, never both', async () => {
    const world = await buildBillingWorld(await stores.open())
    await world.conversion()
    expect(await amountsOf(world, await made(world))).toEqual([['conversion', 10]])
    expect(await amountsOf(world, await made(world, world.advertiserId, 'advertiser'))).toEqual([
      ['conversion', 25],
    ])
  })

  it('a conversion that was paid and then rejected is taken back on the next one', async () => {
    const world = await buildBillingWorld(await stores.open())
    const first = await world.conversion()
    await made(world)
    await world.change(first, { status: 'rejected' })
    expect(await invoiceNow(world)).toMatchObject({ ok: false, reason: 'nothing_due' })
    await world.conversion({ payoutMicros: 30_000_000 })
    const next = await made(world)
    expect(next.totalMicros).toBe(20_000_000)
    expect(await amountsOf(world, next)).toEqual([
      ['conversion', -10],
      ['conversion', 30],
    ])
  })

  it('leave out what waits for approval and what is on hold', async () => {
    const world = await buildBillingWorld(await stores.open())
    await world.conversion({ status: 'pending' })
    await world.conversion({ payableAt: BILLING_NOW + DAY_MS })
    expect(await invoiceNow(world)).toMatchObject({ ok: false, reason: 'nothing_due' })
    const parties = { workspace: world.workspace, side: 'affiliate', partyIds: [world.affiliateId] } as const
    const balance = (await loadBalances(world.deps, parties)).get(world.affiliateId)
    expect(balance).toMatchObject({ pendingMicros: 10_000_000, onHoldMicros: 10_000_000, payableMicros: 0 })
  })

  it('bill what clicks have earned since the last one', async () => {
    const world = await buildBillingWorld(await stores.open())
    const row = { party: world.affiliateId, offer: world.offerId }
    world.clicks.push({ ...row, quantity: 40, amount: '2.000000' })
    expect(await amountsOf(world, await made(world))).toEqual([['clicks', 2]])
    world.clicks.splice(0, 1, { ...row, quantity: 100, amount: '5.000000' })
    expect(await amountsOf(world, await made(world))).toEqual([['clicks', 3]])
  })

  it('two that are asked for at once bill nothing twice, and have different numbers', async () => {
    const world = await buildBillingWorld(await stores.open())
    const other = await world.affiliate()
    for (let i = 0; i < 20; i += 1) await world.conversion()
    await world.conversion({ affiliateId: other })
    const results = await Promise.all([
      ...Array.from({ length: 6 }, () => invoiceNow(world)),
      invoiceNow(world, other),
    ])
    const invoices = results.flatMap((result) => (result.ok ? [result.invoice] : []))
    expect(invoices.map(({ totalMicros }) => totalMicros).sort((a, b) => a - b)).toEqual([
      10_000_000, 200_000_000,
    ])
    expect(invoices.map(({ number }) => number).sort((a, b) => a - b)).toEqual([1, 2])
  })

  it('give the referrer its share when they are final, and take it back when they are void', async () => {
    const world = await buildBillingWorld(await stores.open())
    const { deps, workspace } = world
    const referred = await world.affiliate({ referrerId: world.affiliateId, referralPercent: 5 })
    await world.conversion({ affiliateId: referred, payoutMicros: 100_000_010 })
    const invoice = await made(world, referred)
    expect(await invoiceNow(world)).toMatchObject({ reason: 'nothing_due' })
    await finalizeInvoice(deps, { workspace, id: invoice.id }, ACTOR)
    // A later percent is for later invoices.
    await updateAffiliate(deps.store.db, { workspace, id: referred }, { referralPercent: 50 }, world.time.now)
    const share = await made(world)
    expect(await amountsOf(world, share)).toEqual([['referral', 5.000001]])
    await voidInvoice(deps, { workspace, id: invoice.id }, { reason: 'wrong', actor: ACTOR })
    await world.conversion()
    expect(await amountsOf(world, await made(world))).toEqual([
      ['conversion', 10],
      ['referral', -5.000001],
    ])
  })

  it('keep names and addresses as they were when they became final', async () => {
    const world = await buildBillingWorld(await stores.open())
    const { deps, workspace, affiliateId } = world
    await world.conversion()
    const { id } = await made(world)
    const final = await finalizeInvoice(deps, { workspace, id }, ACTOR)
    await updateAffiliate(deps.store.db, { workspace, id: affiliateId }, { name: 'Renamed' }, world.time.now)
    const again = await finalizeInvoice(deps, { workspace, id }, ACTOR)
    for (const change of [final, again])
      expect(change).toMatchObject({ invoice: { parties: { issuer: { name: 'Affiliate' } } } })
  })

  it('are paid together or not at all, and are final again when the payment is taken back', async () => {
    const world = await buildBillingWorld(await stores.open())
    const { deps, workspace } = world
    await world.conversion()
    const { id } = await made(world)
    await world.conversion()
    const draft = await made(world)
    await finalizeInvoice(deps, { workspace, id }, ACTOR)
    const payment = { workspace, actor: ACTOR, method: 'wire', reference: 'SEPA 1', paidAt: world.time.now }
    const refused = await payInvoices(deps, { ...payment, invoiceIds: [id, draft.id] })
    expect(refused).toEqual({ ok: false, invoiceId: draft.id, problem: 'not_final' })
    const stateOf = async () =>
      (await invoicesOf(world, world.affiliateId)).find((each) => each.id === id)?.state
    expect(await stateOf()).toBe('final')
    const paid = await payInvoices(deps, { ...payment, invoiceIds: [id, id] })
    expect(paid).toMatchObject({
      ok: true,
      run: { totalMicros: 10_000_000, method: 'wire', reference: 'SEPA 1' },
    })
    expect(await stateOf()).toBe('paid')
    expect(await voidInvoice(deps, { workspace, id }, { reason: 'x', actor: ACTOR })).toEqual({
      ok: false,
      state: 'paid',
    })
    if (paid.ok) await cancelPayment(deps, { workspace, id: paid.run.id }, ACTOR)
    expect(await stateOf()).toBe('final')
  })

  it('a run drafts one for everybody who has the minimum due, and carries the rest over', async () => {
    const world = await buildBillingWorld(await stores.open())
    const { deps, workspace, affiliateId } = world
    const payment = { method: '', details: '', minimumMicros: 5_000_000, period: 'weekly' } as const
    const modest = await world.affiliate({ payment })
    const lastMonth = { createdAt: BILLING_NOW - 40 * DAY_MS, payableAt: BILLING_NOW - 40 * DAY_MS }
    const lastWeek = { createdAt: BILLING_NOW - 8 * DAY_MS, payableAt: BILLING_NOW - 8 * DAY_MS }
    for (const times of [lastMonth, lastWeek]) {
      await world.conversion(times)
      await world.conversion({ ...times, affiliateId: modest })
    }
    // The workspace asks for 50 a month: 10 of last month are too few. The modest one has its weeks.
    expect(await run(world, null)).toEqual({ side: 'affiliate', invoices: 1 })
    expect(await invoicesOf(world, affiliateId)).toEqual([])
    expect(await invoicesOf(world, modest)).toMatchObject([
      { totalMicros: 20_000_000, periodTo: Date.UTC(2026, 10, 16) },
    ])
    const bonus = { workspace, side: 'affiliate', partyId: affiliateId, amountMicros: 45_000_000 } as const
    await insertBalanceAdjustment(deps.store.db, { ...bonus, reason: 'bonus', actor: ACTOR }, world.time.now)
    expect(await run(world, null)).toEqual({ side: 'affiliate', invoices: 1 })
    expect(await invoicesOf(world, affiliateId)).toMatchObject([
      { totalMicros: 55_000_000, periodTo: Date.UTC(2026, 10, 1) },
    ])
    // Once for each period, however often it is asked for.
    expect(await run(world, null)).toEqual({ side: 'affiliate', invoices: 0 })
    expect(await run(world, world.time.now)).toEqual({ side: 'affiliate', invoices: 0 })
  })

  it('a wave of reversals that fills an invoice holds nothing up that is due', async () => {
    const world = await buildBillingWorld(await stores.open())
    const paid = [await world.conversion(), await world.conversion()]
    await made(world)
    for (const conversion of paid) await world.change(conversion, { status: 'rejected' })
    const { workspace, time, deps, affiliateId: partyId } = world
    const draft = async () => {
      const request = { workspace, side: 'affiliate', partyId, untilMs: time.now, actor: ACTOR } as const
      return await draftInvoice(deps, request, { clicks: [], minimumMicros: 5_000_000, conversionsMax: 2 })
    }
    // In all the affiliate owes: what is new alone makes no invoice.
    await world.conversion()
    expect(await draft()).toMatchObject({ ok: false, reason: 'nothing_due' })
    for (let n = 0; n < 2; n++) await world.conversion()
    expect(await draft()).toMatchObject({ ok: true, isCut: true, invoice: { totalMicros: 20_000_000 } })
    // What is left of it is a debt, which waits for what comes.
    expect(await draft()).toMatchObject({ ok: false, reason: 'nothing_due' })
  })

  it('a run bills advertisers by the month', async () => {
    const world = await buildBillingWorld(await stores.open())
    await world.conversion({ createdAt: Date.UTC(2026, 9, 31, 23) })
    await world.conversion({ createdAt: Date.UTC(2026, 10, 1) })
    expect(await run(world, null, 'advertiser')).toEqual({ side: 'advertiser', invoices: 1 })
    expect(await invoicesOf(world, world.advertiserId)).toMatchObject([{ totalMicros: 25_000_000 }])
  })

  it('an end before the last one is refused: it would take back what was billed', async () => {
    const world = await buildBillingWorld(await stores.open())
    await world.conversion()
    await made(world)
    const { deps, workspace, affiliateId: partyId, time } = world
    const early = { workspace, side: 'affiliate', partyId, untilMs: time.now - DAY_MS, actor: ACTOR } as const
    expect(await createInvoice(deps, early)).toMatchObject({ ok: false, reason: 'invoiced_later' })
  })

  it('a party without any money has a balance of nothing', async () => {
    const store = await stores.open()
    const world = await buildBillingWorld(store)
    await world.conversion()
    const partyIds = [world.affiliateId, ...Array.from({ length: 999 }, (_, i) => `absent-${i}`)]
    const balances = await loadBalances(world.deps, {
      workspace: world.workspace,
      side: 'affiliate',
      partyIds,
    })
    expect(balances.size).toBe(1_000)
    expect(balances.get(world.affiliateId)).toMatchObject({ payableMicros: 10_000_000 })
  })
})
