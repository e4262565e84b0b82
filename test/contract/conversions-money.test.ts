import { describe, expect, it } from 'vitest'
import { createStatusChanger } from '../../src/conversions/change-status.ts'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import { parseAmount } from '../../src/domain/money.ts'
import { updateCampaign } from '../../src/store/campaigns.ts'
import { listConversions, type StoredConversion } from '../../src/store/conversions.ts'
import { createEventSettings, updateEventSettings } from '../../src/store/events.ts'
import { buildWorld, outboxRows, WORLD_NOW, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { pick, randomFrom } from '../support/random.ts'

describe.each(SQL_ENGINES)('the money of conversions on %s', (engine) => {
  const stores = useStores(engine)

  async function send(
    world: World,
    params: Record<string, string>,
    changes?: Partial<Hit>,
  ): Promise<HitAnswer> {
    world.time.now += 1_000
    const [answer] = await world.judge.judge([world.hit(params, changes)])
    if (answer === undefined) throw new Error('no answer')
    return answer
  }

  it('goes where the settings of its event say, also when they change afterwards', async () => {
    const world = await buildWorld(await stores.open(), { offer: { events: [] } })
    const settings = await createEventSettings(
      world.store.db,
      world.workspaceId,
      { name: 'Fee', counts: { conversion: false, revenue: false, cost: true } },
      WORLD_NOW,
    )
    const cid = world.visit()
    await send(world, { cid, event: 'sale', payout: '5' })
    await send(world, { cid, event: 'fee', payout: '2' })
    const key = { workspace: world.workspaceId, id: settings.id }
    const counts = { conversion: true, revenue: true, cost: false }
    await updateEventSettings(world.store.db, key, { counts }, WORLD_NOW)
    await send(world, { cid, event: 'fee', payout: '3' })
    await send(world, { cid, event: 'FEE', status: 'rejected' })
    const rows = await outboxRows(world)
    expect(rows.map((row) => [row.kind, row.conversions, row.events, row.revenue, row.cost])).toEqual([
      ['conversion', 1, undefined, '5.000000', undefined],
      ['event', undefined, 1, undefined, '2.000000'],
      ['event', undefined, undefined, undefined, '1.000000'],
      ['event', undefined, -1, undefined, '-3.000000'],
      ['event', undefined, 1, undefined, undefined],
    ])
  })

  it('owed to the source is the campaign’s amount for each conversion, and given back with it', async () => {
    const cpa = { type: 'cpa', amountMicros: 800_000, currency: 'EUR' } as const
    const world = await buildWorld(await stores.open(), { campaign: { costModel: cpa } })
    const cid = world.visit()
    const { conversion = '' } = await send(world, { cid, payout: '5' })
    const [stored] = await conversions(world)
    expect(stored).toMatchObject({ costMicros: 1_000_000, reason: '' })
    await createStatusChanger({ store: world.store, ownHosts: [], clock: () => world.time.now })({
      workspace: world.workspaceId,
      id: conversion,
      status: 'rejected',
      reason: '',
      actor: 'user:u',
    })
    expect((await outboxRows(world)).map((row) => [row.status, row.cost])).toEqual([
      ['approved', '1.000000'],
      ['approved', '-1.000000'],
      ['rejected', undefined],
    ])
    await expectStateIsSum(world)
  })

  it('owed to the source is a share of the revenue, and follows it', async () => {
    const costModel = { type: 'revshare', percent: 12.5 } as const
    const world = await buildWorld(await stores.open(), { campaign: { costModel } })
    const cid = world.visit()
    await send(world, { cid, payout: '8', txid: 'T' })
    await send(world, { cid, payout: '-2', txid: 'T' })
    expect(await conversions(world)).toMatchObject([{ revenueMicros: 6_000_000, costMicros: 750_000 }])
    // By what was agreed when it was recorded: another model is for later conversions.
    const key = { workspace: world.workspaceId, id: world.campaignId }
    await updateCampaign(world.store.db, key, { costModel: { type: 'none' } }, WORLD_NOW)
    await send(world, { cid, status: 'rejected', txid: 'T' })
    expect((await outboxRows(world)).map((row) => row.cost)).toEqual([
      '1.000000',
      '-0.250000',
      '-0.750000',
      undefined,
    ])
  })

  it('is recorded although the cost has no exchange rate, which its reason says', async () => {
    const cpa = { type: 'cpa', amountMicros: 1, currency: 'JPY' } as const
    const world = await buildWorld(await stores.open(), { campaign: { costModel: cpa } })
    expect(await send(world, { cid: world.visit(), payout: '5' })).toMatchObject({ outcome: 'recorded' })
    const [stored] = await conversions(world)
    expect(stored).toMatchObject({ costMicros: 0, reason: expect.stringContaining('JPY → USD') })
  })

  it('of a fixed payout is the offer’s whatever is sent, which is kept', async () => {
    const world = await buildWorld(await stores.open(), {
      offer: { payoutMode: 'fixed', payoutMicros: 2_000_000, currency: 'EUR' },
    })
    const cid = world.visit()
    await send(world, { cid, payout: '99', currency: 'JPY', txid: 'A' })
    expect(await send(world, { cid, payout: '77', txid: 'A' })).toMatchObject({ outcome: 'duplicate' })
    expect(await conversions(world)).toMatchObject([
      { revenueMicros: 2_500_000, originalMicros: 99_000_000, originalCurrency: 'JPY', rateMicros: 0 },
    ])
    await send(world, { cid, payout: '-1', txid: 'A' })
    expect(await conversions(world)).toMatchObject([{ revenueMicros: 0 }])
  })

  it('follows the policy of the URL, then of the event, then of the network', async () => {
    const world = await buildWorld(await stores.open(), {
      offer: { events: [] },
      network: { duplicatePolicy: 'ignore', eventPolicies: { Rebill: 'add' } },
    })
    const cid = world.visit()
    const outcomes = []
    for (const event of ['sale', 'sale', 'rebill', 'REBILL'])
      outcomes.push((await send(world, { cid, event, payout: '1' })).outcome)
    outcomes.push((await send(world, { cid, event: 'rebill' }, { duplicatePolicy: 'ignore' })).outcome)
    expect(outcomes).toEqual(['recorded', 'duplicate', 'recorded', 'recorded', 'duplicate'])
  })

  it('of an upsell is added, of a refund taken back; the refund is no conversion', async () => {
    const world = await buildWorld(await stores.open(), { network: { duplicatePolicy: 'add' } })
    const cid = world.visit()
    await send(world, { cid, payout: '30', txid: 'A' })
    await send(world, { cid, payout: '12', txid: 'A-upsell' })
    await send(world, { cid, payout: '-30', txid: 'A-refund' })
    const rows = await outboxRows(world)
    expect(rows.map((row) => [row.kind, row.conversions, row.events, row.revenue])).toEqual([
      ['conversion', 1, undefined, '30.000000'],
      ['conversion', 1, undefined, '12.000000'],
      ['event', undefined, 1, '-30.000000'],
    ])
  })

  it('reported by a member needs no token, address, window or map, only sense', async () => {
    const world = await buildWorld(await stores.open(), {
      network: {
        token: 'T0KEN',
        signingSecret: 'shh',
        ipAllowlist: ['198.51.100.7'],
        clickToConversionMaxMs: 1,
        statusMap: { pending: 'ignore' },
      },
    })
    for (const kind of ['upload', 'manual'] as const) {
      const cid = world.visit()
      expect(await send(world, { cid, status: 'pending' }, { kind, ip: '' })).toMatchObject({
        outcome: 'recorded',
        clickId: cid,
      })
      expect(await send(world, { cid, status: 'wibble' }, { kind, ip: '' })).toMatchObject({
        outcome: 'rejected',
      })
    }
    const stored = await conversions(world)
    expect(stored.map(({ status }) => status)).toEqual(['pending', 'pending'])
  })

  it('is the sum of the ledger’s rows, whatever came', { timeout: 60_000 }, async () => {
    const world = await buildWorld(await stores.open(), {
      offer: { events: [] },
      network: { eventPolicies: { b: 'add', c: 'ignore', d: 'replace' } },
      campaign: { costModel: { type: 'revshare', percent: 33.3 } },
    })
    for (const [name, counts] of [
      ['b', { conversion: false, revenue: true, cost: false }],
      ['d', { conversion: true, revenue: false, cost: true }],
    ] as const)
      await createEventSettings(world.store.db, world.workspaceId, { name, counts }, WORLD_NOW)
    const random = randomFrom(42)
    const cids = [world.visit(), world.visit()]
    for (let round = 0; round < 25; round++) {
      const hits = Array.from({ length: 8 }, () =>
        world.hit({
          cid: pick(random, cids),
          event: pick(random, ['a', 'b', 'c', 'd']),
          txid: pick(random, ['', 'T', 'U']),
          status: pick(random, ['', 'pending', 'approved', 'rejected', 'refund', 'trash']),
          payout: pick(random, ['', '0', '1.23', '7', '-1', '-0.5', '1000']),
        }),
      )
      world.time.now += 1_000
      await world.judge.judge(hits)
    }
    expect((await conversions(world)).length).toBeGreaterThan(8)
    await expectStateIsSum(world)
  })

  async function conversions(world: World): Promise<readonly StoredConversion[]> {
    return (await listConversions(world.store.db, world.workspaceId, {}, { limit: 500 })).items
  }

  async function expectStateIsSum(world: World): Promise<void> {
    const rows = Map.groupBy(await outboxRows(world), (row) => row.conversion_id)
    for (const { id, status, counts, revenueMicros, costMicros } of await conversions(world)) {
      const own = rows.get(id) ?? []
      const sum = (name: 'revenue' | 'cost') => own.reduce((total, row) => total + micros(row[name]), 0)
      const earns = status === 'pending' || status === 'approved'
      expect(sum('revenue')).toBe(earns && counts.revenue ? revenueMicros : 0)
      expect(sum('cost')).toBe(earns ? costMicros + (counts.cost ? revenueMicros : 0) : 0)
      const present = own.filter((row) => row.status === status)
      const count = present.reduce((total, row) => total + (row.conversions ?? row.events ?? 0), 0)
      expect(count).toBe(1)
    }
  }
})

function micros(decimal: string | undefined): number {
  const parsed = parseAmount(decimal ?? '0')
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.micros
}
