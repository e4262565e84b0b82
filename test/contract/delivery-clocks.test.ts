import { afterEach, describe, expect, it } from 'vitest'
import { StoreClock } from '../../src/store/store-clock.ts'
import { useStores } from '../support/databases.ts'
import { enqueueCalls } from '../support/delivery-queue.ts'
import { endWorkersAndSinks, getDelivery, startSink, startWorker, waitFor } from './delivery-rig.ts'

const MINUTE_MS = 60_000

describe('workers whose machines disagree about the time, on postgres', () => {
  const stores = useStores('postgres')
  afterEach(endWorkersAndSinks)

  it('send once what the other one is sending', async () => {
    const options = await stores.options()
    const answer = Promise.withResolvers<void>()
    const sink = await startSink((_request, response) => void answer.promise.then(() => response.end()))
    const slow = await startOn(0)
    await enqueueCalls(slow.store, [{ id: 'd1', url: sink.url }])
    slow.worker.wake()
    await waitFor(async () => sink.received.length === 1)
    const ahead = await startOn(10 * MINUTE_MS)
    // It has looked at all lanes when it has sent what was queued behind the first.
    await enqueueCalls(slow.store, [{ id: 'd2', url: sink.url, target_id: 'z-other' }])
    ahead.worker.wake()
    await waitFor(async () => sink.received.length >= 2)
    expect(sink.received.map(({ id }) => id)).toEqual(['d1', 'd2'])
    answer.resolve()
    await waitFor(async () => (await getDelivery(slow.store, 'd1'))?.state === 'delivered')
    expect((await getDelivery(slow.store, 'd1'))?.attempts).toBe(1)

    async function startOn(aheadMs: number) {
      const store = await stores.open(options)
      const clock = new StoreClock(store, () => Date.now() + aheadMs)
      const workerId = `ahead by ${aheadMs}`
      const timed = { workerId, clock: clock.now, syncClock: () => clock.sync() }
      return { store, ...startWorker(store, timed) }
    }
  })

  it('are right by the clock of the database, and by their own where that is the only one', async () => {
    const store = await stores.open()
    const clock = new StoreClock(store, () => 1_000_000)
    await clock.sync()
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(MINUTE_MS)
    const alone = new StoreClock({ db: store.db, engine: 'sqlite' }, () => 1_000_000)
    await alone.sync()
    expect(alone.now()).toBe(1_000_000)
  })
})
