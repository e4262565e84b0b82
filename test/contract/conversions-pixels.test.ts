import { describe, expect, it } from 'vitest'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import { createDomain } from '../../src/store/domains.ts'
import { buildWorld, deliveriesOf, outboxRows, WORLD_NOW, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const PIXEL_URL = 'https://pix.example/p?c={externalid}&v={payout}'

describe.each(SQL_ENGINES)('the pixels of a source on %s', (engine) => {
  const stores = useStores(engine)

  /** As an edge asks that gives the answer to a browser. */
  async function show(world: World, kind: Hit['kind'], params: Record<string, string>): Promise<HitAnswer> {
    return await ask(world, world.hit(params, { kind }))
  }

  async function ask(world: World, hit: Hit, edgeWaits = true): Promise<HitAnswer> {
    const [answer] = await world.judge.judge([hit], { edgeWaits })
    if (answer === undefined) throw new Error('no answer')
    return answer
  }

  async function fates(world: World): Promise<string[]> {
    return (await deliveriesOf(world))
      .map(({ type, state, reason }) => `${type} ${state} ${reason}`)
      .toSorted()
  }

  async function withTargets(
    ...types: readonly ('postback' | 'image' | 'iframe' | 'script')[]
  ): Promise<World> {
    const world = await buildWorld(await stores.open())
    for (const type of types) await world.target({ type, url: `${PIXEL_URL}&t=${type}` })
    return world
  }

  it.each(['iframe', 'script'] as const)('are all shown by a pixel that is an %s', async (kind) => {
    const world = await withTargets('postback', 'image', 'iframe', 'script')
    const cid = world.visit({ external_id: 'E "1"' })
    const answer = await show(world, kind, { cid, payout: '2.5' })
    const shown = ['image', 'iframe', 'script'].map((type) => ({
      type,
      url: `https://pix.example/p?c=E%20%221%22&v=2.5&t=${type}`,
    }))
    expect(answer).toMatchObject({ outcome: 'recorded', pixels: shown })
    expect(await fates(world)).toEqual([
      'iframe rendered ',
      'image rendered ',
      'postback pending ',
      'script rendered ',
    ])
    // A page that is loaded again shows nothing.
    expect(await show(world, kind, { cid, payout: '2.5' })).not.toHaveProperty('pixels')
    expect(await fates(world)).toHaveLength(4)
  })

  it('are one image for a pixel that is an image', async () => {
    const world = await withTargets('iframe', 'image', 'image', 'script')
    const answer = await show(world, 'image', { cid: world.visit(), payout: '1' })
    expect(answer.pixels).toMatchObject([{ type: 'image' }])
    expect(await fates(world)).toEqual([
      'iframe skipped images only',
      'image rendered ',
      'image skipped one image only',
      'script skipped images only',
    ])
  })

  it.each(['postback', 'upload', 'manual'] as const)(
    'are not shown by an %s, which says why',
    async (kind) => {
      const world = await withTargets('image')
      expect(await show(world, kind, { cid: world.visit() })).not.toHaveProperty('pixels')
      expect(await fates(world)).toEqual(['image skipped no browser'])
    },
  )

  it('are not claimed to be shown when the browser was answered without them', async () => {
    const world = await withTargets('image')
    const fromJournal = world.hit({ cid: world.visit() }, { kind: 'image' })
    expect(await ask(world, fromJournal, false)).not.toHaveProperty('pixels')
    // The edge has given up by then.
    const late = world.hit({ cid: world.visit() }, { kind: 'image', at: WORLD_NOW - 1_600 })
    expect(await ask(world, late)).not.toHaveProperty('pixels')
    expect(await fates(world)).toEqual(['image skipped no browser', 'image skipped no browser'])
  })

  it('are shown when the conversion is made, and not again when its status changes', async () => {
    const world = await withTargets('iframe')
    const cid = world.visit()
    expect((await show(world, 'iframe', { cid, status: 'pending' })).pixels).toHaveLength(1)
    expect(await show(world, 'iframe', { cid, status: 'approved' })).not.toHaveProperty('pixels')
    expect(await fates(world)).toEqual(['iframe rendered ', 'iframe skipped not new'])
  })

  it('are each answer’s own when many are judged in one commit', async () => {
    const world = await withTargets('image')
    const cids = ['A', 'B', 'C'].map((id) => world.visit({ external_id: id }))
    const hits = cids.map((cid) => world.hit({ cid }, { kind: 'image' }))
    const answers = await world.judge.judge(hits, { edgeWaits: true })
    expect(
      answers.map(({ pixels }) => pixels?.map((pixel) => 'url' in pixel && pixel.url.slice(0, 28))),
    ).toEqual([
      ['https://pix.example/p?c=A&v='],
      ['https://pix.example/p?c=B&v='],
      ['https://pix.example/p?c=C&v='],
    ])
    // The same hit again, e.g. from the journal, has its answer and shows nothing.
    expect((await world.judge.judge(hits, { edgeWaits: true })).some(({ pixels }) => pixels)).toBe(false)
  })

  it('that are no web address are left out', async () => {
    const world = await buildWorld(await stores.open())
    await world.target({ type: 'script', url: 'javascript:alert(1)//{clickid}' })
    expect(await show(world, 'script', { cid: world.visit() })).not.toHaveProperty('pixels')
    expect(await fates(world)).toEqual(['script skipped the pixel is no web address'])
  })

  it('and postbacks never lead to a domain of the installation', async () => {
    const world = await withTargets('postback', 'image')
    const fields = { name: 'pix.example', defaultCampaignId: '', fallbackUrl: '' }
    await createDomain(world.store.db, world.workspaceId, fields, WORLD_NOW)
    expect(await show(world, 'image', { cid: world.visit() })).not.toHaveProperty('pixels')
    expect(await fates(world)).toEqual(['image skipped loop', 'postback skipped loop'])
  })

  it('and postbacks are left out when the sender wants it', async () => {
    const world = await withTargets('postback', 'image')
    const answer = await show(world, 'image', { cid: world.visit(), disable_postback: '1' })
    expect(answer).toMatchObject({ outcome: 'recorded' })
    expect(await fates(world)).toEqual(['image skipped muted', 'postback skipped muted'])
  })

  it('and postbacks are explained by test=1, and none is sent or shown', async () => {
    const world = await withTargets('postback', 'image')
    await world.target({ url: 'https://other.example/', statuses: ['rejected'] })
    const cid = world.visit()
    const answer = await show(world, 'image', { cid, payout: '3', test: '1' })
    expect(answer).not.toHaveProperty('pixels')
    expect(answer.reason).toBeUndefined()
    const told = answer.steps?.filter(({ step }) => step === 'notification') ?? []
    expect(told.map(({ ok, detail }) => `${ok} ${detail}`).toSorted()).toEqual([
      'false postback to other.example: status filter',
      'true image to pix.example',
      'true postback to pix.example',
    ])
    expect([await fates(world), await outboxRows(world)]).toEqual([[], []])
  })
})
