import { describe, expect, it } from 'vitest'
import { issueApiKey } from '../../src/api/api-key.ts'
import { createAdvertiser } from '../../src/store/advertisers.ts'
import { createAffiliate } from '../../src/store/affiliates.ts'
import { useStores } from '../support/databases.ts'
import { PLAIN_ADVERTISER, PLAIN_AFFILIATE } from '../support/field-defaults.ts'
import { openTestApi, type TestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

const AT = 1_700_000_000_000

/** An affiliate with a portal key, and the conversion of the world made its own: payout 3.21, revenue 9.87. */
async function openMoney(api: TestApi) {
  const world = await createWorld(api, 'ALPHA')
  const { workspace } = world
  const { db } = api.store
  const affiliate = await createAffiliate(db, workspace, PLAIN_AFFILIATE, AT)
  const advertiser = await createAdvertiser(db, workspace, PLAIN_ADVERTISER, AT)
  await db
    .updateTable('conversions')
    .set({ affiliate_id: affiliate.id, advertiser_id: advertiser.id, payable_at: AT })
    .set({ payout_micros: 3_210_000, revenue_micros: 9_870_000, sale_micros: 77_770_000 })
    .where('workspace', '=', workspace)
    .execute()
  const portal = await issueApiKey(
    db,
    { workspace, name: 'portal', role: 'affiliate', affiliateId: affiliate.id },
    AT,
  )
  const ask = (key: string) => async (method: 'GET' | 'POST' | 'PATCH', path: string, payload?: object) =>
    await api.app.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { authorization: `Bearer ${key}` },
      ...(payload !== undefined && { payload }),
    })
  const party = { side: 'affiliate', partyId: affiliate.id }
  return { world, affiliate, advertiser, party, manager: ask(world.keys.manager), portal: ask(portal.key) }
}

describe('money over the API', () => {
  const stores = useStores('sqlite')

  it('goes from a conversion to a paid invoice, and every step shows in the balance', async () => {
    const { affiliate, party, manager } = await openMoney(await openTestApi(stores))
    const balance = async () => (await manager('GET', `affiliates/${affiliate.id}/balance`)).json()
    const none = {
      pending: '0',
      onHold: '0',
      payable: '0',
      drafted: '0',
      invoiced: '0',
      paid: '0',
      currency: 'USD',
    }
    expect(await balance()).toMatchObject({ ...none, payable: '3.21' })
    const { id } = (await manager('POST', 'invoices', party)).json()
    expect(await balance()).toMatchObject({ ...none, payable: '3.21', drafted: '3.21' })
    await manager('POST', `invoices/${id}/finalize`)
    expect(await balance()).toMatchObject({ ...none, invoiced: '3.21' })
    const run = await manager('POST', 'payment-runs', {
      method: 'wire',
      reference: 'SEPA 7',
      invoiceIds: [id],
    })
    expect(run.json()).toMatchObject({ total: '3.21', method: 'wire', reference: 'SEPA 7', state: 'paid' })
    expect(await balance()).toMatchObject({ ...none, paid: '3.21' })
    const listed = (await manager('GET', `invoices?paymentRun=${run.json().id}`)).json()
    expect(listed.items).toMatchObject([{ id, state: 'paid' }])
    const shown = (await manager('GET', `invoices/${id}`)).json()
    expect(shown).toMatchObject({
      total: '3.21',
      nextAfterLine: null,
      lines: [{ kind: 'conversion', amount: '3.21' }],
      groups: [{ kind: 'conversion', quantity: 1, amount: '3.21' }],
    })
    expect((await manager('POST', `invoices/${id}/void`, { reason: 'x' })).json()).toMatchObject({
      code: 'wrong_state',
    })
    await manager('POST', `payment-runs/${run.json().id}/cancel`)
    await manager('POST', `invoices/${id}/void`, { reason: 'wrong' })
    expect(await balance()).toMatchObject({ ...none, payable: '3.21' })
  })

  it('an affiliate reads its own final invoices and its balance, and revenue nowhere', async () => {
    const { party, manager, portal, affiliate, advertiser, world } = await openMoney(
      await openTestApi(stores),
    )
    const draft = (await manager('POST', 'invoices', party)).json()
    for (const file of ['', '/pdf', '/csv']) {
      expect((await portal('GET', `portal/invoices/${draft.id}${file}`)).statusCode).toBe(404)
    }
    expect((await portal('GET', 'portal/balance')).json()).toEqual({
      currency: 'USD',
      pending: '0',
      onHold: '0',
      payable: '3.21',
      invoiced: '0',
      paid: '0',
      nextInvoice: { at: expect.stringMatching(/-01T00:00:00.000Z$/), minimum: '50' },
    })
    await manager('POST', `invoices/${draft.id}/finalize`)
    const billed = (await manager('POST', 'invoices', { side: 'advertiser', partyId: advertiser.id })).json()
    await manager('POST', `invoices/${billed.id}/finalize`)
    expect(billed.total).toBe('9.87')
    // Another affiliate's, and the advertiser's.
    for (const id of [billed.id, world.ids.invoices]) {
      expect((await portal('GET', `portal/invoices/${id}`)).statusCode).toBe(404)
    }
    const answers = [
      await portal('GET', 'portal/invoices'),
      await portal('GET', `portal/invoices/${draft.id}`),
      await portal('GET', `portal/invoices/${draft.id}/csv`),
      await portal('GET', 'portal/balance'),
    ]
    for (const answer of answers) {
      expect(answer.statusCode).toBe(200)
      expect(answer.body).toContain('3.21')
      expect(answer.body).not.toMatch(/9\.87|77\.77|advertiser/i)
    }
    expect(answers[0]?.json().items).toHaveLength(1)
    const pdf = await portal('GET', `portal/invoices/${draft.id}/pdf`)
    expect(pdf.headers['content-type']).toBe('application/pdf')
    expect(pdf.headers['content-disposition']).toMatch(/^attachment; filename="invoice-\d+\.pdf"$/)
    expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
    expect(affiliate.id).toBe(party.partyId)
  })

  it('an affiliate changes how it is paid, and neither its minimum nor its period', async () => {
    const { portal, manager, affiliate } = await openMoney(await openTestApi(stores))
    const changed = await portal('PATCH', 'portal/payment', {
      method: 'wire',
      details: 'DE02 1203',
      billing: { company: 'Ads Ltd' },
    })
    expect(changed.json()).toEqual({
      method: 'wire',
      details: 'DE02 1203',
      billing: { company: 'Ads Ltd', address: '', taxId: '' },
    })
    expect((await portal('PATCH', 'portal/payment', { minimum: '0' })).statusCode).toBe(400)
    const shown = (await manager('GET', `affiliates/${affiliate.id}`)).json()
    expect(shown.payment).toMatchObject({ method: 'wire', minimum: null, period: null })
  })

  it('refuses what can not be invoiced, paid or adjusted, and says why', async () => {
    const { party, manager } = await openMoney(await openTestApi(stores))
    const later = new Date(Date.now() + 3_600_000).toISOString()
    const wrong: readonly [string, object, number, string][] = [
      ['invoices', { ...party, partyId: 'nobody' }, 422, 'invalid_fields'],
      ['invoices', { ...party, until: later }, 422, 'invalid_fields'],
      ['invoices', { ...party, until: '2020-01-01T00:00:00Z' }, 422, 'nothing_due'],
      ['payment-runs', { method: 'wire', reference: '', invoiceIds: ['nothing'] }, 422, 'invalid_fields'],
      ['payment-runs', { method: 'wire', reference: '', invoiceIds: [] }, 400, 'invalid_request'],
      ['balance-adjustments', { ...party, amount: '0', reason: 'x' }, 400, 'invalid_request'],
      [
        'balance-adjustments',
        { ...party, partyId: 'nobody', amount: '1', reason: 'x' },
        422,
        'invalid_fields',
      ],
    ]
    for (const [path, payload, status, code] of wrong) {
      expect((await manager('POST', path, payload)).json(), JSON.stringify(payload)).toMatchObject({
        status,
        code,
      })
    }
  })

  it('a run is a job, and the balances of all affiliates are on pages', async () => {
    const { manager, affiliate } = await openMoney(await openTestApi(stores))
    const job = await manager('POST', 'invoices/run', { side: 'affiliate' })
    expect(job.statusCode).toBe(202)
    expect(job.json()).toMatchObject({
      kind: 'invoice_run',
      state: 'waiting',
      params: { side: 'affiliate', untilMs: null },
    })
    const page = (await manager('GET', 'balances?limit=1')).json()
    expect(page.items).toHaveLength(1)
    const rest = (await manager('GET', `balances?cursor=${page.nextCursor}`)).json()
    const all = [...page.items, ...rest.items]
    expect(all.find(({ partyId }) => partyId === affiliate.id)).toMatchObject({
      payable: '3.21',
      name: 'Affiliate',
    })
    const owed = (await manager('GET', 'balances?side=advertiser')).json()
    expect(owed.items).toContainEqual(expect.objectContaining({ payable: '9.87' }))
  })
})
