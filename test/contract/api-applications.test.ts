import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openTestApi, type TestApi } from './api-harness.ts'
import { addAffiliateManager } from './api-party.ts'

type Method = 'GET' | 'POST' | 'PATCH'

const flat = (amount: string) => ({ model: 'flat', amount })

/** Calls the API by a session, with a body when one is given. */
function callerBy(api: TestApi, cookie: string) {
  return async (method: Method, path: string, payload?: object) => {
    const body = payload === undefined ? {} : { payload }
    const answer = await api.app.inject({ method, url: `/api/v1/${path}`, headers: { cookie }, ...body })
    return { status: answer.statusCode, body: answer.json() }
  }
}

/** An owner with an offer that takes applications, and an affiliate manager with one of the two affiliates. */
async function openNetwork(stores: Parameters<typeof openTestApi>[0]) {
  let now = 1_800_000_000_000
  const api = await openTestApi(stores, { clock: () => now++ })
  const { cookie, workspace } = await api.owner('ada@example.com')
  const manager = await addAffiliateManager(api, workspace)
  const owner = callerBy(api, cookie)
  const make = async (path: string, fields: object) => String((await owner('POST', path, fields)).body.id)
  const advertiserId = await make('advertisers', { name: 'Shop' })
  const terms = {
    visibility: 'approval',
    revenue: flat('10'),
    payout: flat('5'),
    goals: [{ event: 'Lead', revenue: flat('2'), payout: flat('1') }],
  }
  const offer = { name: 'Offer', url: 'https://shop.example/', advertiserId, terms }
  return {
    api,
    owner,
    manager: callerBy(api, manager.cookie),
    make,
    offerId: await make('offers', offer),
    otherOfferId: await make('offers', { ...offer, name: 'Other offer' }),
    mine: await make('affiliates', { name: 'Mine', managerId: manager.id }),
    other: await make('affiliates', { name: 'Other' }),
  }
}

describe.each(SQL_ENGINES)('applications on %s', (engine) => {
  const stores = useStores(engine)

  it('an affiliate that nobody decided about stands nowhere; a decision is kept with its reason', async () => {
    const { owner, offerId, mine } = await openNetwork(stores)
    const path = `offers/${offerId}/affiliates/${mine}`
    expect((await owner('GET', path)).body).toMatchObject({
      state: 'none',
      offerName: 'Offer',
      affiliateName: 'Mine',
      createdAt: null,
    })
    const set = await owner('POST', path, { state: 'rejected', reason: 'no site' })
    expect(set).toMatchObject({
      status: 200,
      body: { state: 'rejected', reason: 'no site', payouts: {}, caps: null },
    })
    expect((await owner('GET', path)).body).toEqual(set.body)
  })

  it('payouts and caps of its own stay until they are named again', async () => {
    const { owner, offerId, mine } = await openNetwork(stores)
    const path = `offers/${offerId}/affiliates/${mine}`
    const none = { daily: null, monthly: null, total: null }
    const own = {
      payouts: { '': flat('6.5'), lead: flat('1.25') },
      caps: { conversions: { ...none, daily: 10 }, payout: { ...none, total: '99.5' }, revenue: none },
    }
    expect((await owner('POST', path, { state: 'approved', ...own })).body).toMatchObject(own)
    expect((await owner('POST', path, { state: 'blocked' })).body).toMatchObject({ state: 'blocked', ...own })
    const cleared = await owner('POST', path, { state: 'approved', payouts: {}, caps: null })
    expect(cleared.body).toMatchObject({ payouts: {}, caps: null })
  })

  it('a payout of its own above the revenue is refused until it is confirmed, also when the revenue sinks', async () => {
    const { owner, offerId, mine } = await openNetwork(stores)
    const path = `offers/${offerId}/affiliates/${mine}`
    const set = (payouts: object, more = {}) => owner('POST', path, { state: 'approved', payouts, ...more })
    const refused = { status: 422, body: { code: 'payout_above_revenue' } }
    expect(await set({ '': flat('10.01') })).toMatchObject({
      ...refused,
      body: { ...refused.body, errors: [{ field: 'payouts' }] },
    })
    expect(await set({ LEAD: flat('3') })).toMatchObject({ body: { errors: [{ field: 'payouts.LEAD' }] } })
    expect((await set({ '': flat('11') }, { confirmPayoutAboveRevenue: true })).status).toBe(200)
    expect((await set({ '': flat('9'), lead: flat('2') })).status).toBe(200)
    const lower = { terms: { revenue: flat('8') } }
    expect(await owner('PATCH', `offers/${offerId}`, lower)).toMatchObject({
      ...refused,
      body: { errors: [{ field: 'terms.revenue' }] },
    })
    expect(await owner('PATCH', `offers/${offerId}`, { terms: { goals: [] } })).toMatchObject(refused)
    const confirmed = { ...lower, confirmPayoutAboveRevenue: true }
    expect((await owner('PATCH', `offers/${offerId}`, confirmed)).status).toBe(200)
  })

  it('payouts of its own are of goals of the offer', async () => {
    const { owner, offerId, mine } = await openNetwork(stores)
    const path = `offers/${offerId}/affiliates/${mine}`
    const set = async (payouts: object) =>
      (await owner('POST', path, { state: 'approved', payouts })).body.detail
    expect(await set({ trial: flat('1') })).toContain('no goal "trial"')
    expect(await set({ Conversion: flat('1') })).toContain('leave it empty')
    expect(await set({ lead: { model: 'cpm', amount: '1' } })).toContain('each conversion')
  })

  it('payouts by the click and caps on money exclude each other', async () => {
    const { owner, offerId, mine } = await openNetwork(stores)
    const set = async (own: object) => {
      const body = { state: 'approved', confirmPayoutAboveRevenue: true, ...own }
      return (await owner('POST', `offers/${offerId}/affiliates/${mine}`, body)).body
    }
    const caps = { payout: { daily: '5' } }
    const payouts = { '': { model: 'cpc', amount: '1' } }
    expect(await set({ payouts, caps })).toMatchObject({ errors: [{ field: 'payouts' }] })
    expect(await set({ payouts })).toMatchObject({ state: 'approved' })
    expect((await set({ caps })).detail).toContain('by the click or impression')
    expect(await set({ payouts: {}, caps })).toMatchObject({ state: 'approved' })
    await owner('PATCH', `offers/${offerId}`, { terms: { caps: { revenue: { total: '100' } } } })
    expect(await set({ payouts, caps: null })).toMatchObject({ errors: [{ field: 'payouts' }] })
  })

  it('are listed by state, offer and affiliate, last changed first, in pages that miss and repeat nothing', async () => {
    const { owner, offerId, otherOfferId, mine, other } = await openNetwork(stores)
    const set = (offer: string, affiliate: string, state: string) =>
      owner('POST', `offers/${offer}/affiliates/${affiliate}`, { state })
    await set(offerId, mine, 'pending')
    await set(offerId, other, 'approved')
    await set(otherOfferId, mine, 'pending')
    const list = async (query: string) => {
      const { items } = (await owner('GET', `applications?${query}`)).body
      return items.map((item: Record<string, string>) => `${item.offerName}/${item.affiliateName}`)
    }
    expect(await list('')).toEqual(['Other offer/Mine', 'Offer/Other', 'Offer/Mine'])
    expect(await list('state=pending')).toEqual(['Other offer/Mine', 'Offer/Mine'])
    expect(await list(`offerId=${offerId}`)).toEqual(['Offer/Other', 'Offer/Mine'])
    expect(await list(`affiliateId=${other}&state=approved`)).toEqual(['Offer/Other'])
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await owner('GET', `applications?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(
        ...body.items.map(
          (item: { offerId: string; affiliateId: string }) => item.offerId + item.affiliateId,
        ),
      )
      cursor = body.nextCursor
    }
    expect(seen).toEqual([otherOfferId + mine, offerId + other, offerId + mine])
    const foreign = Buffer.from('1.x').toString('base64url')
    expect((await owner('GET', `applications?cursor=${foreign}`)).body.code).toBe('bad_cursor')
  })

  it('many are decided at once: what stood so stays, what is not known is told', async () => {
    const { api, owner, offerId, mine, other } = await openNetwork(stores)
    await owner('POST', `offers/${offerId}/affiliates/${mine}`, {
      state: 'pending',
      payouts: { '': flat('6') },
    })
    await owner('POST', `offers/${offerId}/affiliates/${other}`, { state: 'approved' })
    const unknown = { offerId, affiliateId: 'nobody' }
    const items = [{ offerId, affiliateId: mine }, { offerId, affiliateId: other }, unknown]
    const decided = await owner('POST', 'applications/decide', { items, state: 'approved' })
    expect(decided.body).toEqual({ changed: 1, unchanged: 1, unknown: [unknown] })
    expect((await owner('GET', `offers/${offerId}/affiliates/${mine}`)).body).toMatchObject({
      state: 'approved',
      payouts: { '': flat('6') },
    })
    const audit = await api.store.db
      .selectFrom('audit_log')
      .select(['subject_id', 'detail_json'])
      .where('action', '=', 'application.decide')
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .execute()
    expect(audit.map((row) => row.subject_id).sort()).toEqual(
      [`${offerId}:${mine}`, `${offerId}:${mine}`, `${offerId}:${other}`].sort(),
    )
    // From where to where it went, as the history of any change says.
    const { changes } = JSON.parse(audit[0]?.detail_json ?? '')
    expect(changes.state.after).toBe('approved')
    expect(Object.keys(changes)).not.toContain('payouts')
    const log = await owner('GET', `audit-log?subjectId=${offerId}:${mine}&limit=1`)
    expect(log.body.items).toMatchObject([
      { subjectName: expect.stringMatching(/.+, .+/), changes: { state: { after: 'approved' } } },
    ])
    const tooMany = Array.from({ length: 501 }, () => unknown)
    expect((await owner('POST', 'applications/decide', { items: tooMany, state: 'approved' })).status).toBe(
      400,
    )
  })

  it('an affiliate manager decides about its own affiliates alone, and sets no payouts', async () => {
    const { owner, manager, offerId, mine, other } = await openNetwork(stores)
    await owner('POST', `offers/${offerId}/affiliates/${other}`, { state: 'pending' })
    const own = `offers/${offerId}/affiliates/${mine}`
    const foreign = `offers/${offerId}/affiliates/${other}`
    expect((await manager('POST', own, { state: 'approved' })).status).toBe(200)
    expect(
      (await manager('POST', own, { state: 'approved', payouts: { '': flat('1') } })).body,
    ).toMatchObject({
      status: 403,
      code: 'role_too_low',
    })
    expect((await manager('GET', foreign)).status).toBe(404)
    expect((await manager('POST', foreign, { state: 'approved' })).status).toBe(404)
    expect((await manager('GET', 'applications')).body.items).toMatchObject([{ affiliateId: mine }])
    const items = [{ offerId, affiliateId: other }]
    expect((await manager('POST', 'applications/decide', { items, state: 'approved' })).body).toEqual({
      changed: 0,
      unchanged: 0,
      unknown: items,
    })
    expect((await owner('GET', foreign)).body.state).toBe('pending')
  })

  it('affiliates run no offers of affiliate networks', async () => {
    const { owner, make, mine } = await openNetwork(stores)
    const offerId = await make('offers', { name: 'Tracked', url: 'https://shop.example/' })
    expect(
      (await owner('POST', `offers/${offerId}/affiliates/${mine}`, { state: 'approved' })).body,
    ).toMatchObject({
      status: 422,
      code: 'no_advertiser',
    })
  })
})
