import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openTestApi, PUBLIC_URL } from './api-harness.ts'
import { createWorld } from './api-world.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

async function openApi(stores: Parameters<typeof openTestApi>[0]) {
  const api = await openTestApi(stores)
  const world = await createWorld(api, 'ALPHA')
  const call = async (method: Method, path: string, payload?: object, role: 'owner' | 'viewer' = 'owner') => {
    const headers = { authorization: `Bearer ${world.keys[role]}` }
    const body = payload === undefined ? {} : { payload }
    const answer = await api.app.inject({ method, url: `/api/v1/${path}`, headers, ...body })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
  }
  return { api, world, call }
}

describe.each(SQL_ENGINES)('advertisers on %s', (engine) => {
  const stores = useStores(engine)

  it('are saved and shown as they were given', async () => {
    const { call } = await openApi(stores)
    const fields = {
      name: 'Shop',
      status: 'paused',
      email: 'shop@example.com',
      billing: { company: 'Shop GmbH', address: 'Street 1', taxId: 'DE1' },
      clickIdParam: 'tid',
      token: 'enforced',
      nextToken: 'next',
      signingSecret: 'hush',
      ipAllowlist: ['203.0.113.0/24', '2001:db8::1'],
      referrerAllowlist: ['shop.example'],
      statusMap: { paid: 'approved', void: 'rejected' },
      duplicatePolicy: 'ignore',
      eventPolicies: { lead: 'add' },
      currency: 'EUR',
      tags: ['retail'],
      note: 'pays late',
    }
    const created = await call('POST', 'advertisers', fields)
    expect(created).toMatchObject({ status: 201, body: { ...fields, tokenStage: 'replacing' } })
    const { id } = created.body
    expect((await call('GET', `advertisers/${id}`)).body).toEqual(created.body)
    expect((await call('PATCH', `advertisers/${id}`, { status: 'active' })).body).toMatchObject({
      ...fields,
      status: 'active',
    })
    expect((await call('POST', 'advertisers', { name: 'Plain' })).body).toMatchObject({
      currency: 'USD',
      status: 'active',
      token: '',
      tokenStage: 'none',
      duplicatePolicy: 'update',
    })
  })

  it('a token comes in two steps: accepted first, then required, and gone when it is revoked', async () => {
    const { api, call } = await openApi(stores)
    const { id } = (await call('POST', 'advertisers', { name: 'Shop' })).body
    const act = async (action: string) => (await call('POST', `advertisers/${id}/token`, { action })).body
    expect(await act('enforce')).toMatchObject({ status: 409, code: 'no_new_token' })
    const offered = await act('generate')
    expect(offered).toMatchObject({ token: '', tokenStage: 'offered' })
    expect(offered.nextToken).toMatch(/^[A-Za-z0-9_-]{32}$/)
    expect(offered.postbackUrl).toContain(`&token=${offered.nextToken}`)
    const enforced = await act('enforce')
    expect(enforced).toMatchObject({ token: offered.nextToken, nextToken: '', tokenStage: 'enforced' })
    const replacing = await act('generate')
    expect(replacing).toMatchObject({ token: offered.nextToken, tokenStage: 'replacing' })
    expect(replacing.nextToken).not.toBe(offered.nextToken)
    expect(await act('revoke')).toMatchObject({ token: '', nextToken: '', tokenStage: 'none' })
    const audit = await api.store.db
      .selectFrom('audit_log')
      .select('detail_json')
      .where('action', '=', 'advertiser.token')
      .execute()
    expect(audit).toHaveLength(4)
    expect(JSON.stringify(audit)).not.toContain(offered.nextToken)
  })

  it('no two senders of a workspace have the same token', async () => {
    const { call, world } = await openApi(stores)
    const taken = [
      [{ token: 'ALPHA-token' }, 'token', 'affiliate network'],
      [{ nextToken: 'ALPHA-token' }, 'nextToken', 'affiliate network'],
      [{ token: 'ALPHA-advertiser-token' }, 'token', 'advertiser'],
    ] as const
    for (const [fields, field, kind] of taken) {
      const { body } = await call('POST', 'advertisers', { name: 'Shop', ...fields })
      expect(body.errors).toEqual([{ field, message: `is the token of another ${kind}` }])
    }
    await call('PATCH', `advertisers/${world.ids.advertisers}`, { nextToken: 'coming' })
    for (const token of ['coming', 'ALPHA-advertiser-token']) {
      expect((await call('POST', 'affiliate-networks', { name: 'N', token })).body.errors).toEqual([
        { field: 'token', message: 'is the token of another advertiser' },
      ])
    }
    // Its own is no other's.
    expect(
      (await call('PATCH', `advertisers/${world.ids.advertisers}`, { nextToken: 'coming' })).status,
    ).toBe(200)
  })

  it('one whose offers are in use is not archived', async () => {
    const { call, world } = await openApi(stores)
    const path = `advertisers/${world.ids.advertisers}`
    const { body } = await call('DELETE', path)
    expect(body).toMatchObject({ status: 409, code: 'in_use' })
    expect(body.detail).toContain('ALPHA network-offers')
    await call('DELETE', `coupons/${world.ids.coupons}`)
    expect((await call('DELETE', `offers/${world.ids['network-offers']}`)).status).toBe(204)
    expect((await call('DELETE', path)).status).toBe(204)
  })

  it('secrets are for managers', async () => {
    const { call, world } = await openApi(stores)
    const path = `advertisers/${world.ids.advertisers}`
    await call('PATCH', path, { signingSecret: 'ALPHA-hush', nextToken: 'ALPHA-next' })
    const viewed = (await call('GET', path, undefined, 'viewer')).body
    expect(viewed).toMatchObject({
      token: null,
      nextToken: null,
      signingSecret: null,
      tokenStage: 'replacing',
    })
    const integration = await call(
      'GET',
      `offers/${world.ids['network-offers']}/integration`,
      undefined,
      'viewer',
    )
    expect(integration.body).toMatchObject({ carriesToken: false, protocol: 'postback' })
    for (const secret of ['ALPHA-advertiser-token', 'ALPHA-hush', 'ALPHA-next']) {
      expect(JSON.stringify([viewed, integration.body])).not.toContain(secret)
    }
  })
})

describe('what an advertiser puts in place', () => {
  const stores = useStores('sqlite')

  async function integrationOf(protocol: string, more: object = {}) {
    const { call } = await openApi(stores)
    const advertiser = await call('POST', 'advertisers', {
      name: 'Shop',
      token: 'a"b&c',
      clickIdParam: 'tid',
    })
    const goals = [
      {
        event: '2nd "sale"',
        revenue: { model: 'flat', amount: '1' },
        payout: { model: 'flat', amount: '1' },
      },
    ]
    const terms = { protocol, goals, ...more }
    const offer = { name: 'O', url: 'https://shop.example/', advertiserId: advertiser.body.id, terms }
    const { id } = (await call('POST', 'offers', offer)).body
    return { id, ...(await call('GET', `offers/${id}/integration`)).body }
  }

  const HOST = PUBLIC_URL.replace('https://', '')
  const TOKEN = 'token=a%22b%26c'
  const SALE = 'payout={amount}&currency={currency}&txid={order_id}'

  it('a server calls a postback link with the click id, for the default event and for each goal', async () => {
    const { events, globalPostbackUrl, affiliatesMayUse, clickIdParam } = await integrationOf('postback')
    expect(events).toMatchObject([
      { event: '', name: 'conversion' },
      { event: '2nd "sale"', name: '2nd "sale"' },
    ])
    const link = `https://${HOST}/postback?cid={click_id}&${SALE}&${TOKEN}`
    expect(events[0]).toMatchObject({
      snippet: { https: link, http: link.replace('https:', 'http:') },
      firstPartyPixel: '',
      testUrl: `${link}&test=1`,
    })
    expect(events[1].snippet.https).toContain(`${SALE}&event=2nd%20%22sale%22&${TOKEN}`)
    expect(globalPostbackUrl).toBe(`https://${HOST}/postback?cid={click_id}&${SALE}&event={event}&${TOKEN}`)
    expect({ affiliatesMayUse, clickIdParam }).toEqual({
      affiliatesMayUse: ['postback'],
      clickIdParam: 'tid',
    })
  })

  it.each([
    ['image', 'pixel.gif', /^<img src="([^"]+)" width="1" height="1" alt="">$/, ['postback', 'image']],
    [
      'iframe',
      'pixel.html',
      /^<iframe src="([^"]+)" width="1" height="1" style="border:0" title=""><\/iframe>$/,
      ['postback', 'image', 'iframe', 'script'],
    ],
    [
      'script',
      'pixel.js',
      /^<script src="([^"]+)" async><\/script>$/,
      ['postback', 'image', 'iframe', 'script'],
    ],
  ])(
    'a page carries the %s pixel, which finds the visit by the offer’s cookie and tells no token',
    async (protocol, file, form, kinds) => {
      const { id, events, affiliatesMayUse, landingScript } = await integrationOf(protocol)
      const address = `/${file}?offer=${id}&${SALE}`
      for (const scheme of ['https', 'http']) {
        const [, src = ''] = form.exec(events[0].snippet[scheme]) ?? []
        expect(src.replaceAll('&amp;', '&')).toBe(`${scheme}://${HOST}${address}`)
      }
      expect(events[0].testUrl).toBe(`https://${HOST}${address}&test=1`)
      expect(events[0].postbackUrl.https).toBe(`https://${HOST}/postback?cid={click_id}&${SALE}&${TOKEN}`)
      expect(affiliatesMayUse).toEqual(kinds)
      expect(landingScript).toBe(`<script src="https://${HOST}/tp.js" data-param="tid" async></script>`)
    },
  )

  it.each([
    ['image', 'img', 'pixel.gif'],
    ['iframe', 'iframe', 'pixel.html'],
    ['script', 'script', 'pixel.js'],
  ])(
    'the first-party form of the %s pixel carries the click id of tp.js, and no name ends its script',
    async (protocol, tag, file) => {
      const event = `</script>'"`
      const price = { model: 'flat', amount: '1' }
      const { id, events } = await integrationOf(protocol, {
        goals: [{ event, revenue: price, payout: price }],
      })
      const text: string = events[1].firstPartyPixel
      expect(text.match(/<\/script>/g)).toHaveLength(2)
      const [, script = ''] =
        /^<script>(.*?)<\/script>\n<script src="[^"]*\/tp\.js" async><\/script>$/.exec(text) ?? []
      const made: { tag: string; src: string }[] = []
      const page = {
        window: { trailpost: true },
        trailpost: (_call: string, done: (clickId: string) => void) => done('CLICK'),
        document: {
          createElement: (name: string) => ({ tag: name, src: '', style: {} }),
          // A script in the head runs before there is a body.
          body: null,
          documentElement: { appendChild: (element: { tag: string; src: string }) => made.push(element) },
        },
      }
      runInNewContext(script, page)
      const address = `https://${HOST}/${file}?offer=${id}&${SALE}&event=${encodeURIComponent(event)}&fp=CLICK`
      expect(made).toMatchObject([{ tag, src: address }])
    },
  )

  it('an offer without pixels leaves affiliates postbacks alone, whatever its protocol', async () => {
    expect((await integrationOf('iframe', { allowsPixels: false })).affiliatesMayUse).toEqual(['postback'])
  })

  it('an affiliate network’s offer has none of its own', async () => {
    const { call, world } = await openApi(stores)
    expect((await call('GET', `offers/${world.ids.offers}/integration`)).body).toMatchObject({
      protocol: null,
      affiliatesMayUse: [],
      events: [],
    })
  })
})

describe.each(SQL_ENGINES)('coupons on %s', (engine) => {
  const stores = useStores(engine)

  it('a code is kept in capitals, and is one affiliate’s while it is in use', async () => {
    const { call, world } = await openApi(stores)
    const { affiliates: affiliateId, 'network-offers': offerId } = world.ids
    const save = (name: string, more = {}) => call('POST', 'coupons', { name, affiliateId, offerId, ...more })
    const first = await save('summer-20%')
    expect(first).toMatchObject({ status: 201, body: { name: 'SUMMER-20%', affiliateId, offerId } })
    expect((await save('Summer-20%')).body.errors).toMatchObject([{ field: 'name' }])
    const path = `coupons/${first.body.id}`
    expect((await call('PATCH', path, { name: 'SUMMER-20%' })).status).toBe(200)
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await save('SUMMER-20%')).status).toBe(201)
    expect((await save('two words')).status).toBe(400)
    expect((await save('A', { offerId: world.ids.offers })).body.errors).toMatchObject([{ field: 'offerId' }])
    expect((await save('A', { affiliateId: 'nobody' })).body.errors).toMatchObject([{ field: 'affiliateId' }])
  })
})
