import { describe, expect, it } from 'vitest'
import { createGuard } from '../../src/delivery/guard.ts'
import { runDeliveryWorker } from '../../src/delivery/worker.ts'
import { getWithAttempts } from '../../src/store/deliveries.ts'
import { cancelDelivery } from '../../src/store/delivery-bulk.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { enqueueCalls, openSink } from '../support/delivery-queue.ts'
import { TEST_VAULT } from '../support/test-vault.ts'
import { until } from './edge-rig.ts'

describe.each(SQL_ENGINES)('a delivery on %s', (engine) => {
  const stores = useStores(engine)

  it.each([200, 500])(
    'that is cancelled while it is sent stays so, and its attempt (%i) is recorded',
    async (status) => {
      const store = await stores.open()
      const cancelled = Promise.withResolvers<void>()
      const sink = await openSink((_request, response) => {
        void cancelled.promise.then(() => response.writeHead(status).end())
      })
      const stop = new AbortController()
      const worker = runDeliveryWorker({
        store,
        workerId: 'w1',
        guard: createGuard({ allowPrivateTargets: ['127.0.0.1/32'] }),
        vault: TEST_VAULT,
        version: '0.0.0-test',
        clock: Date.now,
        random: () => 0,
        signal: stop.signal,
      })
      try {
        await enqueueCalls(store, [{ id: 'd1', url: sink.url }])
        worker.wake()
        await until(async () => sink.received.length === 1)
        const how = { reason: 'cancelled_by_hand', now: Date.now() }
        expect(await cancelDelivery(store.db, { workspace: 'ws', id: 'd1' }, how)).toBe(true)
        cancelled.resolve()
        await until(async () => (await getWithAttempts(store.db, 'd1'))?.attempts.length === 1)
        expect(await getWithAttempts(store.db, 'd1')).toMatchObject({
          delivery: { state: 'cancelled', reason: 'cancelled_by_hand', attempts: 1, leaseOwner: null },
          attempts: [{ responseStatus: status }],
        })
      } finally {
        cancelled.resolve()
        stop.abort()
        await worker.done
        await sink.close()
      }
    },
  )
})
