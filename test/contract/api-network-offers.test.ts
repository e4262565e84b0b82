import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

const flat = (amount: string) => ({ model: 'flat', amount })
const URL_WITH_ID = 'https://shop.example/?c={clickid}'

describe.each(SQL_ENGINES)('offers of advertisers over the API on %s', (engine) => {
  const stores = useStores(engine)

  async function open(changes = {}) {
    const api = await openTestApi(stores, changes)
    const world = await createWorld(api, 'ALPHA')
    const call = async (
      method: Method,
      path: string,
      payload?: object,
      role: 'owner' | 'viewer' = 'owner',
    ) => {
      const headers = { authorization: `Bearer ${world.keys[role]}` }
      const body = payload === undefined ? {} : { payload }
      const answer = await api.app.inject({ method, url: `/api/v1/${path}`, headers, ...body })
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
    }
    const advertiser = (await call('POST', 'advertisers', { name: 'Shop' })).body
    const offer = (terms: object, more: object = {}) =>
      call('POST', 'offers', { name: 'Offer', url: URL_WITH_ID, advertiserId: advertiser.id, terms, ...more })
    return { api, world, call, advertiser, offer }
  }

  it('an offer keeps all of its terms, and an update changes those that it names alone', async () => {
    const { call, offer } = await open()
    const terms = {
      status: 'pending',
      expiresAt: '2026-12-31T23:00:00.000Z',
      visibility: 'approval',
      description: 'Only adults',
      previewUrl: 'https://shop.example/preview',
      agreement: 'No spam',
      protocol: 'iframe',
      allowsPixels: false,
      revenue: { model: 'both', amount: '2', percent: 10.5 },
      payout: { model: 'both', amount: '1.5', percent: 10 },
      goals: [{ event: 'Deposit', name: 'First deposit', revenue: flat('30'), payout: flat('20.25') }],
      tiers: [
        { tier: 'gold', event: '', payout: { model: 'both', amount: '2', percent: 10 } },
        { tier: 'gold', event: 'deposit', payout: flat('25') },
      ],
      approval: 'manual',
      holdDays: 30,
      targeting: { field: 'device_type', operator: 'is', values: ['mobile'] },
      caps: {
        payout: { daily: '100', monthly: null, total: '5000.5' },
        revenue: { daily: null, monthly: '2000', total: null },
        perAffiliate: {
          conversions: { daily: 5, monthly: null, total: null },
          payout: { daily: null, monthly: '50', total: null },
          revenue: { daily: null, monthly: null, total: '70' },
        },
      },
      convertedUrl: 'https://shop.example/thanks',
      landingPages: [{ id: 'lp1', name: 'Short', url: 'https://shop.example/short?c={clickid}' }],
      creatives: [
        {
          id: 'c1',
          name: 'Banner',
          type: 'image',
          url: 'https://shop.example/b.png',
          text: '',
          width: 468,
          height: 60,
        },
      ],
      deepLinkDomains: ['shop.example'],
      clickToConversionMinMs: 1000,
      clickToConversionMaxMs: 86_400_000,
    }
    const created = await offer(terms)
    expect(created).toMatchObject({ status: 201, body: { payout: null, terms, statusNow: 'pending' } })
    const changed = await call('PATCH', `offers/${created.body.id}`, {
      terms: { status: 'active', holdDays: null },
    })
    expect(changed.body.terms).toEqual({ ...terms, status: 'active', holdDays: null })
    expect((await call('GET', `offers/${created.body.id}`)).body).toEqual(changed.body)
  })

  it('domains of deep links are kept as browsers write host names', async () => {
    const { offer } = await open()
    const deepLinkDomains = ['Bücher.Example', 'shop.example.', ' SHOP.example', 'xn--bcher-kva.example']
    const { body } = await offer({ deepLinkDomains })
    expect(body.terms.deepLinkDomains).toEqual(['xn--bcher-kva.example', 'shop.example'])
  })

  it('what the terms do not say has its default', async () => {
    const { offer } = await open()
    expect((await offer({ payout: flat('0') })).body).toMatchObject({
      statusNow: 'active',
      terms: {
        visibility: 'public',
        protocol: 'postback',
        allowsPixels: true,
        revenue: flat('0'),
        caps: { payout: { daily: null }, perAffiliate: { conversions: { total: null } } },
        goals: [],
        targeting: null,
      },
    })
  })

  it('an offer in a currency without a rate is refused until the rate is set', async () => {
    const { call, offer } = await open()
    const refused = await offer({ revenue: flat('2'), payout: flat('1') }, { currency: 'PLN' })
    expect(refused.status).toBe(422)
    expect(refused.body.errors).toMatchObject([{ field: 'currency' }])
    expect(refused.body.detail).toContain('no exchange rate PLN → USD is set')
    expect((await call('PATCH', 'settings/currency-rates', { perUsd: { PLN: '4' } })).status).toBe(200)
    const taken = await offer({ revenue: flat('2'), payout: flat('1') }, { currency: 'PLN' })
    expect([taken.status, taken.body.currency]).toEqual([201, 'PLN'])
  })

  it('an offer is active, paused, pending, expired or deleted at the moment', async () => {
    let now = Date.parse('2026-05-01T00:00:00Z')
    const { call, offer } = await open({ clock: () => now })
    const { id } = (await offer({ expiresAt: '2026-06-01T00:00:00+02:00' })).body
    const status = async () => (await call('GET', `offers/${id}`)).body.statusNow
    expect(await status()).toBe('active')
    await call('PATCH', `offers/${id}`, { terms: { status: 'paused' } })
    expect(await status()).toBe('paused')
    now = Date.parse('2026-05-31T22:00:00Z')
    expect(await status()).toBe('expired')
    await call('DELETE', `offers/${id}`)
    expect(await status()).toBe('deleted')
  })

  it('an offer has an affiliate network or an advertiser, and terms with an advertiser alone', async () => {
    const { call, world, offer, advertiser } = await open()
    const network = world.ids['affiliate-networks'] ?? ''
    const wrong = async (body: object) =>
      (await call('POST', 'offers', { name: 'O', url: URL_WITH_ID, ...body })).body.errors
    expect(await wrong({ affiliateNetworkId: network, advertiserId: advertiser.id })).toMatchObject([
      { field: 'advertiserId' },
    ])
    expect(await wrong({ terms: {} })).toMatchObject([{ field: 'terms' }])
    expect(await wrong({ affiliateNetworkId: network, terms: {} })).toMatchObject([{ field: 'terms' }])
    expect(await wrong({ advertiserId: 'nobody' })).toMatchObject([{ field: 'advertiserId' }])
    expect(await wrong({ advertiserId: advertiser.id, payout: '3' })).toMatchObject([{ field: 'payout' }])
    const { id } = (await offer({})).body
    const patch = async (body: object) => await call('PATCH', `offers/${id}`, body)
    expect((await patch({ terms: null })).body.errors).toMatchObject([{ field: 'terms' }])
    const moved = await patch({ advertiserId: '', affiliateNetworkId: network })
    expect(moved.body).toMatchObject({ advertiserId: '', terms: null, affiliateNetworkId: network })
    const back = await patch({ advertiserId: advertiser.id, affiliateNetworkId: '', terms: { holdDays: 3 } })
    expect(back.body.terms).toMatchObject({ holdDays: 3, protocol: 'postback' })
  })

  it('lists tell advertisers’ offers from the others', async () => {
    const { call, offer, advertiser, world } = await open()
    const own = (await offer({})).body.id
    const other = (await call('POST', 'advertisers', { name: 'Other' })).body.id
    const theirs = (await offer({}, { advertiserId: other })).body.id
    const ids = async (query: string) =>
      (await call('GET', `offers?${query}`)).body.items.map((item: { id: string }) => item.id).sort()
    expect(await ids(`advertiserId=${advertiser.id}`)).toEqual([own])
    expect(await ids(`advertiserId=${advertiser.id}&kind=tracker`)).toEqual([])
    expect(await ids('kind=tracker')).toEqual([world.ids.offers])
    expect(await ids('kind=network&limit=200')).toEqual(expect.arrayContaining([own, theirs]))
    expect(await ids('kind=network')).not.toContain(world.ids.offers)
  })
})

describe('terms that the API refuses', () => {
  const stores = useStores('sqlite')

  it.each([
    [
      'targeting.field',
      { targeting: { field: 'mood', operator: 'is', values: ['good'] } },
      'no field "mood"',
    ],
    ['goals.1.event', { goals: [goal('lead'), goal('LEAD')] }, 'here twice'],
    ['goals.0.event', { goals: [goal('Sale')] }, 'default event'],
    ['goals.0.event', { goals: [goal('trial')] }, 'not among the events'],
    [
      'goals.0.payout',
      { goals: [{ ...goal('lead'), payout: { model: 'cpc', amount: '1' } }] },
      'each conversion',
    ],
    ['tiers.0.event', { tiers: [{ tier: 'gold', event: 'lead', payout: flat('0') }] }, 'no goal "lead"'],
    ['tiers.0.event', { tiers: [{ tier: 'gold', event: 'sale', payout: flat('0') }] }, 'leave it empty'],
    [
      'tiers.1',
      {
        tiers: [
          { tier: 'g', payout: flat('0') },
          { tier: 'g', payout: flat('0') },
        ],
      },
      'here twice',
    ],
    ['deepLinkDomains.0', { deepLinkDomains: ['https://shop.example/'] }, 'plain domain'],
    ['deepLinkDomains.0', { deepLinkDomains: ['com'] }, 'plain domain'],
    ['deepLinkDomains.0', { deepLinkDomains: ['com.'] }, 'plain domain'],
    ['deepLinkDomains.0', { deepLinkDomains: ['shop.example..'] }, 'plain domain'],
    ['deepLinkDomains.0', { deepLinkDomains: ['shop.example?x'] }, 'plain domain'],
    ['deepLinkDomains.0', { deepLinkDomains: ['me@shop.example'] }, 'plain domain'],
    ['deepLinkDomains.0', { deepLinkDomains: ['0x7f.1'] }, 'plain domain'],
    ['deepLinkDomains.0', { deepLinkDomains: ['shop.example:8080'] }, 'plain domain'],
    ['deepLinkDomains.0', { deepLinkDomains: ['127.0.0.1'] }, 'plain domain'],
    ['landingPages.0.url', { landingPages: [{ name: 'L', url: 'javascript:alert(1)' }] }, 'http://'],
    ['landingPages.0.url', { landingPages: [{ name: 'L', url: 'https://x.example/{clikid}' }] }, '{clickid}'],
    ['creatives.0.url', { creatives: [{ name: 'C', type: 'image', url: 'data:image/png,' }] }, 'http://'],
    ['creatives.0.url', { creatives: [{ name: 'C', type: 'image' }] }, 'where it lies'],
    ['creatives.0.text', { creatives: [{ name: 'C', type: 'text' }] }, 'missing'],
    ['expiresAt', { expiresAt: 'tomorrow' }, 'ISO'],
    ['convertedUrl', { convertedUrl: 'thanks.html' }, 'http://'],
    ['convertedUrl', { convertedUrl: 'https://shop.example/{clikid}' }, '{clickid}'],
    ['clickToConversionMaxMs', { clickToConversionMinMs: 10, clickToConversionMaxMs: 5 }, 'below'],
    ['revenue.percent', { revenue: { model: 'percent', percent: 101 } }, '100'],
    ['revenue.percent', { revenue: { model: 'percent', percent: 0.00001 } }, 'four places'],
    ['revenue.amount', { revenue: flat('-1') }, 'below 0'],
    ['caps.payout.daily', { caps: { payout: { daily: '0' } } }, 'above 0'],
    [
      'caps.perAffiliate.conversions.total',
      { caps: { perAffiliate: { conversions: { total: 1.5 } } } },
      'int',
    ],
    [
      'caps.payout',
      { revenue: cpc('2'), payout: cpc('1'), caps: { payout: { daily: '5' } } },
      'by the click or impression',
    ],
    [
      'caps.perAffiliate.revenue',
      {
        revenue: cpc('2'),
        tiers: [{ tier: 'g', payout: { model: 'cpm', amount: '1' } }],
        caps: { perAffiliate: { revenue: { total: '5' } } },
      },
      'by the click or impression',
    ],
    ['', { price: '3' }, 'Unrecognized key'],
  ])('%s of %j', async (field, terms, message) => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const headers = { authorization: `Bearer ${world.keys.owner}` }
    const post = (path: string, payload: object) =>
      api.app.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload })
    const advertiserId = (await post('advertisers', { name: 'Shop' })).json().id
    const rest = { name: 'O', url: URL_WITH_ID, advertiserId, defaultEvent: 'sale', events: ['sale', 'lead'] }
    const answer = (await post('offers', { ...rest, terms })).json()
    expect(answer.errors).toMatchObject([{ field: field === '' ? 'terms' : `terms.${field}` }])
    expect(answer.detail).toContain(message)
  })
})

const cpc = (amount: string) => ({ model: 'cpc', amount })

function goal(event: string) {
  return { event, revenue: flat('2'), payout: flat('1') }
}

describe('a payout above the revenue', () => {
  const stores = useStores('sqlite')

  async function open() {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const headers = { authorization: `Bearer ${world.keys.owner}` }
    const call = async (method: 'POST' | 'PATCH', path: string, payload: object) => {
      const answer = await api.app.inject({ method, url: `/api/v1/${path}`, headers, payload })
      return { status: answer.statusCode, body: answer.json() }
    }
    const advertiserId = (await call('POST', 'advertisers', { name: 'Shop' })).body.id
    const create = (terms: object, more: object = {}) =>
      call('POST', 'offers', { name: 'O', url: URL_WITH_ID, advertiserId, terms, ...more })
    return { api, call, create }
  }

  const percent = (share: number) => ({ model: 'percent', percent: share })
  const both = (amount: string, share: number) => ({ model: 'both', amount, percent: share })

  it.each([
    ['payout', { revenue: flat('5'), payout: flat('5.000001') }],
    ['payout', { revenue: percent(10), payout: percent(10.5) }],
    ['payout', { revenue: both('5', 10), payout: both('4', 11) }],
    ['payout', { revenue: both('5', 10), payout: both('6', 1) }],
    ['payout', { revenue: { model: 'cpc', amount: '0.1' }, payout: { model: 'cpc', amount: '0.2' } }],
    ['payout', { revenue: { model: 'cpm', amount: '1' }, payout: { model: 'cpm', amount: '2' } }],
    ['goals.0.payout', { goals: [{ event: 'lead', revenue: flat('1'), payout: flat('2') }] }],
    [
      'tiers.0.payout',
      { revenue: flat('5'), payout: flat('4'), tiers: [{ tier: 'gold', payout: flat('6') }] },
    ],
    [
      'tiers.0.payout',
      {
        goals: [{ event: 'Lead', revenue: flat('2'), payout: flat('1') }],
        tiers: [{ tier: 'gold', event: 'lead', payout: flat('3') }],
      },
    ],
  ])('of %s is refused until it is confirmed: %j', async (field, terms) => {
    const { create } = await open()
    expect(await create(terms)).toMatchObject({
      status: 422,
      body: { code: 'payout_above_revenue', errors: [{ field: `terms.${field}` }] },
    })
    expect((await create(terms, { confirmPayoutAboveRevenue: false })).status).toBe(422)
    expect((await create(terms, { confirmPayoutAboveRevenue: true })).status).toBe(201)
  })

  it.each([
    { revenue: flat('5'), payout: flat('5') },
    { revenue: percent(50), payout: flat('100') },
    { revenue: flat('1'), payout: percent(100) },
    { revenue: flat('10'), payout: { model: 'cpc', amount: '11' } },
  ])('is not what can not be compared, or is as high: %j', async (terms) => {
    const { create } = await open()
    expect((await create(terms)).status).toBe(201)
  })

  it('is asked about again when prices change, and not when anything else does', async () => {
    const { api, call, create } = await open()
    const terms = { revenue: flat('5'), payout: flat('6') }
    const made = await create(terms, { confirmPayoutAboveRevenue: true })
    const path = `offers/${made.body.id}`
    expect((await call('PATCH', path, { name: 'Renamed', terms: { holdDays: 3 } })).status).toBe(200)
    expect((await call('PATCH', path, { terms: { payout: flat('7') } })).status).toBe(422)
    expect((await call('PATCH', path, { terms: { revenue: flat('4') } })).status).toBe(422)
    const confirmed = { terms: { payout: flat('7') }, confirmPayoutAboveRevenue: true }
    expect((await call('PATCH', path, confirmed)).body.terms.payout).toEqual(flat('7'))
    const rows = await api.store.db
      .selectFrom('audit_log')
      .selectAll()
      .where('action', '=', 'offer.update')
      .execute()
    const fields = rows.map(({ detail_json }) => JSON.parse(detail_json).fields)
    expect(fields).toContainEqual(['terms', 'confirmPayoutAboveRevenue'])
  })
})
