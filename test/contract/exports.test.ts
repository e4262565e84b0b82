import { describe, expect, it } from 'vitest'
import { writeConversionCsv } from '../../src/api/conversion-csv.ts'
import { finalizeInvoice } from '../../src/billing/change-invoice.ts'
import { createInvoice } from '../../src/billing/create-invoice.ts'
import { payInvoices } from '../../src/billing/pay-invoices.ts'
import { writePaymentRunCsv } from '../../src/billing/payment-run-csv.ts'
import { updateAffiliate } from '../../src/store/affiliates.ts'
import { buildBillingWorld } from '../support/billing-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { type ConversionsRig, openConversionsRig } from './api-conversions-rig.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

describe.each(SQL_ENGINES)('the file of conversions on %s', (engine) => {
  const stores = useStores(engine)

  it('has what the filter of the list finds, newest first, and no cell that a spreadsheet would run', async () => {
    const rig = await openConversionsRig(stores)
    await report(rig, { txid: '=HYPERLINK("https://evil.example")', payout: '1.5' })
    await report(rig, { txid: 'T2', payout: '2' })
    await report(rig, { txid: 'held', payout: '3', status: 'pending' })
    const all = await load(rig, '')
    expect(all.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename="conversions-[\d-]+\.csv"$/),
    })
    expect(cells(all.body, 'txid')).toEqual(['held', 'T2', `'=HYPERLINK(""https://evil.example"")`])
    expect(cells(all.body, 'revenue')).toEqual(['3', '2', '1.5'])
    const some = await load(rig, '?status=pending')
    expect(cells(some.body, 'txid')).toEqual(['held'])
    expect((await load(rig, '?status=trash')).body.split('\r\n')).toHaveLength(2)
  })

  it('is read page by page, ends at its bound and then says so', async () => {
    const rig = await openConversionsRig(stores)
    for (const txid of ['a', 'b', 'c']) await report(rig, { txid })
    const asked = { workspace: rig.world.workspaceId, role: 'owner', filter: {} } as const
    const read = (rowsMax: number) => joined(writeConversionCsv(rig.api.store.db, { ...asked, rowsMax }))
    expect(cells(await read(3), 'txid')).toEqual(['c', 'b', 'a'])
    const cut = await read(2)
    expect(cells(cut, 'txid')).toEqual(['c', 'b', undefined])
    expect(cut).toContain('These are the newest 2')
  })

  it('has no column of what an affiliate manager is not told', async () => {
    const rig = await openConversionsRig(stores)
    await report(rig, { txid: 'a', payout: '777' })
    const asked = { workspace: rig.world.workspaceId, role: 'affiliate_manager', filter: {} } as const
    const text = await joined(writeConversionCsv(rig.api.store.db, asked))
    expect(text).not.toMatch(/revenue|,cost|,sale,currency|original|777/)
    expect(cells(text, 'payout')).toEqual(['0'])
  })
})

describe.each(SQL_ENGINES)('the file of a payment run on %s', (engine) => {
  const stores = useStores(engine)

  it('tells whom to pay, how, where to and exactly how much', async () => {
    const world = await buildBillingWorld(await stores.open())
    const { deps, workspace, affiliateId } = world
    const payment = { method: 'paypal', details: '=cmd\nline 2', minimumMicros: null, period: null }
    const key = { workspace, id: affiliateId }
    await updateAffiliate(deps.store.db, key, { name: 'Ann, Ltd', payment }, world.time.now)
    const silent = await world.affiliate({ name: 'Bob' })
    const invoiceIds: string[] = []
    for (const [partyId, payoutMicros] of [
      [affiliateId, 1_234_567],
      [silent, 5_000_000],
    ] as const) {
      await world.conversion({ affiliateId: partyId, payoutMicros })
      const wanted = {
        workspace,
        side: 'affiliate',
        partyId,
        untilMs: world.time.now,
        actor: 'user:1',
      } as const
      const made = await createInvoice(deps, wanted)
      if (!made.ok) throw new Error(made.reason)
      await finalizeInvoice(deps, { workspace, id: made.invoice.id }, 'user:1')
      invoiceIds.push(made.invoice.id)
    }
    const run = { workspace, actor: 'user:1', method: 'wire', reference: '-SEPA', paidAt: world.time.now }
    const paid = await payInvoices(deps, { ...run, invoiceIds })
    if (!paid.ok) throw new Error(paid.problem)
    const lines = (await writePaymentRunCsv(deps.store.db, paid.run)).split('\r\n')
    expect(lines[0]).toBe('affiliate_id,affiliate,method,details,currency,amount,invoice,reference')
    expect(lines.slice(1).sort()).toEqual(
      [
        '',
        `${affiliateId},"Ann, Ltd",paypal,"'=cmd\nline 2",USD,1.234567,1,'-SEPA`,
        `${silent},Bob,wire,,USD,5,2,'-SEPA`,
      ].sort(),
    )
  })

  it('is handed to who may see the list, and of no other workspace', async () => {
    const api = await openTestApi(stores)
    const [alpha, beta] = [await createWorld(api, 'ALPHA'), await createWorld(api, 'BETA')]
    const get = async (role: 'viewer' | 'manager', world = alpha) =>
      await api.app.inject({
        url: `/api/v1/payment-runs/${alpha.ids['payment-runs']}/csv`,
        headers: { authorization: `Bearer ${world.keys[role]}` },
      })
    expect((await get('viewer')).statusCode).toBe(403)
    expect((await get('manager', beta)).statusCode).toBe(404)
    expect((await get('manager')).body).toContain('ALPHA affiliates')
  })
})

async function report(rig: ConversionsRig, params: Readonly<Record<string, string>>): Promise<void> {
  rig.world.time.now += 1_000
  const { body } = await rig.send('POST', '/conversions', { clickId: rig.world.visit(), ...params })
  expect(body).toMatchObject({ outcome: 'recorded' })
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

async function load(rig: ConversionsRig, query: string) {
  return await rig.api.app.inject({
    url: `/api/v1/conversions/export${query}`,
    headers: { authorization: `Bearer ${rig.managerKey}` },
  })
}

/** A column of a file whose cells have no separators. */
function cells(text: string, name: string): readonly (string | undefined)[] {
  const [head = '', ...lines] = text.replace('\uFEFF', '').trim().split('\r\n')
  const index = head.split(',').indexOf(name)
  return lines.map((line) => line.split(',')[index]?.replace(/^"(.*)"$/, '$1'))
}
