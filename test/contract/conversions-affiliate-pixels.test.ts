import { describe, expect, it } from 'vitest'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import type { OfferProtocol } from '../../src/domain/offer-terms.ts'
import type { TargetType } from '../../src/domain/target-types.ts'
import { listDeliveries } from '../../src/store/deliveries.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { buildNetworkWorld, type NetworkWorld } from '../support/network-world.ts'

const PIXEL = 'https://pix.example/p?c={externalid}&v={payout}'
const TYPES: readonly TargetType[] = ['postback', 'image', 'iframe', 'script']

describe.each(SQL_ENGINES)("affiliates' pixels inside the network's on %s", (engine) => {
  const stores = useStores(engine)

  async function withTargets(protocol: OfferProtocol, types = TYPES): Promise<NetworkWorld> {
    const network = await buildNetworkWorld(await stores.open(), { terms: { protocol } })
    for (const type of types) await network.target({ type, url: `${PIXEL}&t=${type}` })
    return network
  }

  async function show(
    network: NetworkWorld,
    kind: Hit['kind'],
    params: Record<string, string>,
  ): Promise<HitAnswer> {
    const hits = [network.hit(params, { kind })]
    const [answer] = await network.judge.judge(hits, { edgeWaits: true })
    if (answer === undefined) throw new Error('no answer')
    return answer
  }

  async function fates({ store, workspaceId }: NetworkWorld): Promise<string[]> {
    const { items } = await listDeliveries(store.db, workspaceId, {}, { limit: 50 })
    return items.map(({ type, state, reason }) => `${type} ${state} ${reason}`.trim()).toSorted()
  }

  it.each(['iframe', 'script'] as const)(
    'are all shown by an %s, whose reload shows nothing; a script has a frame of its own',
    async (kind) => {
      const network = await withTargets(kind)
      const cid = network.visit({ external_id: `E"'<1>` })
      const url = (type: string) => `https://pix.example/p?c=E%22%27%3C1%3E&v=2&t=${type}`
      const answer = await show(network, kind, { cid, payout: '9' })
      expect(answer).toMatchObject({ outcome: 'recorded' })
      expect(answer.pixels).toEqual([
        { type: 'image', url: url('image') },
        { type: 'iframe', url: url('iframe') },
        {
          type: 'html',
          html: `<script src="${url('script').replaceAll('&', '&amp;')}" async></script>`,
        },
      ])
      expect(await fates(network)).toEqual([
        'iframe rendered',
        'image rendered',
        'postback pending',
        'script rendered',
      ])
      const again = await show(network, kind, { cid, payout: '9' })
      expect(again.outcome).toBe('duplicate')
      expect(again).not.toHaveProperty('pixels')
      expect(await fates(network)).toHaveLength(4)
    },
  )

  it('are one image behind an image', async () => {
    const network = await withTargets('image', [...TYPES, 'image'])
    const answer = await show(network, 'image', { cid: network.visit() })
    expect(answer.pixels).toMatchObject([{ type: 'image' }])
    expect(await fates(network)).toEqual([
      'iframe skipped images only',
      'image rendered',
      'image skipped one image only',
      'postback pending',
      'script skipped images only',
    ])
  })

  it('are none behind a server’s postback', async () => {
    const network = await withTargets('postback')
    expect(await show(network, 'postback', { cid: network.visit() })).not.toHaveProperty('pixels')
    expect(await fates(network)).toEqual([
      'iframe skipped no browser',
      'image skipped no browser',
      'postback pending',
      'script skipped no browser',
    ])
  })

  it('are none where the offer is for postbacks only, and each says so', async () => {
    const network = await withTargets('iframe')
    await network.changeTerms({ allowsPixels: false })
    expect(await show(network, 'iframe', { cid: network.visit() })).not.toHaveProperty('pixels')
    expect(await fates(network)).toEqual([
      'iframe skipped offer allows no pixels',
      'image skipped offer allows no pixels',
      'postback pending',
      'script skipped offer allows no pixels',
    ])
  })

  it('of markup are shown once they are approved, with harmless values', async () => {
    const network = await buildNetworkWorld(await stores.open(), { terms: { protocol: 'iframe' } })
    const code = "<script>if(1){f()}; new Image().src='https://pix.example/?c={externalid}'</script>"
    await network.target({ type: 'script', url: '', code })
    await network.target({ type: 'script', url: '', code: `${code}<!-- 2 -->`, moderation: 'pending' })
    const cid = network.visit({ external_id: `'-alert(1)-'</script>` })
    const { pixels } = await show(network, 'iframe', { cid })
    expect(pixels).toEqual([
      {
        type: 'html',
        html: "<script>if(1){f()}; new Image().src='https://pix.example/?c=%27-alert%281%29-%27%3C%2Fscript%3E'</script>",
      },
    ])
    expect(await fates(network)).toEqual(['script rendered', 'script skipped moderation pending'])
  })

  it.each([
    ['javascript:alert(1)//{clickid}', '', 'the pixel is no web address'],
    ['https://track.example/pixel.html?cid={clickid}', '', 'loop'],
    ['', '<img src="//track.example/pixel.gif">', 'loop'],
    ['', '<img src="https://{sub1}.example/pixel.gif">', 'loop'],
  ])('%s%s is not shown: %s', async (url, code, reason) => {
    const network = await buildNetworkWorld(await stores.open(), { terms: { protocol: 'iframe' } })
    await network.target({ type: 'script', url, code })
    const cid = network.visit({ sub1: 'track' })
    expect(await show(network, 'iframe', { cid })).not.toHaveProperty('pixels')
    expect(await fates(network)).toEqual([`script skipped ${reason}`])
  })

  it('are bounded in length, and the log of what was left out says so', async () => {
    const network = await buildNetworkWorld(await stores.open(), { terms: { protocol: 'iframe' } })
    await network.target({ type: 'script', url: '', code: `<!--${'x'.repeat(16_000)}-->` })
    await network.target({ type: 'script', url: '', code: `<!--${'y'.repeat(9_000)}-->` })
    await network.target({ type: 'image', url: PIXEL })
    const { pixels } = await show(network, 'iframe', { cid: network.visit() })
    expect(pixels?.map(({ type }) => type)).toEqual(['html', 'image'])
    expect(await fates(network)).toEqual([
      'image rendered',
      'script rendered',
      'script skipped too many pixels',
    ])
  })

  it('are bounded in number', async () => {
    const network = await buildNetworkWorld(await stores.open(), { terms: { protocol: 'iframe' } })
    for (let n = 0; n < 21; n++) await network.target({ type: 'image', url: PIXEL })
    expect((await show(network, 'iframe', { cid: network.visit() })).pixels).toHaveLength(20)
    expect((await fates(network)).filter((fate) => fate.endsWith('too many pixels'))).toHaveLength(1)
  })

  it('are each affiliate’s own, however many conversions share a commit', async () => {
    const network = await withTargets('iframe', ['image'])
    const others = await Promise.all(['A', 'B', 'C'].map((name) => network.affiliate({ name })))
    for (const ownerId of others) {
      await network.target({ ownerId, type: 'image', url: `https://pix.example/${ownerId}` })
    }
    const visits = others.map((affiliate_id) => network.visit({ affiliate_id }))
    const hits = visits.map((cid) => network.hit({ cid }, { kind: 'iframe' }))
    const answers = await network.judge.judge(hits, { edgeWaits: true })
    expect(answers.map(({ pixels }) => pixels)).toEqual(
      others.map((id) => [{ type: 'image', url: `https://pix.example/${id}` }]),
    )
  })
})
