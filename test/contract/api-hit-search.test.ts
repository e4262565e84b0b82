import { describe, expect, it } from 'vitest'
import { HIT_SEARCH_ROWS_MAX } from '../../src/store/hit-search.ts'
import { type JudgedHit, saveHits } from '../../src/store/hits.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { type HitChanges, judgedHit } from '../support/judged-hit.ts'
import { openTestApi, type TestApi } from './api-harness.ts'
import { createWorld, NOW, type World } from './api-world.ts'

describe.each(SQL_ENGINES)('the search of hits on %s', (engine) => {
  const stores = useStores(engine)

  async function openWorld() {
    const api = await openTestApi(stores)
    return { api, world: await createWorld(api, 'ALPHA') }
  }

  it.each<[string, HitChanges]>([
    ['outcome=rejected', { outcome: 'rejected' }],
    ['outcome=rejected&outcome=malformed', { outcome: 'malformed' }],
    ['outcome=unmatched', { outcome: 'unmatched' }],
    ['kind=image', { kind: 'image' }],
    ['reason=CAP_', { reason: 'the cap_of today' }],
    ['clickId=click-9', { clickId: 'click-9' }],
    ['conversionId=conv-9', { conversionId: 'conv-9' }],
    ['affiliateNetworkId=net-9', { affiliateNetworkId: 'net-9' }],
    ['advertiserId=adv-9', { advertiserId: 'adv-9' }],
    ['affiliateId=aff-9', { affiliateId: 'aff-9' }],
    ['offer=o-9', { request: { params: [['offer_id', 'o-9']] } }],
    ['event=lead', { request: { params: [['goal', 'lead']] } }],
    ['txid=T-9', { request: { params: [['order_id', 'T-9']] } }],
    ['ip=198.51.100.0/24', { request: { ip: '198.51.100.7' } }],
    ['ip=198.51.100.7', { request: { ip: '198.51.100.7' } }],
    ['host=OTHER.example', { request: { host: 'other.example' } }],
    ['path=/pixel', { request: { path: '/pixel.gif' } }],
    ['dialect=voluum', { request: { dialect: 'voluum' } }],
    ['reportedBy=user:u9', { request: { reportedBy: 'user:u9' } }],
    ['param=Zone&value=7', { request: { params: [['zone', '7']] } }],
    ['value=7', { request: { params: [['any', '7']] } }],
    ['text=fireFOX', { request: { userAgent: 'Mozilla Firefox/9' } }],
    ['from=2030-01-01T00:00:00Z', { receivedAt: Date.UTC(2030, 0, 1) }],
    ['to=2001-01-01T00:00:00Z', { receivedAt: Date.UTC(2000, 0, 1) }],
  ])('by %s finds that hit and no other', async (query, changes) => {
    const { api, world } = await openWorld()
    await saveHits(api.store.db, [hit(world, 'other'), hit(world, 'wanted', changes)])
    expect(await ids(api, world, query)).toEqual(['wanted'])
  })

  it('pages newest first, without losing or repeating a hit', async () => {
    const { api, world } = await openWorld()
    const many = Array.from({ length: 7 }, (_, n) =>
      hit(world, `h${n}`, {
        receivedAt: NOW + Math.floor(n / 2),
        request: { dialect: n === 3 ? '' : 'binom' },
      }),
    )
    await saveHits(api.store.db, many)
    const found: string[] = []
    let cursor = ''
    do {
      const page = await search(api, world, `dialect=binom&limit=2${cursor}`)
      found.push(...page.items.map(({ id }: { id: string }) => id))
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
    } while (cursor !== '')
    expect(found).toEqual(['h6', 'h5', 'h4', 'h2', 'h1', 'h0'])
  })

  it('never finds by a secret, nor shows one', async () => {
    const { api, world } = await openWorld()
    const secret = { rawQuery: 'token=hunter2', params: [['Token', 'hunter2']] as [string, string][] }
    await saveHits(api.store.db, [hit(world, 'secret', { request: secret })])
    expect(await ids(api, world, 'text=hunter')).toEqual([])
    expect(await ids(api, world, 'value=hunter2')).toEqual([])
    expect(JSON.stringify(await search(api, world, 'param=token&path=/own'))).not.toContain('hunter2')
  })

  it('knows nothing of another workspace’s hits', async () => {
    const { api, world } = await openWorld()
    const other = await createWorld(api, 'BETA')
    await saveHits(api.store.db, [hit(other, 'theirs')])
    expect(await ids(api, world, 'path=/own')).toEqual([])
  })

  it('refuses what is no address, outcome or cursor', async () => {
    const { api, world } = await openWorld()
    for (const query of ['ip=nowhere', 'outcome=lost', 'from=yesterday', 'cursor=x']) {
      const answer = await ask(api, world, query)
      expect([query, answer.statusCode]).toEqual([query, 400])
    }
  })
})

describe('a search for what is not there', () => {
  const stores = useStores('sqlite')

  it('looks through a bounded number of hits, says how far it came, and goes on from there', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const rows = HIT_SEARCH_ROWS_MAX + 10
    const many = Array.from({ length: rows }, (_, n) => hit(world, `h${n}`, { receivedAt: NOW + 10 + n }))
    await saveHits(api.store.db, many)
    const first = await search(api, world, 'text=nowhere')
    expect(first.items).toEqual([])
    expect(first.searchedTo).toBe(new Date(NOW + 10 + 10).toISOString())
    const second = await search(api, world, `text=nowhere&cursor=${first.nextCursor}`)
    expect(second).toEqual({ items: [], nextCursor: null, searchedTo: null })
  }, 60_000)
})

function hit({ workspace }: World, id: string, changes: HitChanges = {}): JudgedHit {
  return judgedHit(workspace, id, NOW + 1, changes)
}

async function ask(api: TestApi, { keys }: World, query: string) {
  const headers = { authorization: `Bearer ${keys.viewer}` }
  return await api.app.inject({ method: 'GET', url: `/api/v1/hits?${query}`, headers })
}

async function search(api: TestApi, world: World, query: string) {
  const answer = await ask(api, world, query)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

async function ids(api: TestApi, world: World, query: string): Promise<readonly string[]> {
  const { items } = await search(api, world, query)
  return items.map(({ id }: { id: string }) => id)
}
