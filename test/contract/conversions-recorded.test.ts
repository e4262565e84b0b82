import { describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { type Delivery, listDeliveries } from '../../src/store/deliveries.ts'
import { updateNotificationTarget } from '../../src/store/notification-targets.ts'
import { buildWorld, WORLD_NOW, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

describe.each(SQL_ENGINES)('what a recorded hit leaves on %s', (engine) => {
  const stores = useStores(engine)

  it('for the ledger are signed rows with the visit’s dimensions, whose sum is the present state', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit({ sub1: 'blue' })
    for (const params of [
      { payout: '5', status: 'pending' },
      { payout: '6', status: 'approved' },
      { status: 'rejected' },
    ]) {
      world.time.now += 1_000
      await world.judge.judge([world.hit({ cid, txid: 'T', ...params })])
    }
    const rows = await outboxRows(world)
    expect(rows.map((row) => [row.status, row.conversions, row.revenue])).toEqual([
      ['pending', 1, '5.000000'],
      ['pending', -1, '-5.000000'],
      ['approved', 1, '6.000000'],
      ['approved', -1, '-6.000000'],
      ['rejected', 1, undefined],
    ])
    for (const row of rows) {
      expect(row).toMatchObject({
        kind: 'conversion',
        workspace: world.workspaceId,
        click_id: cid,
        visit_at: WORLD_NOW - 60_000,
        campaign_id: world.campaignId,
        offer_id: world.offerId,
        sub1: 'blue',
        event: 'sale',
        txid: 'T',
      })
      expect(row.visits).toBeUndefined()
      expect(row.cost).toBeUndefined()
    }
    expect(rows.map((row) => row.at - WORLD_NOW)).toEqual([1_000, 2_000, 2_000, 3_000, 3_000])
  })

  it('for the traffic source is a delivery, its URL filled, due after the delay', async () => {
    const world = await buildWorld(await stores.open())
    const target = await world.target({ delaySeconds: 60 })
    const cid = world.visit({ external_id: 'EX T/1' })
    const [answer] = await world.judge.judge([world.hit({ cid, payout: '1.25' })])
    expect(await deliveries(world)).toMatchObject([
      {
        conversionId: answer?.conversion,
        transition: 1,
        targetId: target,
        clickId: cid,
        state: 'pending',
        url: 'https://source.example/cv?id=EX%20T%2F1&sum=1.25&st=approved&c=Spring%20sale',
        dueAt: WORLD_NOW + 60_000,
        attempts: 0,
      },
    ])
  })

  it('for a POST target is a filled body', async () => {
    const world = await buildWorld(await stores.open())
    await world.target({
      method: 'POST',
      bodyTemplate: '{"id":"{clickid}","p":"{p1}"}',
      contentType: 'application/json',
    })
    const cid = world.visit()
    await world.judge.judge([world.hit({ cid, p1: 'say "hi"' })])
    const [delivery] = await deliveries(world)
    expect(JSON.parse(delivery?.body ?? '')).toEqual({ id: cid, p: 'say "hi"' })
  })

  it('for a campaign is a delivery too, for another campaign or source none', async () => {
    const world = await buildWorld(await stores.open())
    const mine = await world.target({ ownerType: 'campaign', ownerId: world.campaignId })
    await world.target({ ownerType: 'campaign', ownerId: 'another' })
    await world.target({ ownerId: 'another' })
    await world.judge.judge([world.hit({ cid: world.visit() })])
    expect((await deliveries(world)).map((delivery) => delivery.targetId)).toEqual([mine])
  })

  it.each([
    ['payout 0', { onlyWithPayout: true }, {}],
    ['event filter', { events: ['deposit'] }, {}],
    ['status filter', { statuses: ['rejected'] as const }, {}],
    ['disabled', { status: 'disabled' as const }, {}],
    ['loop', { url: 'https://track.example/postback?cid={clickid}' }, {}],
    ['loop', { url: 'https://{p1}/postback?cid={clickid}' }, { p1: 'track.example' }],
    ['the target can not be rendered', { url: 'https://x.example/?a={nonsense}' }, {}],
  ])('that is not sent (%s) is kept with the reason', async (reason, changes, params) => {
    const world = await buildWorld(await stores.open())
    await world.target(changes)
    await world.judge.judge([world.hit({ cid: world.visit(), payout: '0', ...params })])
    expect(await deliveries(world)).toMatchObject([
      { state: 'skipped', reason: expect.stringContaining(reason) },
    ])
  })

  it('tells a target of each new status once, and of the first conversion only if so set', async () => {
    const world = await buildWorld(await stores.open())
    await world.target({ onlyFirst: true })
    const cid = world.visit()
    await world.judge.judge([
      world.hit({ cid, event: 'sale', payout: '1', status: 'pending' }),
      world.hit({ cid, event: 'lead', payout: '1' }),
      world.hit({ cid, event: 'sale', payout: '2', status: 'pending' }),
      world.hit({ cid, event: 'sale', status: 'approved' }),
    ])
    const told = (await deliveries(world)).map(
      ({ transition, state, reason }) => `${transition} ${state} ${reason}`,
    )
    expect(told.toSorted()).toEqual([
      '1 pending ',
      '1 skipped not first',
      '2 skipped status unchanged',
      '3 pending ',
    ])
  })

  it('follows a change of the target at once', async () => {
    const world = await buildWorld(await stores.open())
    const id = await world.target()
    await world.judge.judge([world.hit({ cid: world.visit() })])
    const key = { workspace: world.workspaceId, id }
    await updateNotificationTarget(world.store.db, key, { url: 'https://new.example/' }, WORLD_NOW)
    await world.judge.judge([world.hit({ cid: world.visit() })])
    expect((await deliveries(world)).map((delivery) => new URL(delivery.url).hostname).toSorted()).toEqual([
      'new.example',
      'source.example',
    ])
  })

  it('goes by the last click: its offer, its network', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit({ offer_id: 'first', affiliate_network_id: 'firstnet' })
    const visit = world.visits.get(cid)
    if (visit === undefined) throw new Error('no visit')
    world.visits.set(cid, { ...visit, lastClickOfferId: world.offerId, lastClickNetworkId: world.networkId })
    await world.judge.judge([world.hit({ cid })])
    expect(await outboxRows(world)).toMatchObject([
      { offer_id: world.offerId, affiliate_network_id: world.networkId },
    ])
  })

  async function deliveries(world: World): Promise<readonly Delivery[]> {
    return (await listDeliveries(world.store.db, world.workspaceId, {}, { limit: 50 })).items
  }

  async function outboxRows(world: World): Promise<LedgerRow[]> {
    const rows = await world.store.db.selectFrom('ledger_outbox').select('row_json').orderBy('seq').execute()
    return rows.map((row) => JSON.parse(row.row_json))
  }
})
