import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { renderTestTarget } from '../../src/conversions/render-test-target.ts'
import { targetsOf } from '../../src/conversions/targets-of.ts'
import { fireTarget } from '../../src/delivery/fire-target.ts'
import { createGuard } from '../../src/delivery/guard.ts'
import { runDeliveryWorker } from '../../src/delivery/worker.ts'
import type { ConversionStatus } from '../../src/domain/conversion-types.ts'
import { hashOfText } from '../../src/domain/notification-moderation.ts'
import type { NotificationTarget } from '../../src/domain/target-types.ts'
import { type Delivery, listDeliveries } from '../../src/store/deliveries.ts'
import { createDomain } from '../../src/store/domains.ts'
import { loadConfiguration } from '../../src/store/load-configuration.ts'
import {
  getNotificationTarget,
  listModeratedTargets,
  moderateTarget,
  type StoredTarget,
  updateNotificationTarget,
} from '../../src/store/notification-targets.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { WORLD_NOW } from '../support/judge-rig.ts'
import { buildNetworkWorld, type NetworkWorld } from '../support/network-world.ts'
import { sealedSecret, TEST_VAULT } from '../support/test-vault.ts'

const PAGE = { limit: 50 }

describe.each(SQL_ENGINES)("an affiliate's targets on %s", (engine) => {
  const stores = useStores(engine)

  async function world(): Promise<NetworkWorld> {
    return await buildNetworkWorld(await stores.open())
  }

  async function deliveries({ store, workspaceId }: NetworkWorld): Promise<readonly Delivery[]> {
    return (await listDeliveries(store.db, workspaceId, {}, PAGE)).items.toReversed()
  }

  async function told(network: NetworkWorld): Promise<string[]> {
    const all = await deliveries(network)
    return all.map(({ url, state, reason }) => `${state} ${reason || url}`).toSorted()
  }

  async function judge(network: NetworkWorld, params: Record<string, string>): Promise<void> {
    const [answer] = await network.judge.judge([network.hit(params)])
    expect(answer?.outcome).toMatch(/^(?:recorded|updated)$/)
  }

  it('hear of a conversion once each: the global ones and those of the offer', async () => {
    const network = await world()
    const { affiliateId, offerId } = network
    const [other, stranger] = [await network.offer(), await network.affiliate()]
    const global = await network.target({ url: 'https://a.example/global?c={externalid}' })
    const own = await network.target({ url: 'https://a.example/offer?c={externalid}', offerId })
    await network.target({ url: 'https://a.example/other', offerId: other })
    await network.target({ url: 'https://b.example/', ownerId: stranger })
    await network.target({ url: 'https://b.example/', ownerId: stranger, offerId })
    await judge(network, { cid: network.visit({ external_id: 'X 1' }) })
    const sent = await deliveries(network)
    expect(new Map(sent.map(({ targetId, url }) => [targetId, url]))).toEqual(
      new Map([
        [global, 'https://a.example/global?c=X%201'],
        [own, 'https://a.example/offer?c=X%201'],
      ]),
    )
    expect(sent).toHaveLength(2)
    for (const delivery of sent) expect(delivery).toMatchObject({ affiliateId, state: 'pending' })
  })

  it('are told the payout in the currency of the workspace, and never what came in', async () => {
    const network = await world()
    await network.target({
      method: 'POST',
      contentType: 'application/json',
      url: 'https://a.example/',
      bodyTemplate:
        '{"payout":"{payout}","sale":"{sale_amount}","revenue":"{revenue}","cur":"{currency}","s":"{source_id}","sub":"{aff_sub}"}',
    })
    await judge(network, { cid: network.visit({ tokens: { source: 'mail' } }), payout: '7777', txid: 'T' })
    const [delivery] = await deliveries(network)
    expect(JSON.parse(delivery?.body ?? '')).toEqual({
      payout: '2',
      sale: '',
      revenue: '',
      cur: 'USD',
      s: 'mail',
      sub: 'newsletter',
    })
    expect(JSON.stringify(delivery)).not.toMatch(/7777|"3"/)
  })

  it('hear of every status when they can tell it, and of approved ones alone otherwise', async () => {
    const network = await world()
    await network.target({ url: 'https://a.example/?s={status}' })
    await network.target({ url: 'https://a.example/blind' })
    await network.target({ url: 'https://a.example/rejected', statuses: ['rejected'] })
    const cid = network.visit()
    const statuses: readonly ConversionStatus[] = ['pending', 'approved', 'rejected']
    for (const status of statuses) {
      network.time.now += 1_000
      await judge(network, { cid, txid: 'T', status })
    }
    const sent = (await deliveries(network)).filter(({ state }) => state === 'pending')
    expect(sent.map(({ url }) => url).toSorted()).toEqual([
      'https://a.example/?s=approved',
      'https://a.example/?s=pending',
      'https://a.example/?s=rejected',
      'https://a.example/blind',
      'https://a.example/rejected',
    ])
    expect((await told(network)).filter((one) => one.startsWith('skipped'))).toEqual(
      Array(4).fill('skipped status filter'),
    )
  })

  it('are told of each status once, also when a conversion has it again', async () => {
    const network = await world()
    await network.target({ url: 'https://a.example/blind' })
    await network.target({ url: 'https://a.example/?s={status}' })
    const cid = network.visit()
    for (const status of ['approved', 'rejected', 'approved', 'rejected']) {
      network.time.now += 1_000
      await judge(network, { cid, txid: 'T', status })
    }
    const sent = (await deliveries(network)).filter(({ state }) => state === 'pending')
    expect(sent.map(({ url }) => url).toSorted()).toEqual([
      'https://a.example/?s=approved',
      'https://a.example/?s=rejected',
      'https://a.example/blind',
    ])
    expect((await told(network)).filter((one) => one.startsWith('skipped')).toSorted()).toEqual([
      'skipped status filter',
      'skipped status filter',
      ...Array<string>(3).fill('skipped status told before'),
    ])
  })

  it('send nothing until they are approved, and say why', async () => {
    const network = await world()
    const pending = await network.target({ moderation: 'pending' })
    await network.target({ moderation: 'rejected' })
    await judge(network, { cid: network.visit() })
    expect(await told(network)).toEqual(['skipped moderation pending', 'skipped moderation rejected'])
    const key = { workspace: network.workspaceId, id: pending }
    const textHash = hashOfText(await target(network, pending))
    await moderateTarget(network.store.db, key, { moderation: 'approved', reason: '', textHash }, WORLD_NOW)
    await judge(network, { cid: network.visit() })
    expect((await told(network)).filter((one) => one.startsWith('pending'))).toHaveLength(1)
  })

  it.each([
    'https://track.example/postback?cid={clickid}',
    'https://TRACK%2Eexample/postback',
    'https://{sub1}.example/postback',
    'https://clicks.example/pixel.gif',
  ])('never lead back to the installation: %s', async (url) => {
    const network = await world()
    const domain = { name: 'clicks.example', defaultCampaignId: '', fallbackUrl: '' }
    await createDomain(network.store.db, network.workspaceId, domain, WORLD_NOW)
    await network.target({ url })
    await judge(network, { cid: network.visit({ sub1: 'track' }) })
    expect(await told(network)).toEqual(['skipped loop'])
  })

  it('never reach a private address, which their log says', async () => {
    const network = await world()
    await network.target({ url: 'http://10.0.0.1/pb?c={clickid}' })
    await judge(network, { cid: network.visit() })
    const stop = new AbortController()
    const { promise: sent, resolve } = Promise.withResolvers<unknown>()
    const worker = runDeliveryWorker({
      store: network.store,
      workerId: 'w1',
      guard: createGuard({ allowPrivateTargets: [] }),
      vault: TEST_VAULT,
      version: '1.2.3',
      clock: Date.now,
      random: () => 0.5,
      signal: stop.signal,
      onSent: resolve,
    })
    await sent
    stop.abort()
    await worker.done
    expect(await deliveries(network)).toMatchObject([{ state: 'dead', reason: 'refused_address' }])
  })

  it('are approved by the text that was seen, and by no other', async () => {
    const network = await world()
    const { db } = network.store
    const key = { workspace: network.workspaceId, id: await network.target({ moderation: 'pending' }) }
    const verdict = { moderation: 'approved', reason: '', textHash: '' } as const
    const textHash = hashOfText(await target(network, key.id))
    await updateNotificationTarget(db, key, { url: 'https://evil.example/' }, WORLD_NOW + 1)
    expect(await moderateTarget(db, key, { ...verdict, textHash }, WORLD_NOW + 2)).toBe('changed')
    expect(await target(network, key.id)).toMatchObject({ moderation: 'pending' })
    const seen = hashOfText(await target(network, key.id))
    const approved = await moderateTarget(db, key, { ...verdict, textHash: seen }, WORLD_NOW + 3)
    expect(approved).toMatchObject({ moderation: 'approved', url: 'https://evil.example/' })
    expect(await target(network, key.id)).toEqual(approved)
    const unknown = { ...key, workspace: 'other' }
    expect(await moderateTarget(db, unknown, { ...verdict, textHash: seen }, WORLD_NOW)).toBeUndefined()
  })

  it('that wait are listed newest first, for a manager those of its affiliates', async () => {
    const network = await world()
    const { db } = network.store
    const managed = await network.affiliate({ name: 'Managed', managerId: 'ann' })
    await network.target({ url: 'https://a.example/1', moderation: 'pending' })
    await network.target({ url: 'https://a.example/2', moderation: 'pending', ownerId: managed })
    await network.target({ url: 'https://a.example/3', moderation: 'pending', ownerId: managed })
    await network.target({ url: 'https://a.example/4', ownerId: managed })
    const of = { workspace: network.workspaceId, moderation: 'pending' } as const
    const first = await listModeratedTargets(db, of, { limit: 2 })
    const rest = await listModeratedTargets(db, of, { limit: 2, cursor: first.nextCursor ?? '' })
    const names = [...first.items, ...rest.items].map(({ url, affiliateName }) => `${url} ${affiliateName}`)
    expect(names).toEqual([
      'https://a.example/3 Managed',
      'https://a.example/2 Managed',
      'https://a.example/1 Media buyer',
    ])
    expect((await listModeratedTargets(db, { ...of, managerId: 'ann' }, PAGE)).items).toHaveLength(2)
    expect((await listModeratedTargets(db, { ...of, managerId: 'bob' }, PAGE)).items).toEqual([])
    expect((await listModeratedTargets(db, { ...of, workspace: 'other' }, PAGE)).items).toEqual([])
  })

  async function target({ store, workspaceId }: NetworkWorld, id: string): Promise<StoredTarget> {
    const found = await getNotificationTarget(store.db, { workspace: workspaceId, id })
    if (found === undefined) throw new Error('the target is gone')
    return found
  }

  it('are tried out with a conversion that is marked as a test', async () => {
    const network = await world()
    const id = await network.target({
      method: 'POST',
      url: 'https://a.example/pb?c={externalid}&t={clickid}',
      bodyTemplate: 'payout={payout}&status={status}&tx={txid}&e={event}&s={source}&o={offer_name}',
      contentType: 'application/x-www-form-urlencoded',
    })
    expect(await rendering(network, await target(network, id))).toEqual({
      kind: 'call',
      call: {
        method: 'POST',
        url: 'https://a.example/pb?c=test-aff-click-id&t=test-click-id',
        body: 'payout=2&status=approved&tx=test&e=sale&s=test-source&o=Ringtones',
        contentType: 'application/x-www-form-urlencoded',
      },
    })
    const before = await target(network, id)
    const pixel = { ...before, type: 'script', method: 'GET', url: '', code: '<b>{payout}</b>' } as const
    expect(await rendering(network, pixel)).toMatchObject({
      kind: 'pixel',
      pixel: { type: 'html', html: '<b>2</b>' },
      markup: expect.stringMatching(/^<iframe sandbox="allow-scripts" srcdoc="[^"<]*&lt;b&gt;2&lt;\/b&gt;"/),
    })
    const loop = { ...pixel, code: '<img src="https://track.example/">' }
    expect(await rendering(network, loop)).toEqual({ kind: 'problem', reason: 'loop' })
  })

  async function rendering(network: NetworkWorld, tested: NotificationTarget) {
    const configuration = await loadConfiguration(network.store.db)
    const affiliate = configuration.affiliates.get(network.affiliateId)
    if (affiliate === undefined) throw new Error('the affiliate is gone')
    const offer = configuration.offers.get(network.offerId)
    const subject = { affiliate, offer, payouts: undefined, ownHosts: ['track.example'], now: WORLD_NOW }
    return renderTestTarget(tested, configuration, subject)
  }

  it('are found without looking at those of others', async () => {
    const network = await world()
    await network.target()
    const configuration = await loadConfiguration(network.store.db)
    const { workspaceId: workspace, affiliateId, offerId } = network
    const conversion = { workspace, affiliateId, offerId, campaignId: '', trafficSourceId: '' }
    expect(targetsOf(configuration, conversion)).toHaveLength(1)
    // The index is made once: only what it holds is looked at afterwards.
    const values = () => expect.unreachable('all targets are walked')
    Object.assign(configuration.targets, { values })
    expect(targetsOf(configuration, conversion)).toHaveLength(1)
    expect(targetsOf(configuration, { ...conversion, workspace: 'other' })).toEqual([])
    expect(targetsOf(configuration, { ...conversion, affiliateId: 'other' })).toEqual([])
    expect(targetsOf(configuration, { ...conversion, affiliateId: '' })).toEqual([])
  })
})

describe('the Test button', () => {
  const UNSIGNED = { id: 't1', system: '', url: '', settings: {}, sealedSecrets: '' } as const

  it('makes one call and tells what was sent and what came back', async () => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      response.writeHead(500, { 'x-mark': 'yes' }).end('broken')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // it listens on TCP
    const url = `http://127.0.0.1:${port}/pb?c=1`
    const call = { url, method: 'GET', body: '', contentType: '' }
    const signed = { ...UNSIGNED, sealedSecrets: sealedSecret('whsec_c2VjcmV0') }
    const deps = {
      guard: createGuard({ allowPrivateTargets: ['127.0.0.1'] }),
      version: '1.2.3',
      vault: TEST_VAULT,
      clock: Date.now,
    }
    const fired = await fireTarget(signed, call, deps)
    server.close()
    expect(seen).toEqual(['GET /pb?c=1'])
    expect(fired).toMatchObject({
      request: {
        method: 'GET',
        url,
        headers: {
          'user-agent': 'Trailpost/1.2.3',
          'webhook-signature': expect.stringMatching(/^v1,/),
        },
      },
      answer: { status: 500, headers: { 'x-mark': 'yes' }, body: 'broken' },
      failure: undefined,
    })
  })

  it('does not reach a private address', async () => {
    const call = { url: 'http://10.0.0.1/pb', method: 'GET', body: '', contentType: '' }
    const guard = createGuard({ allowPrivateTargets: [] })
    const deps = { guard, version: '1', vault: TEST_VAULT, clock: Date.now }
    expect(await fireTarget(UNSIGNED, call, deps)).toMatchObject({
      answer: undefined,
      failure: { code: 'refused_address', detail: '10.0.0.1 is not a public address' },
    })
  })
})
