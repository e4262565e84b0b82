import { describe, expect, it } from 'vitest'
import { incomingSnippets } from '../../src/api/incoming-snippets.ts'
import { loadCatalogue } from '../../src/catalogue/load-catalogue.ts'
import { type TestStores, useStores } from '../support/databases.ts'
import { openTestApi, PUBLIC_URL, type TestApi } from './api-harness.ts'
import { createWorld, type World } from './api-world.ts'

async function openWorld(stores: TestStores) {
  const api = await openTestApi(stores)
  return { api, world: await createWorld(api, 'ALPHA') }
}

async function ask(
  api: TestApi,
  world: World,
  { role = 'manager' as const, url, body }: { role?: 'viewer' | 'manager'; url: string; body?: object },
) {
  const headers = { authorization: `Bearer ${world.keys[role]}` }
  const sent = body === undefined ? { method: 'GET' as const } : { method: 'POST' as const, payload: body }
  return await api.app.inject({ url: `/api/v1${url}`, headers, ...sent })
}

describe('an order for many deliveries', () => {
  const stores = useStores('sqlite')

  it('given twice under one key is one job; another filter under it is refused', async () => {
    const { api, world } = await openWorld(stores)
    const filter = { targetId: world.ids['notification-targets'], createdFrom: '2020-01-01' }
    const order = { url: '/deliveries/replay', body: { filter, key: 'outage' } }
    const first = await ask(api, world, order)
    const second = await ask(api, world, order)
    expect([first.statusCode, second.statusCode]).toEqual([202, 200])
    expect(first.json()).toMatchObject({ kind: 'replay_deliveries', state: 'waiting', total: 1 })
    expect(second.json().id).toBe(first.json().id)
    const other = await ask(api, world, { ...order, body: { filter: { host: 'x.example' }, key: 'outage' } })
    expect([other.statusCode, other.json().code]).toEqual([409, 'key_taken'])
    const audits = await api.store.db
      .selectFrom('audit_log')
      .selectAll()
      .where('action', '=', 'deliveries.replay')
      .execute()
    expect(audits).toMatchObject([{ subject_id: first.json().id }])
  })

  it('names something, and states that can be sent again', async () => {
    const { api, world } = await openWorld(stores)
    for (const filter of [{}, { state: 'skipped' }, { state: ['dead', 'rendered'] }, { state: 'pending' }]) {
      const answer = await ask(api, world, { url: '/deliveries/replay', body: { filter } })
      expect([filter, answer.statusCode]).toEqual([filter, 400])
    }
    const empty = await ask(api, world, { url: '/deliveries/cancel', body: { filter: {} } })
    expect(empty.statusCode).toBe(400)
  })

  it('is previewed with its counts, and nothing changes', async () => {
    const { api, world } = await openWorld(stores)
    const body = { filter: { state: ['dead', 'delivered'] } }
    const preview = await ask(api, world, { role: 'viewer', url: '/deliveries/replay/preview', body })
    const targetId = world.ids['notification-targets']
    expect(preview.json()).toEqual({
      total: 1,
      byState: [{ state: 'dead', count: 1 }],
      byTarget: [{ targetId, receiver: { kind: 'target', system: '', host: 'ALPHA.example' }, count: 1 }],
      searchedTo: null,
    })
    expect((await ask(api, world, { url: '/jobs' })).json().items).toHaveLength(1)
  })
})

describe('one delivery', () => {
  const stores = useStores('sqlite')

  it('that waits is cancelled, once', async () => {
    const { api, world } = await openWorld(stores)
    const url = `/deliveries/${world.ids.deliveries}`
    const refused = await ask(api, world, { url: `${url}/cancel`, body: {} })
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'not_pending'])
    await ask(api, world, { url: `${url}/replay`, body: {} })
    const cancelled = await ask(api, world, { url: `${url}/cancel`, body: {} })
    expect(cancelled.json()).toMatchObject({ state: 'cancelled', reason: 'cancelled_by_hand' })
  })

  it.each([
    ['notification-targets', { kind: 'target', system: '', host: 'ALPHA.example' }],
    ['webhooks', { kind: 'webhook', system: '', host: 'hooks.ALPHA.example' }],
    ['alert-channels', { kind: 'channel', system: 'webhook', host: '' }],
    [undefined, null],
  ] as const)('says to a viewer whom it goes to, of %s, and nothing secret of them', async (of, receiver) => {
    const { api, world } = await openWorld(stores)
    const targetId = of === undefined ? 'deleted' : world.ids[of]
    const { deliveries } = world.ids
    const rows = api.store.db.updateTable('deliveries').set({ target_id: targetId })
    await rows.where('id', '=', deliveries ?? '').execute()
    const asViewer = async (url: string) => (await ask(api, world, { role: 'viewer', url })).json()
    const listed = await asViewer(`/deliveries?targetId=${targetId}&state=dead`)
    expect(listed.items).toMatchObject([{ receiver }])
    expect(await asViewer(`/deliveries/${world.ids.deliveries}`)).toMatchObject({ receiver })
  })

  it('is found by what its attempts were answered, and by several states', async () => {
    const { api, world } = await openWorld(stores)
    for (const [query, wanted] of [
      ['state=dead,delivered', [world.ids.deliveries]],
      ['responseStatus=5xx', [world.ids.deliveries]],
      ['responseStatus=400-499', []],
      ['host=nowhere.example', []],
    ] as const) {
      const found = (await ask(api, world, { url: `/deliveries?${query}` })).json()
      expect([query, found.items.map((each: { id: string }) => each.id)]).toEqual([query, wanted])
      expect(found.searchedTo).toBeNull()
    }
    for (const query of ['state=dead,wrong', 'responseStatus=6x', 'createdFrom=yesterday']) {
      expect((await ask(api, world, { url: `/deliveries?${query}` })).statusCode).toBe(400)
    }
  })
})

describe('a URL that is explained', () => {
  const stores = useStores('sqlite')

  it('shows the token of the network it is compared with to those alone who may see it', async () => {
    const { api, world } = await openWorld(stores)
    const text = `${PUBLIC_URL}/postback?cid={click_id}`
    const body = { text, purpose: 'postback', affiliateNetworkId: world.ids['affiliate-networks'] }
    const explain = { url: '/inspector/explain-url', body }
    const asManager = await ask(api, world, explain)
    const asViewer = await ask(api, world, { ...explain, role: 'viewer' })
    const missing = (answer: typeof asManager) =>
      answer.json().findings.find(({ code }: { code: string }) => code === 'missing_token')
    expect(missing(asManager)).toMatchObject({ level: 'error', suggestion: 'token=ALPHA-token' })
    expect(missing(asViewer)).toMatchObject({ level: 'error', suggestion: '' })
  })

  it('of our own making, for any network of the catalogue, has no errors', async () => {
    const { api, world } = await openWorld(stores)
    const { affiliateNetworks } = await loadCatalogue(api.deps.dataDir)
    for (const template of [undefined, ...[...affiliateNetworks.values()].filter((_, n) => n % 8 === 0)]) {
      for (const { postbackUrl } of incomingSnippets({ publicUrl: PUBLIC_URL, token: 't', template })) {
        const body = { text: postbackUrl.https, purpose: 'postback' }
        const { findings } = (await ask(api, world, { url: '/inspector/explain-url', body })).json()
        const errors = findings.filter(({ level }: { level: string }) => level === 'error')
        expect([postbackUrl.https, errors]).toEqual([postbackUrl.https, []])
      }
    }
  })
})
