import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Hit } from '../../src/domain/hit.ts'
import { listConversions } from '../../src/store/conversions.ts'
import { getHit } from '../../src/store/hits.ts'
import { buildWorld } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { buildNetworkWorld, type NetworkWorld } from '../support/network-world.ts'

const TOKEN = 'T0K'

describe.each(SQL_ENGINES)('a token that two workspaces have on %s', (engine) => {
  const stores = useStores(engine)

  /** Two networks whose only advertisers have the same token. */
  async function open() {
    const store = await stores.open()
    const settings = { advertiser: { token: TOKEN }, terms: { protocol: 'image' } } as const
    return [await buildNetworkWorld(store, settings), await buildNetworkWorld(store, settings)] as const
  }

  async function send(world: NetworkWorld, params: Record<string, string>, changes?: Partial<Hit>) {
    const hit = world.hit({ token: TOKEN, ...params }, { id: randomUUID(), ...changes })
    const [answer] = await world.judge.judge([hit])
    if (answer === undefined) throw new Error('no answer')
    return { answer, hit }
  }

  async function affiliates({ store, workspaceId }: NetworkWorld) {
    const { items } = await listConversions(store.db, workspaceId, {}, { limit: 500 })
    return items.map(({ affiliateId, attribution }) => ({ affiliateId, attribution }))
  }

  it('is, for a visit, that of the visit’s workspace', async () => {
    const worlds = await open()
    for (const world of worlds) {
      const pixel = { kind: 'image', cookieClickId: world.visit() } as const
      expect((await send(world, { txid: '1' }, pixel)).answer).toMatchObject({ outcome: 'recorded' })
      const { affiliateId } = world
      expect(await affiliates(world)).toEqual([{ affiliateId, attribution: 'cookie_latest' }])
    }
  })

  it('names nobody without a visit: neither workspace gets the hit, or the other’s coupon', async () => {
    const worlds = await open()
    for (const world of worlds) await world.coupon({ name: 'SAVE10' })
    const [first, second] = worlds
    const { answer, hit } = await send(second, { coupon: 'SAVE10', txid: '1' })
    expect(answer).toMatchObject({ outcome: 'unmatched' })
    for (const { store, workspaceId } of worlds) {
      expect(await getHit(store.db, { workspace: workspaceId, id: hit.id })).toBeUndefined()
    }
    const said = { coupon: 'SAVE10', txid: '1', offer: second.offerId }
    expect((await send(second, said)).answer).toMatchObject({ outcome: 'recorded' })
    expect(await affiliates(first)).toEqual([])
    expect(await affiliates(second)).toEqual([{ affiliateId: second.affiliateId, attribution: 'coupon' }])
  })

  it('of another workspace alone contradicts a visit', async () => {
    const store = await stores.open()
    const theirs = await buildNetworkWorld(store, { advertiser: { token: TOKEN } })
    const world = await buildWorld(store, { network: { token: '' } })
    const pixel = { kind: 'image', cookieClickId: world.visit() } as const
    const hits = [world.hit({ token: TOKEN }, pixel), world.hit({}, { ...pixel, id: randomUUID() })]
    const answers = await world.judge.judge(hits)
    expect(answers.map(({ outcome }) => outcome)).toEqual(['unmatched', 'recorded'])
    expect(await affiliates(theirs)).toEqual([])
  })

  it('is of the one that still uses it when the other was archived', async () => {
    const worlds = await open()
    const [gone, used] = worlds
    await gone.store.db
      .updateTable('advertisers')
      .set({ archived_at: 1 })
      .where('id', '=', gone.advertiserId)
      .execute()
    await gone.changeAffiliate({ note: 'another version of the configuration' })
    const { hit } = await send(used, { cid: 'mistyped', txid: '1' })
    expect(await getHit(used.store.db, { workspace: used.workspaceId, id: hit.id })).toMatchObject({
      outcome: 'unmatched',
      advertiserId: used.advertiserId,
    })
  })
})
