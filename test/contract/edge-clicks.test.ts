import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClickIdMaker } from '../../src/domain/click-id.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import { type Answer, type EdgeRig, SECRET, startRig } from './edge-rig.ts'

let rig: EdgeRig
/** Another edge of the same machine: its own journal, the same data directory. */
let peer: EdgeRig

beforeAll(async () => {
  rig = await startRig()
  peer = await startRig({ dataDir: rig.dataDir, withoutCore: true, edge: { edgeId: 1 } })
})
afterAll(async () => {
  await peer.stop()
  await rig.stop()
})

type Visited = { readonly clickId: string; readonly cookie: string }

async function visit(path: string): Promise<Visited> {
  const answer = await rig.get(path)
  const cookie = answer.cookies.map((text) => text.split(';')[0]).join('; ')
  return { clickId: /tp_cid=(\w{26})/.exec(cookie)?.[1] ?? '', cookie }
}

function offerOf(answer: Answer): string {
  return answer.headers.location ?? `${answer.status}`
}

describe('a click', () => {
  it('by cookie goes on to the offer, is recorded, and the browser remembers the offer', async () => {
    const { clickId, cookie } = await visit('/c/lander')
    const answer = await rig.get('/click', { headers: { cookie } })
    expect(answer.status).toBe(302)
    expect(offerOf(answer)).toBe(`https://offer.example/o1?cid=${clickId}`)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.cookies).toEqual([`tp_o_o1=${clickId}; Path=/; HttpOnly; Max-Age=2592000; SameSite=Lax`])
    expect((await rig.records()).clicks.at(-1)).toMatchObject({
      clickId,
      offerId: 'o1',
      affiliateNetworkId: 'n1',
      cta: 1,
    })
  })

  it.each(['cid', 'clickid', 'click_id', 'subid'])(
    'by parameter %s alone is found in memory',
    async (name) => {
      const { clickId } = await visit('/c/lander')
      expect(offerOf(await rig.get(`/click?${name}=${clickId}`))).toContain(clickId)
    },
  )

  it('with several calls to action goes to the n-th offer', async () => {
    const { clickId } = await visit('/c/two')
    expect(offerOf(await rig.get(`/click/2?cid=${clickId}`))).toContain('/o2?')
    expect(offerOf(await rig.get(`/click/1?cid=${clickId}`))).toContain('/o1?')
    expect((await rig.records()).clicks.map((click) => click.cta).slice(-2)).toEqual([2, 1])
  })

  it('fills the offer with the values of its visit', async () => {
    const { clickId, cookie } = await visit('/c/rich?sub1=a%20b&kw=k&xid=X1')
    const expected = `https://offer.example/o3?s=a%20b&k=k&x=X1&cid=${clickId}`
    expect(offerOf(await rig.get('/click', { headers: { cookie } }))).toBe(expected)
  })

  it('at another process of the machine is answered from the cookie, or by the one that made the click id', async () => {
    const plain = await visit('/c/lander')
    expect(offerOf(await peer.get('/click', { headers: { cookie: plain.cookie } }))).toContain(plain.clickId)
    expect(peer.edge.metrics().counters.peerLookups).toBe(0)
    expect(offerOf(await peer.get(`/click?cid=${plain.clickId}`))).toContain('/o1?')
    expect(peer.edge.metrics().counters.peerLookups).toBe(1)
    // The cookie has the route; the offer's URL asks for values that only the other process has.
    const rich = await visit('/c/rich?sub1=s')
    expect(offerOf(await peer.get('/click', { headers: { cookie: rich.cookie } }))).toContain('s=s&')
  })

  it('of a visit that no edge remembers is found by core', async () => {
    const make = createClickIdMaker({ key: createClickIdKey(SECRET), processId: 7, randomBits: () => 1 })
    const clickId = make(Date.now())
    rig.core.visits.set(clickId, {
      clickId,
      campaignId: 'c-lander',
      pathId: 'p-l1',
      landerId: 'l1',
      offerId: 'o1',
    })
    expect(offerOf(await rig.get(`/click?cid=${clickId}`))).toBe(`https://offer.example/o1?cid=${clickId}`)
    expect(offerOf(await rig.get(`/click?cid=${make(Date.now())}`))).toBe('https://fallback.example/w')
  })

  it('without a click id goes to the fallback and is counted as such', async () => {
    const before = rig.edge.metrics().counters.fallbacks
    expect(offerOf(await rig.get('/click'))).toBe('https://fallback.example/w')
    expect(offerOf(await rig.get('/click?cid={clickid}'))).toBe('https://fallback.example/w')
    expect(rig.edge.metrics().counters.fallbacks).toBe(before + 2)
  })

  it.each([
    ['upper-cased', (id: string) => id.toUpperCase()],
    ['truncated', (id: string) => id.slice(0, -1)],
    ['lengthened', (id: string) => `${id}0`],
    ['forged', (id: string) => (id.startsWith('0') ? '1' : '0') + id.slice(1)],
    ['nonsense', () => '../../etc/passwd'],
  ])('with an id that is %s is refused without a look-up', async (_how, change) => {
    const { clickId } = await visit('/c/lander')
    const { coreLookups, peerLookups, clickIdsRefused } = rig.edge.metrics().counters
    const id = encodeURIComponent(change(clickId))
    expect(offerOf(await rig.get(`/click?cid=${id}`))).toBe('https://fallback.example/w')
    expect(rig.edge.metrics().counters).toMatchObject({
      coreLookups,
      peerLookups,
      clickIdsRefused: clickIdsRefused + 1,
    })
  })

  it('with a forged route in its cookie goes nowhere that the campaign does not lead', async () => {
    const { clickId } = await visit('/c/direct')
    for (const route of [`${clickId}.p-direct..o3`, `${clickId}.p-l1.l1.o2`, `${clickId}.nope.l1.o1`]) {
      const cookie = `tp_cid=${clickId}; tp_c_c-direct=${route}`
      expect(offerOf(await rig.get('/click', { headers: { cookie } })), route).toBe(
        'https://fallback.example/w',
      )
    }
  })

  it('by HEAD or prefetch gets the same answer and is not recorded', async () => {
    const { clickId, cookie } = await visit('/c/lander')
    const before = (await rig.records()).clicks.length
    const head = await rig.get('/click', { method: 'HEAD', headers: { cookie } })
    const prefetch = await rig.get('/click', { headers: { cookie, purpose: 'prefetch' } })
    expect(offerOf(head)).toContain(clickId)
    expect(offerOf(prefetch)).toContain(clickId)
    expect((await rig.records()).clicks).toHaveLength(before)
  })
})
