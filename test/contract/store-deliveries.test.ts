import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import {
  enqueueDeliveries as enqueue,
  getWithAttempts,
  listDeliveries,
  replay,
} from '../../src/store/deliveries.ts'
import { cancelDelivery } from '../../src/store/delivery-bulk.ts'
import { type FinishedAttempt, finishAttempts } from '../../src/store/delivery-finish.ts'
import { releaseLeases } from '../../src/store/delivery-leases.ts'
import { COUNTED_PENDING_MAX, countPending } from '../../src/store/delivery-queue-depth.ts'
import { newDelivery } from '../../src/store/new-delivery.ts'
import type { Db } from '../../src/store/transaction.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { addTargetsOfDeliveries, claimDue } from '../support/delivery-queue.ts'

const NOW = 1_795_000_000_000
const LEASE_MS = 30_000

function delivery(n: number, dueAt = NOW) {
  return {
    id: `d${String(n).padStart(4, '0')}`,
    workspace: 'w1',
    conversion_id: `conv${n}`,
    transition: 1,
    target_id: 't1',
    click_id: `click${n}`,
    type: 'postback',
    method: 'GET',
    url: 'https://source.example/',
    body: '',
    content_type: '',
    state: 'pending' as const,
    reason: '',
    due_at: dueAt,
    lease_owner: null,
    lease_until: null,
    attempts: 0,
    attempts_before: 0,
    created_at: NOW,
    updated_at: NOW,
  }
}

async function enqueueDeliveries(db: Db, rows: Parameters<typeof enqueue>[1]): Promise<void> {
  await enqueue(db, rows)
  await addTargetsOfDeliveries({ db })
}

function attempt(id: string, workerId: string, state: FinishedAttempt['state']): FinishedAttempt {
  return {
    deliveryId: id,
    workerId,
    startedAt: NOW,
    durationMs: 12,
    phasesJson: null,
    requestJson: '{}',
    responseStatus: state === 'delivered' ? 200 : null,
    responseHeadersJson: '{}',
    responseBody: '',
    error: state === 'delivered' ? '' : 'timeout',
    state,
    reason: '',
    dueAt: NOW + 5_000,
    now: NOW + 12,
  }
}

describe.each(SQL_ENGINES)('the delivery queue on %s', (engine) => {
  const stores = useStores(engine)

  it('gives a due delivery to one worker only, however many ask at once', async () => {
    const options = await stores.options()
    const workers = await Promise.all(Array.from({ length: 4 }, () => stores.open(options)))
    await enqueueDeliveries(
      (await stores.open(options)).db,
      Array.from({ length: 200 }, (_, n) => delivery(n)),
    )
    const claimed: string[] = []
    async function work(db: Db, index: number): Promise<void> {
      // Bounded: a queue that gives one delivery again and again fails the test and does not hang it.
      for (let round = 0; round < 200; round++) {
        const request = { now: NOW, workerId: `worker${index}`, leaseMs: LEASE_MS, limit: 7 }
        const got = await claimDue({ db: db, engine }, request)
        if (got.length === 0) return
        expect(got.length).toBeLessThanOrEqual(7)
        claimed.push(...got.map((item) => item.id))
      }
    }
    await Promise.all(workers.map((worker, index) => work(worker.db, index)))
    expect(claimed.length).toBe(200)
    expect(new Set(claimed).size).toBe(200)
  })

  it('takes what an affiliate is told and what a webhook is told together', async () => {
    const { db } = await stores.open()
    const call = { method: 'POST' as const, url: 'https://hook.example/', body: '{}', contentType: '' }
    const webhook = newDelivery({ id: 't2', type: 'postback', system: '' }, call, NOW)
    await enqueueDeliveries(db, [
      { ...delivery(1), affiliate_id: 'a1' },
      { ...delivery(2), ...webhook },
    ])
    const { items } = await listDeliveries(db, 'w1', {}, { limit: 10 })
    const told = new Map(items.map(({ targetId, affiliateId }) => [targetId, affiliateId]))
    expect(Object.fromEntries(told)).toEqual({ t1: 'a1', t2: '' })
  })

  it('gives the longest due first, and what is not due not at all', async () => {
    const { db } = await stores.open()
    await enqueueDeliveries(db, [delivery(1, NOW), delivery(2, NOW - 10), delivery(3, NOW + 1)])
    const got = await claimDue({ db: db, engine }, { now: NOW, workerId: 'a', leaseMs: LEASE_MS, limit: 10 })
    expect(got.map((item) => item.id)).toEqual(['d0002', 'd0001'])
    expect(await countPending(db, NOW)).toEqual({ pending: 3, due: 2 })
  })

  it('is counted up to a limit, however much waits', async () => {
    const { db } = await stores.open()
    await enqueueDeliveries(db, [delivery(1)])
    const columns = sql`workspace, conversion_id, target_id, click_id, type, method, url, body, content_type, host, state,
      reason, due_at, attempts, attempts_before, created_at, updated_at`
    await sql`
      insert into deliveries (id, transition, ${columns})
      with recursive n (i) as (select 2 union all select i + 1 from n where i < ${COUNTED_PENDING_MAX + 10})
      select 'x' || i, i, ${columns} from n cross join deliveries where deliveries.id = 'd0001'
    `.execute(db)
    const counted = { pending: COUNTED_PENDING_MAX, due: COUNTED_PENDING_MAX }
    expect(await countPending(db, NOW)).toEqual(counted)
  })

  it('gives the news of a conversion to a target in their order, one at a time', async () => {
    const { db } = await stores.open()
    const news = (n: number, changes: object) => ({ ...delivery(n, NOW - n), conversion_id: 'c', ...changes })
    await enqueueDeliveries(db, [
      news(1, { transition: 1, target_id: 'slow' }),
      news(2, { transition: 2, target_id: 'slow' }),
      news(3, { transition: 3, target_id: 'slow' }),
      news(4, { transition: 2, target_id: 'other' }),
    ])
    const claim = async (workerId: string) =>
      (await claimDue({ db: db, engine }, { now: NOW, workerId, leaseMs: LEASE_MS, limit: 10 })).map(
        ({ id }) => id,
      )
    expect((await claim('a')).sort()).toEqual(['d0001', 'd0004'])
    expect(await claim('b')).toEqual([])
    await finishAttempts(db, [attempt('d0001', 'a', 'dead')])
    expect(await claim('b')).toEqual(['d0002'])
    await finishAttempts(db, [attempt('d0002', 'b', 'delivered')])
    expect(await claim('b')).toEqual(['d0003'])
  })

  it('gives a delivery again when the lease of a dead worker has run out', async () => {
    const { db } = await stores.open()
    await enqueueDeliveries(db, [delivery(1)])
    const request = { now: NOW, workerId: 'dead', leaseMs: LEASE_MS, limit: 1 }
    expect(await claimDue({ db: db, engine }, request)).toHaveLength(1)
    expect(
      await claimDue({ db: db, engine }, { ...request, now: NOW + LEASE_MS - 1, workerId: 'b' }),
    ).toEqual([])
    const again = await claimDue({ db: db, engine }, { ...request, now: NOW + LEASE_MS, workerId: 'b' })
    expect(again).toMatchObject([{ id: 'd0001', leaseOwner: 'b' }])
  })

  it('records every attempt, and the state only for the holder of the lease', async () => {
    const { db } = await stores.open()
    await enqueueDeliveries(db, [delivery(1)])
    await claimDue({ db: db, engine }, { now: NOW, workerId: 'slow', leaseMs: 1, limit: 1 })
    await claimDue({ db: db, engine }, { now: NOW + 1, workerId: 'quick', leaseMs: LEASE_MS, limit: 1 })
    await finishAttempts(db, [attempt('d0001', 'quick', 'delivered')])
    await finishAttempts(db, [attempt('d0001', 'slow', 'pending')])
    const story = await getWithAttempts(db, 'd0001')
    expect(story?.delivery).toMatchObject({ state: 'delivered', attempts: 2, leaseOwner: null })
    expect(story?.attempts.map((item) => [item.n, item.responseStatus, item.error])).toEqual([
      [1, 200, ''],
      [2, null, 'timeout'],
    ])
  })

  it('is tried again when due, and after a replay under the same id with a fresh schedule', async () => {
    const { db } = await stores.open()
    await enqueueDeliveries(db, [delivery(1)])
    const request = { workerId: 'a', leaseMs: LEASE_MS, limit: 1 }
    await claimDue({ db: db, engine }, { ...request, now: NOW })
    await finishAttempts(db, [attempt('d0001', 'a', 'pending')])
    expect(await claimDue({ db: db, engine }, { ...request, now: NOW + 4_999 })).toEqual([])
    expect(await claimDue({ db: db, engine }, { ...request, now: NOW + 5_000 })).toHaveLength(1)
    await finishAttempts(db, [attempt('d0001', 'a', 'dead')])
    expect(await claimDue({ db: db, engine }, { ...request, now: NOW + 99_999 })).toEqual([])

    const replayed = await replay(db, 'd0001', NOW + 100_000)
    expect(replayed).toMatchObject({ id: 'd0001', state: 'pending', attempts: 2, attemptsBefore: 2 })
    expect(await claimDue({ db: db, engine }, { ...request, now: NOW + 100_000 })).toHaveLength(1)
  })

  it('never sends what a rule skipped, and nothing that was cancelled', async () => {
    const { db } = await stores.open()
    const skipped = { ...delivery(1), state: 'skipped' as const, reason: 'payout 0' }
    await enqueueDeliveries(db, [skipped, delivery(2)])
    expect(await replay(db, 'd0001', NOW)).toBeUndefined()
    await cancelDelivery(db, { workspace: 'w1', id: 'd0002' }, { reason: 'by hand', now: NOW })
    expect(
      await claimDue({ db: db, engine }, { now: NOW, workerId: 'a', leaseMs: LEASE_MS, limit: 9 }),
    ).toEqual([])
    expect((await getWithAttempts(db, 'd0002'))?.delivery).toMatchObject({ state: 'cancelled' })
    expect((await getWithAttempts(db, 'd0001'))?.delivery).toMatchObject({
      state: 'skipped',
      reason: 'payout 0',
    })
  })

  it('holds one delivery per transition and target', async () => {
    const { db } = await stores.open()
    await enqueueDeliveries(db, [delivery(1)])
    await enqueueDeliveries(db, [{ ...delivery(1), id: 'other' }])
    const page = await listDeliveries(db, 'w1', { conversionId: 'conv1' }, { limit: 10 })
    expect(page.items.map((item) => item.id)).toEqual(['d0001'])
  })

  it('gives the leases of a stopping worker back', async () => {
    const { db } = await stores.open()
    await enqueueDeliveries(db, [delivery(1)])
    const request = { now: NOW, workerId: 'a', leaseMs: LEASE_MS, limit: 1 }
    await claimDue({ db: db, engine }, request)
    await releaseLeases(db, 'a', ['d0001'])
    expect(await claimDue({ db: db, engine }, { ...request, workerId: 'b' })).toHaveLength(1)
  })
})
