import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openTestApi, PUBLIC_URL } from './api-harness.ts'
import { createWorld } from './api-world.ts'

type Method = 'GET' | 'POST' | 'PATCH'

describe.each(SQL_ENGINES)('the catalogue over the API on %s', (engine) => {
  const stores = useStores(engine)

  async function open() {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const call = async (
      method: Method,
      path: string,
      payload?: object,
      role: 'manager' | 'viewer' = 'manager',
    ) => {
      const answer = await api.app.inject({
        method,
        url: `/api/v1/${path}`,
        headers: { authorization: `Bearer ${world.keys[role]}` },
        ...(payload === undefined ? {} : { payload }),
      })
      return { status: answer.statusCode, body: answer.json() }
    }
    const countOf = async (table: 'traffic_sources' | 'affiliate_networks' | 'notification_targets') =>
      (await api.store.db.selectFrom(table).select('id').execute()).length
    const addFile = async (name: string, text: string) => {
      await mkdir(join(api.deps.dataDir, 'catalogue'), { recursive: true })
      await writeFile(join(api.deps.dataDir, 'catalogue', name), text)
    }
    return { api, world, call, countOf, addFile }
  }

  it('is searched by words of name, key and family, and shows one template in full', async () => {
    const { call } = await open()
    const all = await call('GET', 'catalogue/traffic-sources', undefined, 'viewer')
    expect(all.body.items.length).toBeGreaterThan(100)
    expect(all.body.problems).toEqual([])
    const found = await call('GET', 'catalogue/traffic-sources?q=propeller')
    expect(found.body.items).toEqual([
      expect.objectContaining({
        key: 'propellerads',
        hasPostback: true,
        placeholders: ['REPLACE_AID', 'REPLACE_PID', 'REPLACE_TID'],
      }),
    ])
    const family = await call('GET', 'catalogue/affiliate-networks?q=cake')
    expect(family.body.items.map(({ key }: { key: string }) => key)).toContain('clickdealer')
    const full = await call('GET', 'catalogue/affiliate-networks/clickdealer')
    expect(full.body).toMatchObject({
      clickId: { where: 'query', param: 's2' },
      incoming: { clickId: '#s2#', payout: '#price#' },
    })
    expect(await call('GET', 'catalogue/affiliate-networks/unknown')).toMatchObject({ status: 404 })
  })

  it('a source made from a template has its parameters, tokens and targets', async () => {
    const { call } = await open()
    const replacements = { REPLACE_AID: '11', REPLACE_PID: '22', REPLACE_TID: '33' }
    const made = await call('POST', 'traffic-sources/from-template', {
      template: 'propellerads',
      replacements,
    })
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'PropellerAds',
        externalIdParam: 'visitor_id',
        externalIdMacro: `\${SUBID}`,
        costMacro: '{cost}',
        currency: 'USD',
        template: 'propellerads',
        notificationTargets: [
          {
            type: 'postback',
            url: 'http://ad.propellerads.com/conversion.php?aid=11&pid=22&tid=33&visitor_id={externalid}',
          },
        ],
      },
    })
    const [target] = made.body.notificationTargets
    expect((await call('GET', `notification-targets/${target.id}`)).body.ownerId).toBe(made.body.id)
    expect((await call('GET', `traffic-sources/${made.body.id}`)).body.tokens).toHaveLength(10)
  })

  it('a template whose placeholders have no value is refused by name, and nothing is made', async () => {
    const { call, countOf } = await open()
    const before = [await countOf('traffic_sources'), await countOf('notification_targets')]
    const replacements = { REPLACE_AID: '11', REPLACE_PID: 'REPLACE' }
    const body = { template: 'propellerads', replacements }
    for (const given of [body, { template: 'propellerads', replacements: { REPLACE_PID: 'REPLACE_PID' } }]) {
      const refused = await call('POST', 'traffic-sources/from-template', given)
      expect(refused.status).toBe(422)
      expect(refused.body.errors.map(({ field }: { field: string }) => field)).toContain(
        'replacements.REPLACE_TID',
      )
      expect(refused.body.errors.map(({ field }: { field: string }) => field)).toContain(
        'replacements.REPLACE_PID',
      )
    }
    expect([await countOf('traffic_sources'), await countOf('notification_targets')]).toEqual(before)
    const unknown = await call('POST', 'traffic-sources/from-template', { template: 'nobody' })
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ field: 'template' }] } })
  })

  it('a network made from a template shows its own macros in every snippet', async () => {
    const { call } = await open()
    const made = await call('POST', 'affiliate-networks/from-template', {
      template: 'clickdealer',
      name: 'Dealer',
      token: 'sec-ret',
    })
    expect(made).toMatchObject({ status: 201, body: { name: 'Dealer', clickIdParam: 's2', currency: 'USD' } })
    const [snippet, ...others] = made.body.snippets
    expect(others).toEqual([])
    const query = 'cid=#s2#&payout=#price#&txid=#tid#'
    expect(snippet.postbackUrl.https).toContain(`${PUBLIC_URL}/postback?${query}&p1=#s3#`)
    expect(snippet.postbackUrl.https).toMatch(/&token=sec-ret$/)
    expect(snippet.postbackUrl.http).toMatch(/^http:\/\/track\.example\.com\/postback\?cid=#s2#/)
    expect(made.body.postbackUrl).toBe(snippet.postbackUrl.https)
    const escapedQuery = query.replaceAll('&', '&amp;')
    for (const [kind, path] of [
      ['imagePixel', 'pixel.gif'],
      ['iframePixel', 'pixel.html'],
      ['scriptPixel', 'pixel.js'],
    ] as const) {
      expect(snippet[kind].https).toContain(`src="https://track.example.com/${path}?${escapedQuery}`)
      expect(snippet[kind].http).toContain(`src="http://track.example.com/${path}?`)
      expect(made.body[kind]).toBe(snippet[kind].https)
    }
    const viewed = await call('GET', `affiliate-networks/${made.body.id}`, undefined, 'viewer')
    expect(JSON.stringify(viewed.body)).not.toContain('sec-ret')
    expect(viewed.body.snippets[0].postbackUrl.https).toContain(query)
  })

  it('a network that can not tell states apart gets one snippet for each', async () => {
    const { call } = await open()
    const made = await call('POST', 'affiliate-networks/from-template', { template: 'adcombo' })
    expect(made.status).toBe(201)
    const shown = made.body.snippets.map(({ title, postbackUrl }: Shown) => [
      title,
      statusOf(postbackUrl.https),
    ])
    expect(shown).toEqual([
      ['Hold', 'pending'],
      ['Sale', 'approved'],
      ['Rejected', 'rejected'],
    ])
  })

  it('a network that reports no currency asks for it', async () => {
    const { call } = await open()
    const path = 'affiliate-networks/from-template'
    const refused = await call('POST', path, { template: '1win-run' })
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'replacements.REPLACE_CURRENCY' }] },
    })
    const wrong = { template: '1win-run', replacements: { REPLACE_CURRENCY: 'XQX' } }
    expect(await call('POST', path, wrong)).toMatchObject({ status: 422 })
    const right = { template: '1win-run', replacements: { REPLACE_CURRENCY: 'eur' } }
    expect(await call('POST', path, right)).toMatchObject({ status: 201, body: { currency: 'EUR' } })
  })

  it('a path that carries the click id, and further parameters, are told with the network', async () => {
    const { call } = await open()
    const partsOf = async (template: string) =>
      (await call('POST', 'affiliate-networks/from-template', { template })).body.offerUrlParts
    expect(await partsOf('actionpay')).toEqual({ path: '/{clickid}', query: '' })
    expect(await partsOf('leadbit')).toEqual({ path: '', query: 'sub2={ip}' })
  })

  it("the operator's own templates win over the built-in ones; a broken one is told and left out", async () => {
    const { api, call, addFile } = await open()
    await addFile(
      'mine.json',
      JSON.stringify({
        trafficSources: [
          { key: 'popads', name: 'PopAds of ours', externalId: { param: 'x', macro: '[ID]' }, source: 'us' },
          { key: 'broken', name: 'Broken', tokens: [{ name: 'a', param: 'a', macro: 'no-macro' }] },
        ],
        affiliateNetworks: [{ key: 'ours', name: 'Ours', family: 'cake', source: 'us' }],
      }),
    )
    await addFile('torn.json', '{"trafficSources": [')
    await mkdir(join(api.deps.dataDir, 'catalogue', 'folder.json'))
    const { body } = await call('GET', 'catalogue/traffic-sources?q=popads')
    expect(body.items).toMatchObject([{ key: 'popads', name: 'PopAds of ours', origin: 'own' }])
    expect(body.problems).toHaveLength(3)
    expect(body.problems[0]).toBe('folder.json: can not be read (EISDIR)')
    expect(body.problems[1]).toMatch(/^mine\.json: trafficSources\.1 \(broken\): a: "no-macro"/)
    expect(body.problems[2]).toMatch(/^torn\.json: is not JSON/)
    const made = await call('POST', 'affiliate-networks/from-template', { template: 'ours' })
    expect(made.body.postbackUrl).toContain('cid=#s2#')
  })

  it('a placeholder left in a URL is refused wherever it is saved', async () => {
    const { world, call } = await open()
    const url = 'https://pb.example/?aid=REPLACE&c={externalid}'
    const target = `traffic-sources/${world.ids['traffic-sources']}/notification-targets`
    for (const [method, path, body] of [
      ['POST', target, { url }],
      ['PATCH', `notification-targets/${world.ids['notification-targets']}`, { url }],
      ['POST', 'offers', { name: 'Offer', url }],
      ['PATCH', `offers/${world.ids.offers}`, { url: 'https://shop.example/######' }],
      ['POST', 'landers', { name: 'Lander', url: 'https://YOUR_DOMAIN/lander' }],
    ] as const) {
      const refused = await call(method, path, body)
      expect([path, refused.status]).toEqual([path, 400])
      expect(refused.body.errors).toMatchObject([{ field: 'url' }])
      expect(refused.body.detail).toContain('still holds the placeholder')
    }
    const inBody = { url: 'https://pb.example/', method: 'POST', bodyTemplate: '{"key":"YOUR_KEY"}' }
    expect(await call('POST', target, inBody)).toMatchObject({ status: 422 })
  })

  it('a pixel target has neither a method, a body nor a secret of its own', async () => {
    const { world, call } = await open()
    const path = `traffic-sources/${world.ids['traffic-sources']}/notification-targets`
    const pixel = { type: 'image', url: 'https://pb.example/?c={externalid}', percent: 50 }
    const made = await call('POST', path, pixel)
    expect(made).toMatchObject({ status: 201, body: { type: 'image', percent: 50 } })
    expect((await call('POST', path, { ...pixel, type: 'script' })).status).toBe(201)
    const fields = async (body: object) =>
      (await call('POST', path, body)).body.errors.map(({ field }: { field: string }) => field)
    expect(await fields({ ...pixel, method: 'POST' })).toEqual(['method'])
    expect(await fields({ ...pixel, type: 'iframe', secret: 's' })).toEqual(['secret'])
    const signed = await call('POST', path, { url: pixel.url, secret: 's' })
    expect(await call('PATCH', `notification-targets/${signed.body.id}`, { type: 'image' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'secret' }] },
    })
  })

  it('parameters and tokens of a source are there once', async () => {
    const { call } = await open()
    const tokens = [
      { name: 'zone', param: 'z' },
      { name: 'Zone', param: 'zz' },
      { name: 'other', param: 'cid' },
    ]
    const body = { name: 'Source', externalIdParam: 'cid', costParam: 'cid', tokens }
    const refused = await call('POST', 'traffic-sources', body)
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'costParam' }, { field: 'tokens.1.name' }, { field: 'tokens.2.param' }] },
    })
    const right = { ...body, costParam: '', tokens: tokens.slice(0, 1) }
    const more = { timeZone: 'Europe/Berlin', trafficLossPercent: 2.5 }
    expect(await call('POST', 'traffic-sources', { ...right, ...more })).toMatchObject({
      status: 201,
      body: more,
    })
  })
})

type Shown = { readonly title: string; readonly postbackUrl: { readonly https: string } }

function statusOf(url: string): string | null {
  return new URL(url).searchParams.get('status')
}
