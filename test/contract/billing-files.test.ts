import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadClickMoney } from '../../src/billing/click-money.ts'
import { createInvoice } from '../../src/billing/create-invoice.ts'
import { writeInvoiceCsv } from '../../src/billing/invoice-csv.ts'
import { loadInvoiceDocument } from '../../src/billing/invoice-document.ts'
import { renderInvoicePdf } from '../../src/billing/invoice-pdf.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { updateAffiliate } from '../../src/store/affiliates.ts'
import { insertBalanceAdjustment } from '../../src/store/balance-adjustments.ts'
import { type BillingWorld, buildBillingWorld } from '../support/billing-world.ts'
import { useStores } from '../support/databases.ts'
import { visitRow } from '../support/ledger-world.ts'
import { readPdfText } from '../support/pdf-text.ts'

async function invoiceOf(world: BillingWorld) {
  const { workspace, affiliateId: partyId, time, deps } = world
  const wanted = { workspace, side: 'affiliate', partyId, untilMs: time.now, actor: 'user:1' } as const
  const made = await createInvoice(deps, wanted)
  if (!made.ok) throw new Error(made.reason)
  return made.invoice
}

async function withConversion(world: BillingWorld): Promise<BillingWorld> {
  await world.conversion()
  return world
}

describe('the printed invoice', () => {
  const stores = useStores('sqlite')

  it('names both parties in their own alphabets, groups lines by offer and event, and numbers its pages', async () => {
    const world = await buildBillingWorld(await stores.open(), { timeZone: 'Europe/Berlin' })
    const { deps, workspace, affiliateId } = world
    const billing = { company: 'ООО «Трафик»', address: 'Οδός Ερμού 1\nΑθήνα', taxId: 'EL 123' }
    await updateAffiliate(
      deps.store.db,
      { workspace, id: affiliateId },
      { billing, name: 'Żółć' },
      world.time.now,
    )
    for (let i = 0; i < 3; i += 1) await world.conversion()
    for (let i = 0; i < 80; i += 1) await world.conversion({ event: `event ${i}`, payoutMicros: 1_000_000 })
    const document = await loadInvoiceDocument(deps.store.db, await invoiceOf(world))
    const pieces = readPdfText(await renderInvoicePdf(document))
    const texts = pieces.map(({ text }) => text.trim())
    for (const text of ['Invoice 1', 'ООО «Трафик»', 'Οδός Ερμού 1', 'Αθήνα', 'Żółć', 'Main'])
      expect(texts).toContain(text)
    const group = pieces.find(({ text }) => text === 'Offer: sale')
    const row = pieces.filter(({ page, y }) => page === group?.page && y === group.y)
    expect(row.map(({ text }) => text)).toEqual(['Offer: sale', '3', '30.00'])
    expect(texts).toContain('110.00 USD')
    const pages = Math.max(...pieces.map(({ page }) => page)) + 1
    expect(pages).toBeGreaterThan(1)
    for (let page = 1; page <= pages; page += 1)
      expect(texts).toContain(`Invoice 1 · page ${page} of ${pages}`)
    // A4, with room at every side.
    for (const { x, y } of pieces) expect(x > 50 && x < 545 && y > 40 && y < 792).toBe(true)
  })

  it('prints all amounts with as many decimals as the longest has, and thousands apart', async () => {
    const world = await buildBillingWorld(await stores.open())
    const document = await loadInvoiceDocument(world.deps.store.db, {
      ...(await invoiceOf(await withConversion(world))),
      totalMicros: 1_234_577_012_345,
    })
    const [group] = document.groups
    if (group === undefined) throw new Error('there is no line')
    const long = { ...group, quantity: 12_345, amountMicros: 1_234_567_012_345 }
    const pieces = readPdfText(await renderInvoicePdf({ ...document, groups: [group, long] }))
    const texts = pieces.map(({ text }) => text.trim())
    for (const text of ['10.000000', '1,234,567.012345', '12,345', '1,234,577.012345 USD'])
      expect(texts).toContain(text)
  })

  it('keeps parties side by side and rows in line, however many lines a text has', async () => {
    const world = await buildBillingWorld(await stores.open())
    const { deps, workspace, affiliateId: partyId } = world
    const company = 'Общество с ограниченной ответственностью '.repeat(4)
    const billing = { company, address: 'ул.\n'.repeat(250), taxId: 'ИНН 7813000000' }
    await updateAffiliate(deps.store.db, { workspace, id: partyId }, { billing }, world.time.now)
    for (let i = 0; i < 20; i += 1) await world.conversion({ event: `event ${i}` })
    const bonus = { workspace, side: 'affiliate', partyId, amountMicros: 7_000_000, actor: 'user:1' } as const
    await insertBalanceAdjustment(deps.store.db, { ...bonus, reason: 'why\n'.repeat(100) }, world.time.now)
    const document = await loadInvoiceDocument(deps.store.db, await invoiceOf(world))
    const pieces = readPdfText(await renderInvoicePdf(document))
    const find = (text: string) => pieces.find((piece) => piece.text.trim() === text)
    const [from, to, taxId, date] = ['From', 'To', 'Tax ID: ИНН 7813000000', 'Date'].map(find)
    expect([from?.page, to?.page, taxId?.page, date?.page]).toEqual([0, 0, 0, 0])
    expect(from?.y).toBe(to?.y)
    expect(Number(taxId?.y)).toBeGreaterThan(Number(date?.y))
    const [amount, why] = [find('7.00'), find('why')]
    expect([amount?.page, amount?.y]).toEqual([why?.page, why?.y])
    for (const { x, y } of pieces) expect(x > 50 && x < 545 && y > 40 && y < 792).toBe(true)
    // No piece lies on another.
    const places = pieces.map(({ page, x, y }) => `${page} ${x} ${y.toFixed(0)}`)
    expect(new Set(places).size).toBe(places.length)
  })
})

describe('the file of lines', () => {
  const stores = useStores('sqlite')

  it('has every conversion, and no cell that a spreadsheet would run', async () => {
    const world = await buildBillingWorld(await stores.open())
    const { deps, workspace, affiliateId: partyId } = world
    const first = await world.conversion({ externalId: '=HYPERLINK("http://evil.example")' })
    const second = await world.conversion({ externalId: '@SUM(1)', event: '+1' })
    const fine = { workspace, side: 'affiliate', partyId, amountMicros: -2_500_000, actor: 'user:1' } as const
    await insertBalanceAdjustment(deps.store.db, { ...fine, reason: '-fee, "late"' }, world.time.now)
    const invoice = await invoiceOf(world)
    let text = ''
    for await (const piece of writeInvoiceCsv(deps.store.db, invoice)) text += piece
    const date = new Date(first.createdAt).toISOString()
    expect(text.split('\r\n')).toEqual([
      'line,kind,date,conversion,description,event,aff_click_id,quantity,amount,currency',
      `1,conversion,${date},${first.id},Offer: sale,sale,"'=HYPERLINK(""http://evil.example"")",1,10,USD`,
      `2,conversion,${date},${second.id},Offer: +1,'+1,'@SUM(1),1,10,USD`,
      `3,adjustment,,,"'-fee, ""late""",,,1,-2.5,USD`,
      '',
    ])
  })
})

describe('money of clicks in the ledger', () => {
  const dir = mkdtempSync(join(tmpdir(), 'trailpost-billing-'))
  let ledger: Ledger
  beforeAll(async () => {
    ledger = await openLedger({ clickhouseUrl: '', dataDir: dir })
  })
  afterAll(async () => {
    await ledger.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('is summed by party and offer up to the moment, without conversions, with corrections', async () => {
    const until = Date.UTC(2026, 10, 1)
    const of = (changes: Partial<LedgerRow>) =>
      visitRow({
        at: until - 1,
        affiliate_id: 'a',
        advertiser_id: 'v',
        offer_id: 'o',
        payout: '0.100000',
        revenue: '0.300000',
        ...changes,
      })
    const corrected = of({ payout: '5.000000' })
    const rows: readonly LedgerRow[] = [
      of({}),
      of({ kind: 'impression', visits: 0, impressions: 1, payout: '0.002500' }),
      of({ offer_id: 'p', payout: '0.700000' }),
      of({ affiliate_id: 'b' }),
      corrected,
      { ...corrected, correction: 'out', payout: '-5.000000', revenue: '-0.300000', visits: -1 },
      of({ at: until }),
      of({ kind: 'conversion', visits: 0, conversions: 1, payout: '9.000000' }),
      of({ workspace: 'other' }),
    ]
    await ledger.insertRows(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), crypto.randomUUID())
    const asked = { workspace: 'w', untilMs: until }
    const affiliates = await loadClickMoney(ledger, { ...asked, side: 'affiliate', partyIds: ['a', 'c'] })
    expect([...affiliates]).toEqual([
      [
        'a',
        [
          { offerId: 'o', quantity: 2, amountMicros: 102_500 },
          { offerId: 'p', quantity: 1, amountMicros: 700_000 },
        ],
      ],
    ])
    const advertisers = await loadClickMoney(ledger, { ...asked, side: 'advertiser', partyIds: ['v'] })
    expect(advertisers.get('v')).toMatchObject([
      { offerId: 'o', amountMicros: 900_000 },
      { offerId: 'p', amountMicros: 300_000 },
    ])
  })
})
