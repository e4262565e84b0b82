import { describe, expect, it } from 'vitest'
import { BULK_STATUS_JOB } from '../../src/conversions/bulk-status.ts'
import { createJob, getJob } from '../../src/store/jobs.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { type ConversionsRig, openConversionsRig } from './api-conversions-rig.ts'

const MINUTE_MS = 60_000

describe.each(SQL_ENGINES)('conversions of a filter on %s', (engine) => {
  const stores = useStores(engine)

  /** A sale approved at the start, a lead that waits a minute later, and a rejected sale two minutes later. */
  async function threeConversions() {
    const rig = await openConversionsRig(stores)
    const { world } = rig
    const startedAt = world.time.now
    const visits = [world.visit({ external_id: 'their-1' }), world.visit(), world.visit()] as const
    const hits = [
      { cid: visits[0], event: 'sale', payout: '10', txid: 'T1' },
      { cid: visits[1], event: 'lead', payout: '4', txid: 'T2', status: 'pending' },
      { cid: visits[2], event: 'sale', payout: '7', txid: 'T3', status: 'rejected' },
    ]
    for (const hit of hits) {
      await world.judge.judge([world.hit(hit)])
      world.time.now += MINUTE_MS
    }
    return { rig, visits, startedAt }
  }

  it('are those recorded from one moment until before another', async () => {
    const { rig, startedAt } = await threeConversions()
    const from = toText(startedAt + MINUTE_MS)
    const to = toText(startedAt + 2 * MINUTE_MS)
    expect(await txidsOf(rig, `createdFrom=${from}`)).toEqual(['T3', 'T2'])
    expect(await txidsOf(rig, `createdTo=${to}`)).toEqual(['T2', 'T1'])
    expect(await txidsOf(rig, `createdFrom=${from}&createdTo=${to}`)).toEqual(['T2'])
  })

  it('are found by their transaction, external id, click id or own id', async () => {
    const { rig, visits } = await threeConversions()
    const { body } = await rig.send('GET', '/conversions?event=lead')
    for (const [text, txid] of [
      ['T3', 'T3'],
      ['their-1', 'T1'],
      [visits[1], 'T2'],
      [body.items[0].id, 'T2'],
    ]) {
      expect(await txidsOf(rig, `anyId=${text}`)).toEqual([txid])
    }
    expect(await txidsOf(rig, 'anyId=T')).toEqual([])
  })

  it('are those of one network or source', async () => {
    const { rig } = await threeConversions()
    const { body } = await rig.send('GET', '/conversions')
    const { affiliateNetworkId, trafficSourceId } = body.items[0]
    expect(await txidsOf(rig, `affiliateNetworkId=${affiliateNetworkId}`)).toHaveLength(3)
    expect(await txidsOf(rig, `trafficSourceId=${trafficSourceId}`)).toHaveLength(3)
    expect(await txidsOf(rig, 'affiliateNetworkId=another')).toEqual([])
    expect(await txidsOf(rig, 'trafficSourceId=another')).toEqual([])
  })

  it('come to sums, of all and of each status', async () => {
    const { rig } = await threeConversions()
    const all = await rig.send('GET', '/conversions/totals')
    expect(all.body).toMatchObject({ count: 3, isWhole: true, payout: '0', cost: '0' })
    const { body } = await rig.send('GET', '/conversions')
    const revenueOf = new Map(
      body.items.map((each: { status: string; revenue: string }) => [each.status, each.revenue]),
    )
    expect(all.body.byStatus).toMatchObject(
      ['approved', 'pending', 'rejected'].map((status) => ({
        status,
        count: 1,
        revenue: revenueOf.get(status),
      })),
    )
    const sales = await rig.send('GET', '/conversions/totals?event=sale&status=approved')
    expect(sales.body).toMatchObject({ count: 1, revenue: '10', byStatus: [{ status: 'approved' }] })
    const none = await rig.send('GET', '/conversions/totals?event=none')
    expect(none.body).toMatchObject({ count: 0, revenue: '0', byStatus: [], isWhole: true })
  })

  it('are changed together, those recorded then alone, also by a job', async () => {
    const { rig, startedAt } = await threeConversions()
    const filter = { createdFrom: toText(startedAt + MINUTE_MS), event: 'lead' }
    const change = { status: 'approved', reason: 'invoice' }
    const { body } = await rig.send('POST', '/conversions/bulk-status', { ...change, filter })
    expect(body).toMatchObject({ changed: 1, refused: 0 })
    expect(await txidsOf(rig, 'status=approved')).toEqual(['T2', 'T1'])

    const { db } = rig.api.store
    const workspace = rig.world.workspaceId
    const params = { filter: { createdTo: startedAt + MINUTE_MS }, status: 'rejected', reason: 'fraud' }
    const order = { workspace, kind: BULK_STATUS_JOB, params, actor: 'user:1', total: 1 }
    const { id } = await createJob(db, order, rig.world.time.now)
    await rig.finishJob(id)
    expect(await getJob(db, { workspace, id })).toMatchObject({ state: 'done', result: { changed: 1 } })
    expect(await txidsOf(rig, 'status=rejected')).toEqual(['T3', 'T1'])
  })
})

function toText(at: number): string {
  return new Date(at).toISOString()
}

/** Newest first. */
async function txidsOf(rig: ConversionsRig, query: string): Promise<readonly string[]> {
  const { status, body } = await rig.send('GET', `/conversions?${query}`)
  expect(status).toBe(200)
  return body.items.map(({ txid }: { txid: string }) => txid)
}
