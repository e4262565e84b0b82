import { describe, expect, it } from 'vitest'
import { FinishQueue } from '../../src/delivery/finish-queue.ts'
import { getWithAttempts } from '../../src/store/deliveries.ts'
import { type FinishedAttempt, finishAttempts } from '../../src/store/delivery-finish.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { claimDue, enqueueCalls } from '../support/delivery-queue.ts'

describe.each(SQL_ENGINES)('recording attempts on %s', (engine) => {
  const stores = useStores(engine)

  it('records the others when the engine refuses one of a batch', async () => {
    const store = await stores.open()
    await enqueueCalls(store, [{ id: 'd1' }, { id: 'd2' }, { id: 'd3' }])
    const errors: unknown[] = []
    const queue = new FinishQueue({
      store,
      signal: new AbortController().signal,
      onError: (error) => errors.push(error),
    })
    await claimDue(store, { now: Date.now(), workerId: 'w1', leaseMs: 60_000, limit: 3 })
    const startedAts = { d1: 1, d2: Number.NaN, d3: 3 }
    await Promise.all(
      Object.entries(startedAts).map(([id, startedAt]) =>
        queue.record({
          attempt: { ...deliveredAttempt(id), startedAt },
          health: { targetId: 'target', workspace: 'ws', isDelivered: true, error: '', at: 1 },
          goneReason: undefined,
        }),
      ),
    )
    expect(errors.length).toBeGreaterThan(0)
    const states = ['d1', 'd2', 'd3'].map(async (id) => (await getWithAttempts(store.db, id))?.delivery.state)
    expect(await Promise.all(states)).toEqual(['delivered', 'pending', 'delivered'])
  })

  it('numbers two attempts of one delivery that are recorded together', async () => {
    const store = await stores.open()
    await enqueueCalls(store, [{ id: 'd1' }, { id: 'd2' }])
    await claimDue(store, { now: Date.now(), workerId: 'w1', leaseMs: 60_000, limit: 2 })
    const attempts = ['d1', 'd2'].map(deliveredAttempt)
    await finishAttempts(store.db, [...attempts, { ...deliveredAttempt('d1'), state: 'dead' }])
    expect(await getWithAttempts(store.db, 'd1')).toMatchObject({
      // The second one found that the delivery had left the queue.
      delivery: { state: 'delivered', attempts: 2 },
      attempts: [{ n: 1 }, { n: 2 }],
    })
    expect(await getWithAttempts(store.db, 'd2')).toMatchObject({ attempts: [{ n: 1 }] })
  })
})

function deliveredAttempt(deliveryId: string): FinishedAttempt {
  return {
    deliveryId,
    workerId: 'w1',
    startedAt: 1,
    durationMs: 1,
    requestJson: '{}',
    responseStatus: 200,
    responseHeadersJson: '{}',
    responseBody: '',
    error: '',
    state: 'delivered',
    reason: '',
    dueAt: 0,
    now: 1,
  }
}
