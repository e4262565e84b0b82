import { describe, expect, it } from 'vitest'
import type { HitAnswer } from '../../src/domain/hit.ts'
import { NO_AFFILIATE_CAPS, NO_CAPS } from '../../src/domain/offer-terms.ts'
import { listConversions } from '../../src/store/conversions.ts'
import { outboxRows } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import {
  buildNetworkWorld,
  type NetworkSettingsOfWorld,
  type NetworkWorld,
} from '../support/network-world.ts'

async function send(world: NetworkWorld, params: Record<string, string>): Promise<HitAnswer> {
  const [answer] = await world.judge.judge([world.hit(params)])
  if (answer === undefined) throw new Error('no answer')
  return answer
}

async function conversions({ store, workspaceId }: NetworkWorld) {
  return (await listConversions(store.db, workspaceId, {}, { limit: 500 })).items
}

describe.each(SQL_ENGINES)('an order that is reported by its click and without one, on %s', (engine) => {
  const stores = useStores(engine)

  async function open(settings: NetworkSettingsOfWorld = {}) {
    const world = await buildNetworkWorld(await stores.open(), { advertiser: { token: 'T0K' }, ...settings })
    const order = { token: 'T0K', txid: 'ORDER-1', payout: '10' }
    const clickless = { ...order, affiliate: world.affiliateId, offer: world.offerId }
    return { world, order, clickless }
  }

  it('is paid once, whichever comes first', async () => {
    const { world, order, clickless } = await open()
    await world.coupon({ name: 'SUMMER' })
    const byClick = { ...order, cid: world.visit() }
    const first = await send(world, byClick)
    const again = { outcome: 'duplicate', conversion: first.conversion }
    expect(await send(world, { ...order, coupon: 'summer' })).toMatchObject(again)
    expect(await send(world, clickless)).toMatchObject(again)
    const second = await send(world, { ...clickless, txid: 'ORDER-2' })
    expect(await send(world, { ...byClick, txid: 'ORDER-2' })).toMatchObject({
      outcome: 'duplicate',
      conversion: second.conversion,
    })
    expect(await conversions(world)).toHaveLength(2)
    expect(await outboxRows(world)).toHaveLength(2)
  })

  it('is paid once when both come in one batch, or at once to several processes', async () => {
    const options = await stores.options()
    const world = await buildNetworkWorld(await stores.open(options), { advertiser: { token: 'T0K' } })
    const judges = [world.judge]
    judges.push(world.anotherJudge(await stores.open(options)))
    // A judge that has yet to read the configuration would come too late to meet the other.
    for (const judge of judges) await judge.judge([world.hit({ cid: 'none' })])
    const orders = Array.from({ length: 24 }, (_, n) => ({ token: 'T0K', txid: `ORDER-${n}` }))
    const byClick = orders.map((order) => world.hit({ ...order, cid: world.visit() }))
    const named = { affiliate: world.affiliateId, offer: world.offerId }
    const clickless = orders.map((order) => world.hit({ ...order, ...named }))
    const batches = [[...byClick, ...clickless.slice(20)], clickless.slice(0, 20)]
    const answers = await Promise.all(
      batches.map(async (batch, n) => (await judges[n % 2]?.judge(batch)) ?? []),
    )
    const outcomes = answers.flat().map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(24)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(24)
    expect(await conversions(world)).toHaveLength(24)
  })

  it('is taken back by a refund that names no click', async () => {
    const { world, order, clickless } = await open()
    const cid = world.visit()
    const sale = await send(world, { ...order, cid })
    await send(world, { ...order, cid, txid: 'ORDER-2' })
    expect(await send(world, { ...clickless, status: 'refund' })).toMatchObject({
      outcome: 'updated',
      conversion: sale.conversion,
    })
    const found = (await conversions(world)).map(
      ({ txid, status, clickId }) => `${txid} ${status} ${clickId}`,
    )
    expect(found.sort()).toEqual([`ORDER-1 rejected ${cid}`, `ORDER-2 approved ${cid}`])
  })

  it('is taken back by a refund with the coupon, whoever has that by now', async () => {
    const { world, order } = await open()
    const id = await world.coupon({ name: 'SPRING' })
    const sale = await send(world, { ...order, coupon: 'SPRING' })
    await moveCoupon(world, id, await world.affiliate())
    expect(await send(world, { ...order, coupon: 'SPRING', status: 'refund' })).toMatchObject({
      outcome: 'updated',
      conversion: sale.conversion,
    })
    expect(await conversions(world)).toMatchObject([{ affiliateId: world.affiliateId, status: 'rejected' }])
  })

  it('is another one for another offer, event or advertiser’s transaction', async () => {
    const { world, order, clickless } = await open()
    await send(world, { ...order, cid: world.visit() })
    const others = [{ offer: await world.offer() }, { event: 'deposit' }, { txid: 'order-1' }]
    for (const other of others)
      expect(await send(world, { ...clickless, ...other })).toMatchObject({ outcome: 'recorded' })
    expect(await conversions(world)).toHaveLength(4)
  })

  it('of two clicks is two, and a report without a click is about its affiliate’s', async () => {
    const { world, order, clickless } = await open()
    const other = await world.affiliate()
    const own = await send(world, { ...order, cid: world.visit() })
    expect(await send(world, { ...order, cid: world.visit({ affiliate_id: other }) })).toMatchObject({
      outcome: 'recorded',
    })
    expect(await send(world, { ...clickless, status: 'refund' })).toMatchObject({
      conversion: own.conversion,
    })
    const found = (await conversions(world)).map(({ affiliateId, status }) => [affiliateId, status])
    expect(found).toHaveLength(2)
    expect(found).toEqual(
      expect.arrayContaining([
        [world.affiliateId, 'rejected'],
        [other, 'approved'],
      ]),
    )
  })

  it('takes a larger amount from the caps of the affiliate that it is owed to', async () => {
    const { world, order, clickless } = await open({
      terms: { payout: { model: 'percent', percent: 10 }, revenue: { model: 'percent', percent: 20 } },
    })
    const payoutMicros = { ...NO_CAPS, total: 2_000_000 }
    await world.agree({ caps: { ...NO_AFFILIATE_CAPS, payoutMicros } })
    const other = await world.affiliate()
    await send(world, { ...order, cid: world.visit() })
    const report = { ...clickless, affiliate: other }
    expect(await send(world, { ...report, payout: '21' })).toMatchObject({ outcome: 'rejected' })
    expect(await send(world, { ...report, payout: '20' })).toMatchObject({ outcome: 'updated' })
    expect(await conversions(world)).toMatchObject([
      { affiliateId: world.affiliateId, payoutMicros: 2_000_000 },
    ])
  })
})

async function moveCoupon({ store }: NetworkWorld, id: string, affiliateId: string): Promise<void> {
  await store.db.updateTable('coupons').set({ affiliate_id: affiliateId }).where('id', '=', id).execute()
}
