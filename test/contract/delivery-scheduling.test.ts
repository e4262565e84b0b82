import { afterEach, describe, expect, it } from 'vitest'
import { updateNotificationTarget } from '../../src/store/notification-targets.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { enqueueCalls } from '../support/delivery-queue.ts'
import {
  allDeliveries,
  createTarget,
  endWorkersAndSinks,
  getDelivery,
  pendingAndDue,
  runUntil,
  runUntilSent,
  startSink,
  startWorker,
  waitFor,
} from './delivery-rig.ts'

describe.each(SQL_ENGINES)('the scheduling of deliveries on %s', (engine) => {
  const stores = useStores(engine)

  // Registered after the stores' own clean-up, hence run before it: a worker ends before its store.
  afterEach(endWorkersAndSinks)

  it('stops calling a host that fails, and writes nothing to what waits for it', async () => {
    const store = await stores.open()
    const failing = await startSink((_request, response) => response.writeHead(500).end())
    const healthy = await startSink((_request, response) => response.end())
    const waiting = Array.from({ length: 300 }, (_, n) => ({
      id: `d${n}`,
      url: failing.url,
      target_id: 'bad',
    }))
    await enqueueCalls(store, waiting)
    const before = new Map((await allDeliveries(store)).map((row) => [row.id, row]))
    const running = startWorker(store)
    // Long after the breaker has opened, the others' turns go on.
    for (let n = 0; n < 30; n += 1) {
      await enqueueCalls(store, [{ id: `good${n}`, url: healthy.url, target_id: 'good' }])
      running.worker.wake()
      await waitFor(async () => healthy.received.length === n + 1)
    }
    await running.stop()
    // What a host may hold before its first good answer, less than twice.
    expect(failing.received.length).toBeLessThan(12)
    const untouched = (await allDeliveries(store)).filter(
      ({ id, attempts }) => before.has(id) && attempts === 0,
    )
    expect(untouched).toHaveLength(300 - failing.received.length)
    for (const row of untouched) expect(row).toEqual(before.get(row.id))
  })

  it('keeps nobody waiting for targets that never answer, however much they have to send', async () => {
    const store = await stores.open()
    const silent = await Promise.all(Array.from({ length: 5 }, () => startSink(() => {})))
    const healthy = await startSink((_request, response) => response.end())
    await enqueueCalls(
      store,
      silent.flatMap(({ url }, sink) =>
        Array.from({ length: 200 }, (_, n) => ({ id: `s${sink}-${n}`, url, target_id: `silent${sink}` })),
      ),
    )
    const running = startWorker(store)
    await waitFor(async () => silent.every(({ received }) => received.length > 0))
    await enqueueCalls(
      store,
      Array.from({ length: 300 }, (_, n) => ({ id: `h${n}`, url: healthy.url, target_id: 'healthy' })),
    )
    running.worker.wake()
    await waitFor(async () => healthy.received.length === 300)
    // None of the silent ones had to give up its calls for that, nor may any of them hold more.
    expect(silent.map(({ received }) => received.length)).toEqual([2, 2, 2, 2, 2])
    for (const { close } of silent) await close()
    await running.stop()
  })

  it('holds to what a target takes at once, and goes on as calls end', async () => {
    const store = await stores.open()
    let atOnce = 0
    let most = 0
    const sink = await startSink((_request, response) => {
      atOnce += 1
      most = Math.max(most, atOnce)
      setTimeout(() => {
        atOnce -= 1
        response.end()
      }, 5)
    })
    const { id } = await createTarget(store, { maxConcurrent: 2 })
    const calls = Array.from({ length: 30 }, (_, n) => ({ id: `d${n}`, url: sink.url, target_id: id }))
    await enqueueCalls(store, calls)
    await runUntilSent(store, 30)
    expect(most).toBe(2)
  })

  it('leaves a host alone for as long as its Retry-After says, for every target', async () => {
    const store = await stores.open()
    let isBusy = true
    const sink = await startSink((_request, response) =>
      response.writeHead(isBusy ? 429 : 200, { 'retry-after': '60' }).end(),
    )
    await enqueueCalls(store, [{ id: 'd1', url: sink.url, target_id: 'one' }])
    let aheadMs = 0
    const running = startWorker(store, { clock: () => Date.now() + aheadMs, pollIntervalMs: 10 })
    await waitFor(async () => (await getDelivery(store, 'd1'))?.attempts === 1)
    const other = await startSink((_request, response) => response.end())
    await enqueueCalls(store, [{ id: 'd2', url: sink.url, target_id: 'two' }])
    await enqueueCalls(store, [{ id: 'd3', url: other.url, target_id: 'three' }])
    await waitFor(async () => other.received.length === 1)
    expect(sink.received).toHaveLength(1)
    isBusy = false
    aheadMs = 60_000
    await waitFor(async () => (await getDelivery(store, 'd2'))?.attempts === 1)
    await running.stop()
  })

  it('sends nothing of a target that is paused, and all of it afterwards', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end())
    const target = await createTarget(store, { status: 'paused' })
    await enqueueCalls(store, [
      { id: 'paused', url: sink.url, target_id: target.id },
      { id: 'other', url: sink.url },
    ])
    const running = startWorker(store, { pollIntervalMs: 10 })
    await waitFor(async () => sink.received.length === 1)
    expect(sink.received.map(({ id }) => id)).toEqual(['other'])
    await updateNotificationTarget(store.db, target, { status: 'active' }, Date.now())
    await waitFor(async () => sink.received.length === 2)
    await running.stop()
  })

  it('gives up what has expired, unsent', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end())
    await enqueueCalls(store, [{ id: 'late', url: sink.url, expires_at: Date.now() - 1 }])
    await runUntil(store, async () => (await getDelivery(store, 'late'))?.state === 'dead')
    expect(await getDelivery(store, 'late')).toMatchObject({ reason: 'expired', attempts: 0 })
    expect(sink.received).toEqual([])
  })

  it('sends the second news of a conversion as soon as the first have arrived', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => void setTimeout(() => response.end(), 50))
    const news = { url: sink.url, conversion_id: 'c' }
    await enqueueCalls(store, [
      { id: 'first', ...news },
      { id: 'second', ...news, transition: 2 },
    ])
    // It does not look by itself: the end of the first is what makes it send the second.
    const running = startWorker(store, { pollIntervalMs: 3_600_000 })
    await waitFor(async () => sink.received.length === 1)
    running.worker.wake()
    await waitFor(async () => sink.received.length === 2)
    await running.stop()
    expect(sink.received.map(({ id }) => id)).toEqual(['first', 'second'])
  })

  it('never sends one delivery twice with two workers at once', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end())
    await enqueueCalls(
      store,
      Array.from({ length: 400 }, (_, n) => ({ id: `d${n}`, url: sink.url })),
    )
    const first = startWorker(store, { workerId: 'w1' })
    const second = startWorker(store, { workerId: 'w2' })
    await waitFor(async () => (await pendingAndDue(store)) === 0 && sink.received.length >= 400)
    await Promise.all([first.stop(), second.stop()])
    expect(sink.received).toHaveLength(400)
    expect(new Set(sink.received.map(({ id }) => id)).size).toBe(400)
  })
})
