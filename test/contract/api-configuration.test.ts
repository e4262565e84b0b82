import { describe, expect, it } from 'vitest'
import { issueApiKey } from '../../src/api/api-key.ts'
import { DEFAULT_TERMS } from '../../src/domain/offer-terms.ts'
import { createAdvertiser } from '../../src/store/advertisers.ts'
import { insertBalanceAdjustment } from '../../src/store/balance-adjustments.ts'
import { insertInvoice } from '../../src/store/invoices.ts'
import { createOffer } from '../../src/store/offers.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_ADVERTISER, PLAIN_OFFER, PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { openTestApi, PUBLIC_URL } from './api-harness.ts'
import { createWorld } from './api-world.ts'

const NOW = Date.UTC(2026, 10, 22)
/** As the source writes it, so not ours to fill. */
const MACRO = '$' + '{SUBID}'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

describe.each(SQL_ENGINES)('configuration over the API on %s', (engine) => {
  const stores = useStores(engine)

  async function open() {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const call = async (
      method: Method,
      path: string,
      payload?: object,
      role: 'owner' | 'viewer' = 'owner',
    ) => {
      const headers = { authorization: `Bearer ${world.keys[role]}` }
      const answer = await api.app.inject({
        method,
        url: `/api/v1/${path}`,
        headers,
        ...(payload === undefined ? {} : { payload }),
      })
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
    }
    return { api, world, call }
  }

  it('a thing is created, shown, changed field by field, and archived', async () => {
    const { call } = await open()
    const offer = { name: 'Offer', url: 'https://shop.example/?c={clickid}', payout: '1.25', currency: 'eur' }
    const created = await call('POST', 'offers', offer)
    expect(created).toMatchObject({
      status: 201,
      body: {
        ...offer,
        currency: 'EUR',
        affiliateNetworkId: '',
        events: [],
        caps: { daily: null, monthly: null, total: null, timeZone: 'UTC' },
        archivedAt: null,
      },
    })
    const path = `offers/${created.body.id}`
    const changed = await call('PATCH', path, { caps: { daily: 10 } })
    expect(changed.body).toMatchObject({
      name: 'Offer',
      payout: '1.25',
      currency: 'EUR',
      caps: { daily: 10 },
    })
    expect((await call('PATCH', path, { payout: null })).body.payout).toBeNull()
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).body.archivedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect((await call('DELETE', path)).status).toBe(404)
    const listed: { id: string }[] = (await call('GET', 'offers')).body.items
    expect(listed.map(({ id }) => id)).not.toContain(created.body.id)
  })

  it('lists come newest first, in pages that miss and repeat nothing', async () => {
    const { call, world } = await open()
    const made = [world.ids.landers]
    for (let n = 1; n < 7; n += 1) {
      made.push((await call('POST', 'landers', { name: `L${n}`, url: 'https://l.example/' })).body.id)
    }
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body } = await call('GET', `landers?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...body.items.map((item: { id: string }) => item.id))
      cursor = body.nextCursor
    }
    expect(seen).toHaveLength(made.length)
    expect(new Set(seen)).toEqual(new Set(made))
    expect(seen.at(-1)).toBe(made[0])
  })

  it('a change is told to the edges by a newer version of the configuration', async () => {
    const { api, call, world } = await open()
    const version = async () =>
      (await api.store.db.selectFrom('config_version').select('version').executeTakeFirstOrThrow()).version
    const before = await version()
    await call('PATCH', `campaigns/${world.ids.campaigns}`, { status: 'paused' })
    expect(await version()).toBeGreaterThan(before)
    const paused = await version()
    expect((await call('PATCH', `campaigns/${world.ids.campaigns}`, { slug: 'no spaces' })).status).toBe(400)
    expect((await call('PATCH', 'campaigns/nothing', { name: 'x' })).status).toBe(404)
    expect(await version()).toBe(paused)
  })

  it('who changed what is in the audit log, without secrets', async () => {
    const { api, call, world } = await open()
    await call('PATCH', `affiliate-networks/${world.ids['affiliate-networks']}`, { signingSecret: 'hush' })
    const rows = await api.store.db.selectFrom('audit_log').selectAll().execute()
    const entry = rows.find((row) => row.action === 'affiliate_network.update')
    expect(entry).toMatchObject({
      subject_id: world.ids['affiliate-networks'],
      detail_json: '{"fields":["signingSecret"]}',
    })
    expect(entry?.actor).toMatch(/^key:/)
    expect(JSON.stringify(rows)).not.toContain('hush')
  })
})

describe('what the API refuses', () => {
  const stores = useStores('sqlite')

  it.each([
    [
      'landers',
      { name: 'L', url: 'https://l.example/?a={clikid}' },
      'unknown macro {clikid}; did you mean {clickid}?',
    ],
    ['landers', { name: 'L', url: 'https://{sub1}/' }, 'host name'],
    ['landers', { name: 'L', url: 'javascript:alert(1)' }, 'http:// or https://'],
    ['offers', { name: 'O', url: 'https://o.example/', payout: '1,25' }, 'decimal string'],
    ['offers', { name: 'O', url: 'https://o.example/', payout: 'NaN' }, 'decimal string'],
    ['offers', { name: 'O', url: 'https://o.example/', currency: 'XXZ' }, 'ISO 4217'],
    ['offers', { name: 'O', url: 'https://o.example/', events: ['lead'] }, 'must contain the default event'],
    ['affiliate-networks', { name: 'N', ipAllowlist: ['10.0.0.0/33'] }, 'IP address'],
    ['affiliate-networks', { name: 'N', token: 'ALPHA-token' }, 'token of another'],
    ['affiliate-networks', { name: 'N', statusMap: { ok: 'fine' } }, 'Invalid option'],
    ['traffic-sources', { name: 'S', tokens: [{ name: '1', param: 'p' }] }, 'begin with a letter'],
    ['traffic-sources', { name: 'S', externalIdMacro: 'a&b=c' }, 'no space'],
    ['api-keys', { name: 'K', role: 'god' }, 'must be viewer, manager or owner'],
  ])('%s %j', async (path, payload, message) => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const headers = { authorization: `Bearer ${world.keys.owner}` }
    const answer = await api.app.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload })
    expect([400, 422]).toContain(answer.statusCode)
    expect(answer.json().errors).toHaveLength(1)
    expect(answer.json().detail).toContain(message)
  })

  it('settings: a zone or currency that is none, and a new currency once money is recorded', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const headers = { authorization: `Bearer ${world.keys.owner}` }
    const patch = (payload: object) =>
      api.app.inject({ method: 'PATCH', url: '/api/v1/settings', headers, payload })
    expect((await patch({ timeZone: 'Mars/Olympus' })).json().detail).toContain('IANA')
    expect((await patch({ timeZone: '+02:00' })).json().detail).toContain('IANA')
    expect((await patch({ fallbackUrl: '/relative' })).statusCode).toBe(400)
    expect((await patch({ currency: 'EUR' })).json()).toMatchObject({ errors: [{ field: 'currency' }] })
    const changed = await patch({ timeZone: 'America/New_York', fallbackUrl: 'https://fallback.example/' })
    expect(changed.json()).toMatchObject({ currency: 'USD', timeZone: 'America/New_York' })
  })
})

describe('the currency of the workspace', () => {
  const stores = useStores('sqlite')
  type Made = { readonly db: Store['db']; readonly workspace: string }

  it.each<[string, (made: Made) => Promise<unknown>]>([
    [
      'offers of advertisers earn in USD already',
      async ({ db, workspace }) => {
        const { id: advertiserId } = await createAdvertiser(db, workspace, PLAIN_ADVERTISER, NOW)
        await createOffer(db, workspace, { ...PLAIN_OFFER, advertiserId, terms: DEFAULT_TERMS }, NOW)
      },
    ],
    [
      'balances are adjusted in USD already',
      async ({ db, workspace }) => {
        const bonus = { side: 'affiliate', partyId: 'a', amountMicros: 1, reason: '', actor: '' } as const
        await insertBalanceAdjustment(db, { ...bonus, workspace }, NOW)
      },
    ],
    [
      'invoices are made out in USD already',
      async ({ db, workspace }) => {
        const period = { periodFrom: 0, periodTo: NOW, currency: 'USD' }
        await insertInvoice(db, { ...period, workspace, side: 'affiliate', partyId: 'a', actor: '' }, [], NOW)
      },
    ],
  ])('does not change when %s', async (message, make) => {
    const api = await openTestApi(stores)
    const { db } = api.store
    const { id: workspace } = await createWorkspace(db, PLAIN_WORKSPACE, NOW)
    const { key } = await issueApiKey(db, { workspace, name: 'owner', role: 'owner' }, NOW)
    const headers = { authorization: `Bearer ${key}` }
    const change = async (currency: string) =>
      (
        await api.app.inject({ method: 'PATCH', url: '/api/v1/settings', headers, payload: { currency } })
      ).json()
    expect(await change('EUR')).toMatchObject({ currency: 'EUR' })
    expect(await change('USD')).toMatchObject({ currency: 'USD' })
    await make({ db, workspace })
    const refused = await change('EUR')
    expect(refused.errors).toMatchObject([{ field: 'currency' }])
    expect(refused.detail).toContain(message)
  })
})

describe('what is ready to copy', () => {
  const stores = useStores('sqlite')

  async function open() {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const call = async (method: Method, path: string, role: 'owner' | 'viewer', payload?: object) => {
      const headers = { authorization: `Bearer ${world.keys[role]}` }
      const url = `/api/v1/${path}`
      const answer = await api.app.inject({
        method,
        url,
        headers,
        ...(payload === undefined ? {} : { payload }),
      })
      return answer.body === '' ? undefined : answer.json()
    }
    return { api, world, call }
  }

  it('a campaign link names every parameter of its source, with the macros as the source writes them', async () => {
    const { world, call } = await open()
    const source = await call('POST', 'traffic-sources', 'owner', {
      name: 'Source',
      externalIdParam: 'external',
      externalIdMacro: MACRO,
      costParam: 'bid',
      tokens: [
        { name: 'zone', param: 'z', macro: '##ZONE##' },
        { name: 'keyword', param: 'kw' },
      ],
    })
    const campaign = await call('POST', 'campaigns', 'owner', {
      name: 'Über Süße Sache!',
      trafficSourceId: source.id,
      paths: [{ offers: [{ id: world.ids.offers }] }],
    })
    expect(campaign.slug).toMatch(/^uber-susse-sache-[2-9a-z]{5}$/)
    expect(campaign.link).toBe(
      `${PUBLIC_URL}/c/${campaign.slug}?external=${MACRO}&bid={cost}&z=##ZONE##&kw={keyword}`,
    )
    expect(campaign.impressionUrl).toBe(campaign.link.replace('/c/', '/i/').replace('?', '.gif?'))
    expect(campaign.paths[0]).toMatchObject({ weight: 1, landers: [], offers: [{ weight: 1 }] })
    expect(campaign.paths[0].id).not.toBe('')
  })

  it('a slug belongs to one campaign', async () => {
    const { world, call } = await open()
    const body = { name: 'C', slug: 'mine', trafficSourceId: world.ids['traffic-sources'], paths: [] }
    expect((await call('POST', 'campaigns', 'owner', body)).slug).toBe('mine')
    expect(await call('POST', 'campaigns', 'owner', body)).toMatchObject({
      status: 422,
      errors: [{ field: 'slug' }],
    })
  })

  it('a network has its postback URL and pixels, and its secrets are for managers', async () => {
    const { world, call } = await open()
    const path = `affiliate-networks/${world.ids['affiliate-networks']}`
    const shown = await call('GET', path, 'owner')
    expect(shown.postbackUrl).toBe(
      `${PUBLIC_URL}/postback?cid={click_id}&payout={payout}&currency={currency}&txid={transaction_id}&status={status}&token=ALPHA-token`,
    )
    expect(shown.imagePixel).toMatch(
      /^<img src="https:\/\/track\.example\.com\/pixel\.gif\?payout=\{payout\}&amp;/,
    )
    expect(shown.iframePixel).toContain('/pixel.html?')
    const viewed = await call('GET', path, 'viewer')
    expect(viewed).toMatchObject({ token: null, signingSecret: null })
    expect(JSON.stringify(viewed)).not.toContain('ALPHA-token')
  })

  it('a story tells visit, hits without secrets, conversions with history, deliveries with attempts', async () => {
    const { world, call } = await open()
    const story = await call('GET', `visits/${world.clickId}`, 'viewer')
    expect(story).toMatchObject({
      hits: [{ outcome: 'recorded', params: [{ name: 'cid' }, { name: 'token', value: '***' }] }],
      conversions: [{ revenue: '1.25', history: [{ n: 1, toStatus: 'approved', toRevenue: '1.25' }] }],
      deliveries: [
        { state: 'dead', attemptCount: 1, attempts: [{ responseStatus: 500, responseBody: 'oops' }] },
      ],
    })
    expect(JSON.stringify(story)).not.toContain('ALPHA-secret')
    for (const unknown of ['unknown', world.clickId.toUpperCase(), 'z'.repeat(26)]) {
      expect(await call('GET', `visits/${unknown}`, 'viewer')).toMatchObject({ status: 404 })
    }
  })

  it('a dead delivery is sent again under the same id; a skipped one is not', async () => {
    const { api, world, call } = await open()
    const path = `deliveries/${world.ids.deliveries}`
    expect(await call('POST', `${path}/replay`, 'owner')).toMatchObject({
      id: world.ids.deliveries,
      state: 'pending',
      attempts: [{ n: 1 }],
    })
    await api.store.db.updateTable('deliveries').set({ state: 'skipped' }).execute()
    expect(await call('POST', `${path}/replay`, 'owner')).toMatchObject({
      status: 409,
      code: 'not_replayable',
    })
  })

  it('an API key is shown once, and does not work once revoked', async () => {
    const { api, call } = await open()
    const { id, key } = await call('POST', 'api-keys', 'owner', { name: 'k', role: 'manager' })
    expect(JSON.stringify(await call('GET', 'api-keys', 'owner'))).not.toContain(key)
    expect(JSON.stringify(await api.store.db.selectFrom('api_keys').selectAll().execute())).not.toContain(key)
    const use = () => api.app.inject({ url: '/api/v1/offers', headers: { authorization: `Bearer ${key}` } })
    expect((await use()).statusCode).toBe(200)
    await call('DELETE', `api-keys/${id}`, 'owner')
    expect((await use()).json()).toMatchObject({ status: 401, code: 'bad_api_key' })
  })
})
