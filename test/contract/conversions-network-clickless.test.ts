import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAmountChanger } from '../../src/conversions/change-amounts.ts'
import { createStatusChanger } from '../../src/conversions/change-status.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import { listConversions } from '../../src/store/conversions.ts'
import { archiveCoupon } from '../../src/store/coupons.ts'
import { getHit } from '../../src/store/hits.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { outboxRows } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { WORLD_NOW } from '../support/judge-rig.ts'
import {
  buildNetworkWorld,
  type NetworkSettingsOfWorld,
  type NetworkWorld,
  send,
  told,
} from '../support/network-world.ts'

async function conversions({ store, workspaceId }: NetworkWorld) {
  return (await listConversions(store.db, workspaceId, {}, { limit: 500 })).items
}

describe.each(SQL_ENGINES)('a conversion without a visit on %s', (engine) => {
  const stores = useStores(engine)

  async function open(settings: NetworkSettingsOfWorld = {}) {
    const world = await buildNetworkWorld(await stores.open(), { advertiser: { token: 'T0K' }, ...settings })
    const explicit = { token: 'T0K', affiliate: world.affiliateId, offer: world.offerId }
    return { world, explicit }
  }

  it('is the affiliate’s that the advertiser names, and is known again by its txid', async () => {
    const { world, explicit } = await open()
    const hit = world.hit({ ...explicit, txid: 'A-1', payout: '10' })
    const [first] = await world.judge.judge([hit])
    expect(first).toEqual({ hit: hit.id, outcome: 'recorded', conversion: expect.any(String) })
    expect(await conversions(world)).toMatchObject([
      {
        clickId: '',
        attribution: 'explicit',
        visitAt: world.time.now,
        txid: 'A-1',
        affiliateId: world.affiliateId,
        offerId: world.offerId,
        payoutMicros: 2_000_000,
        saleMicros: 1e7,
      },
    ])
    const [row] = await outboxRows(world)
    expect(row).toMatchObject({ click_id: '', affiliate_id: world.affiliateId, payout: '2.000000' })
    expect(await getHit(world.store.db, { workspace: world.workspaceId, id: hit.id })).toMatchObject({
      attribution: 'explicit',
      advertiserId: world.advertiserId,
      affiliateId: world.affiliateId,
      clickId: '',
    })
    const params = { ...explicit, txid: 'A-1' }
    expect(await send(world, params)).toMatchObject({ outcome: 'duplicate', conversion: first?.conversion })
    expect(await told(world, { ...params, status: 'rejected' })).toBe('updated')
    expect(await told(world, { ...explicit, txid: 'A-2' })).toBe('recorded')
    expect(await told(world, { ...explicit, txid: 'A-1', event: 'deposit' })).toBe('recorded')
    expect(await conversions(world)).toHaveLength(3)
  })

  it('is the affiliate’s whose coupon was used, in whatever letters', async () => {
    const { world } = await open()
    const id = await world.coupon({ name: 'SAVE10' })
    expect(await told(world, { token: 'T0K', coupon: 'save10', txid: 'A-1' })).toBe('recorded')
    expect(await conversions(world)).toMatchObject([
      { attribution: 'coupon', affiliateId: world.affiliateId },
    ])
    expect(await told(world, { token: 'T0K', coupon: 'NONE', txid: 'A-2' })).toBe(
      'unmatched: no click id; the coupon is not known',
    )
    await archiveCoupon(world.store.db, { workspace: world.workspaceId, id }, WORLD_NOW)
    expect(await told(world, { token: 'T0K', coupon: 'SAVE10', txid: 'A-3' })).toContain('unmatched')
  })

  it('is looked for after every visit, the coupon before the affiliate', async () => {
    const { world, explicit } = await open()
    const other = await world.affiliate()
    await world.coupon({ name: 'SAVE10', affiliateId: other })
    const params = { ...explicit, coupon: 'SAVE10' }
    await send(world, { ...params, txid: '1', cid: world.visit() })
    await send(world, { ...params, txid: '2', cid: world.clickId() })
    await send(world, { ...params, txid: '3', coupon: 'OLD' })
    const found = (await conversions(world)).map(({ txid, attribution }) => `${txid} ${attribution}`)
    expect(found.sort()).toEqual(['1 cid', '2 coupon', '3 explicit'])
  })

  it('of another workspace’s coupon is never taken', async () => {
    const { world } = await open()
    await world.coupon({ name: 'SAVE10' })
    await createWorkspace(world.store.db, PLAIN_WORKSPACE, WORLD_NOW)
    // Nothing tells which of the workspaces is meant, but the token or the offer.
    expect(await told(world, { coupon: 'SAVE10', txid: 'A-1' })).toContain('unmatched')
    expect(await told(world, { coupon: 'SAVE10', txid: 'A-1', token: 'T0K' })).toBe('recorded')
  })

  it('needs a txid, and who proves to be its advertiser or is a member', async () => {
    const { world, explicit } = await open()
    const { affiliate, offer } = explicit
    const unproven = 'rejected: a conversion without a visit needs the token or signature of its advertiser'
    expect(await told(world, explicit)).toBe('rejected: a conversion without a visit needs a txid')
    expect(await told(world, { affiliate, offer, txid: 'A' })).toBe('unauthorized: the token is missing')
    await world.changeAdvertiser({ token: '', nextToken: 'T0K' })
    expect(await told(world, { ...explicit, txid: 'A' })).toBe(unproven)
    expect(await told(world, { affiliate, offer, txid: 'A' })).toBe(unproven)
    expect(await told(world, { affiliate, offer, txid: 'M' }, { kind: 'manual' })).toBe('recorded')
    await world.changeAdvertiser({ signingSecret: 'shh' })
    const body = `affiliate=${affiliate}&offer=${offer}&txid=S&ts=${Math.floor(world.time.now / 1_000)}`
    const rawQuery = `${body}&sig=${createHmac('sha256', 'shh').update(body).digest('hex')}`
    const signed = world.hit({}, { rawQuery, params: [...new URLSearchParams(rawQuery)] })
    expect(await world.judge.judge([signed])).toMatchObject([{ outcome: 'recorded' }])
    await world.changeTerms({ protocol: 'image' })
    const pixel = { ...signed, id: 'pixel', kind: 'image' } as const
    // Right as well, and known: a signature counts once.
    expect(await world.judge.judge([pixel])).toMatchObject([{ outcome: 'duplicate' }])
    expect((await conversions(world)).map(({ txid }) => txid).sort()).toEqual(['M', 'S'])
  })

  it.each(['image', 'iframe', 'script'] as const)(
    'is never taken from a pixel (%s) for its token, which pages show to everybody',
    async (protocol) => {
      const { world, explicit } = await open({ terms: { protocol } })
      const unproven = 'rejected: a conversion without a visit needs the token or signature of its advertiser'
      expect(await told(world, { ...explicit, txid: 'A' }, { kind: protocol })).toBe(unproven)
      await world.coupon({ name: 'SAVE10' })
      const coupon = { token: 'T0K', coupon: 'SAVE10', txid: 'B' }
      expect(await told(world, coupon, { kind: protocol })).toBe(unproven)
      expect(await conversions(world)).toEqual([])
    },
  )

  it('is for an offer that goes on, and an affiliate that may run it', async () => {
    const { world, explicit } = await open({ terms: { visibility: 'approval' } })
    const reasons: string[] = []
    const ask = async () => reasons.push(await told(world, { ...explicit, txid: `T${reasons.length}` }))
    await ask()
    await world.agree({ state: 'pending' })
    await ask()
    await world.agree({ state: 'approved' })
    await ask()
    await world.changeTerms({ status: 'paused' })
    await ask()
    await world.changeTerms({ status: 'active', expiresAt: world.time.now })
    await ask()
    await world.changeTerms({ expiresAt: world.time.now + 1 })
    await ask()
    const refused = 'rejected: the affiliate may not run the offer'
    expect(reasons).toEqual([
      refused,
      refused,
      'recorded',
      'rejected: the offer is paused',
      'rejected: the offer is expired',
      'recorded',
    ])
  })

  it('that names no offer of an advertiser, or no affiliate, is unmatched', async () => {
    const { world, explicit } = await open()
    expect(await told(world, { ...explicit, txid: 'A', affiliate: 'nobody' })).toBe(
      'unmatched: no click id; no affiliate has that id',
    )
    expect(await told(world, { ...explicit, txid: 'A', offer: 'nothing' })).toBe(
      'unmatched: no click id; no offer of an advertiser has that id',
    )
  })

  it('is made once by hits that come at once, to several processes', async () => {
    const options = await stores.options()
    const world = await buildNetworkWorld(await stores.open(options), { advertiser: { token: 'T0K' } })
    await world.coupon({ name: 'SAVE10' })
    const judges = [world.judge]
    for (const _ of [1, 2]) judges.push(world.anotherJudge(await stores.open(options)))
    const named = [{ affiliate: world.affiliateId, offer: world.offerId }, { coupon: 'SAVE10' }]
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const params = { token: 'T0K', txid: 'A-1', payout: '10', ...named[n % 2] }
        return await judges[n % 3]?.judge([world.hit(params)])
      }),
    )
    const outcomes = answers.flatMap((each) => each ?? []).map(({ outcome }) => outcome)
    expect(outcomes.sort()).toEqual([...Array.from({ length: 11 }, () => 'duplicate'), 'recorded'])
    expect(await conversions(world)).toHaveLength(1)
    expect(await outboxRows(world)).toHaveLength(1)
  })

  it('is changed by hits that come at once one after the other', async () => {
    const options = await stores.options()
    const world = await buildNetworkWorld(await stores.open(options), { advertiser: { token: 'T0K' } })
    const judges = [world.judge]
    for (const _ of [1, 2, 3, 4]) judges.push(world.anotherJudge(await stores.open(options)))
    const params = { token: 'T0K', txid: 'A-1', affiliate: world.affiliateId, offer: world.offerId }
    await send(world, { ...params, payout: '100' })
    const refunds = Array.from({ length: 15 }, (_, n) => world.hit({ ...params, payout: String(-n - 1) }))
    const answers = await Promise.all(refunds.map(async (hit, n) => await judges[n % 5]?.judge([hit])))
    expect(new Set(answers.flatMap((each) => each ?? []).map(({ outcome }) => outcome))).toEqual(
      new Set(['updated']),
    )
    expect(await conversions(world)).toMatchObject([{ saleMicros: -20_000_000, transitions: 16 }])
  })

  it('is changed by hand like any other, and no other with it', async () => {
    const { world, explicit } = await open()
    const { conversion: id = '' } = await send(world, { ...explicit, txid: 'A-1' })
    await send(world, { ...explicit, txid: 'A-2' })
    const deps = { store: world.store, ownHosts: [], clock: () => world.time.now }
    const deed = { workspace: world.workspaceId, id, reason: 'fraud', actor: 'user:u' }
    const change = { ...deed, payoutMicros: 1_000_000, confirmPayoutAboveRevenue: false }
    expect(await createAmountChanger(deps)(change)).toEqual({ ok: true })
    expect(await createStatusChanger(deps)({ ...deed, status: 'rejected' })).toEqual({ ok: true })
    const found = await conversions(world)
    expect(found.map(({ txid, status, payoutMicros }) => `${txid} ${status} ${payoutMicros}`).sort()).toEqual(
      ['A-1 rejected 1000000', 'A-2 approved 2000000'],
    )
  })

  it('leaves no trace on visits: neither numbers nor flags', async () => {
    const fraud = { ...DEFAULT_FRAUD_SETTINGS, tooFastSeconds: 60 }
    const { world, explicit } = await open({ workspace: { fraud } })
    await send(world, { ...explicit, txid: 'A-1', add_event1: '5' })
    const { db } = world.store
    expect(await db.selectFrom('visit_updates').selectAll().execute()).toEqual([])
    expect(await db.selectFrom('visit_numbers').selectAll().execute()).toEqual([])
  })
})
