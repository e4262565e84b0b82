import { afterEach, describe, expect, it } from 'vitest'
import type { SentDelivery } from '../../src/delivery/deliver.ts'
import { createGuard } from '../../src/delivery/guard.ts'
import { getWithAttempts, replay } from '../../src/store/deliveries.ts'
import { getNotificationTarget } from '../../src/store/notification-targets.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { enqueueCalls } from '../support/delivery-queue.ts'
import {
  createTarget,
  endWorkersAndSinks,
  getDelivery,
  runUntil,
  runUntilSent,
  startSink,
  startWorker,
  waitFor,
} from './delivery-rig.ts'

describe.each(SQL_ENGINES)('the delivery worker on %s', (engine) => {
  const stores = useStores(engine)

  // Registered after the stores' own clean-up, hence run before it: a worker ends before its store.
  afterEach(endWorkersAndSinks)

  it('sends what is due once, records the attempt and leaves what is not due', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end('thanks'))
    await enqueueCalls(store, [
      { id: 'now', url: `${sink.url}/pb?a=1` },
      { id: 'later', url: `${sink.url}/pb?a=2`, due_at: Date.now() + 3_600_000 },
      { id: 'skipped', url: `${sink.url}/pb?a=3`, state: 'skipped', reason: 'payout_zero' },
    ])
    await runUntilSent(store, 1)
    expect(sink.received).toEqual([{ id: 'now', url: '/pb?a=1' }])
    expect(await getWithAttempts(store.db, 'now')).toMatchObject({
      delivery: { state: 'delivered', attempts: 1, leaseOwner: null, leaseUntil: null },
      attempts: [{ n: 1, responseStatus: 200, responseBody: 'thanks', error: '' }],
    })
    expect(await getWithAttempts(store.db, 'later')).toMatchObject({
      delivery: { state: 'pending' },
      attempts: [],
    })
    expect(await getWithAttempts(store.db, 'skipped')).toMatchObject({ delivery: { state: 'skipped' } })
  })

  it('puts a failed attempt off by the schedule, and by Retry-After when that is later', async () => {
    const store = await stores.open()
    const sink = await startSink((request, response) =>
      response.writeHead(503, request.url === '/busy' ? { 'retry-after': '600' } : {}).end(),
    )
    await enqueueCalls(store, [
      { id: 'plain', url: `${sink.url}/plain` },
      { id: 'busy', url: `${sink.url}/busy` },
    ])
    const sent = await runUntilSent(store, 2)
    const waits = new Map(
      sent.map(({ delivery, outcome }) => [delivery.id, outcome.kind === 'retry' ? outcome.at : 0]),
    )
    for (const id of ['plain', 'busy']) {
      expect(await getWithAttempts(store.db, id)).toMatchObject({
        delivery: { state: 'pending', attempts: 1, dueAt: waits.get(id), leaseOwner: null },
        attempts: [{ n: 1, responseStatus: 503 }],
      })
    }
    expect((waits.get('busy') ?? 0) - (waits.get('plain') ?? 0)).toBeGreaterThan(590_000)
  })

  it('tries again under the same id until delivered, numbering the attempts', async () => {
    const store = await stores.open()
    let calls = 0
    const sink = await startSink((_request, response) => {
      calls += 1
      response.writeHead(calls < 4 ? 500 : 200).end()
    })
    await enqueueCalls(store, [{ id: 'd1', url: sink.url }])
    // Every attempt takes an hour by this clock: the retry is due at the worker's next poll.
    let hours = 0
    const clock = () => Date.now() + hours * 3_600_000
    const sent: SentDelivery[] = []
    await runUntil(store, async () => sent.length === 4, {
      clock,
      pollIntervalMs: 10,
      onSent: (one) => {
        hours += 1
        sent.push(one)
      },
    })
    expect(sink.received.map(({ id }) => id)).toEqual(['d1', 'd1', 'd1', 'd1'])
    const story = await getWithAttempts(store.db, 'd1')
    expect(story?.delivery).toMatchObject({ state: 'delivered', attempts: 4 })
    expect(story?.attempts.map(({ n, responseStatus }) => [n, responseStatus])).toEqual([
      [1, 500],
      [2, 500],
      [3, 500],
      [4, 200],
    ])
  })

  it('gives up after the tenth attempt; a replay is delivered under the same id', async () => {
    const store = await stores.open()
    let status = 500
    const sink = await startSink((_request, response) => response.writeHead(status).end())
    await enqueueCalls(store, [{ id: 'd1', url: sink.url, attempts: 9 }])
    await runUntilSent(store, 1)
    expect(await getWithAttempts(store.db, 'd1')).toMatchObject({
      delivery: { state: 'dead', reason: 'attempts_used_up', attempts: 10 },
    })
    status = 204
    await replay(store.db, 'd1', Date.now())
    await runUntilSent(store, 1)
    expect(await getWithAttempts(store.db, 'd1')).toMatchObject({
      delivery: { state: 'delivered', reason: '', attempts: 11 },
      attempts: [{ n: 10 }, { n: 11 }],
    })
    expect(sink.received.map(({ id }) => id)).toEqual(['d1', 'd1'])
  })

  it('disables a target that answers 410 and cancels what waits for it', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.writeHead(410).end())
    const target = await createTarget(store)
    await enqueueCalls(store, [
      { id: 'first', url: sink.url, target_id: target.id },
      { id: 'waiting', url: sink.url, target_id: target.id, due_at: Date.now() + 60_000 },
      { id: 'other', url: sink.url, target_id: 'another', due_at: Date.now() + 60_000 },
    ])
    await runUntilSent(store, 1)
    expect(await getNotificationTarget(store.db, target)).toMatchObject({
      status: 'disabled',
      disabledReason: 'target_gone',
    })
    const states = ['first', 'waiting', 'other'].map(
      async (id) => (await getWithAttempts(store.db, id))?.delivery.state,
    )
    expect(await Promise.all(states)).toEqual(['dead', 'cancelled', 'pending'])
  })

  it('refuses a private address for good, with the reason, and calls nobody', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end())
    await enqueueCalls(store, [
      { id: 'literal', url: sink.url },
      { id: 'scheme', url: 'file:///etc/passwd' },
      { id: 'name', url: sink.url.replace('127.0.0.1', 'localhost') },
    ])
    await runUntilSent(store, 3, { guard: createGuard({ allowPrivateTargets: [] }) })
    expect(await getWithAttempts(store.db, 'literal')).toMatchObject({
      delivery: { state: 'dead', reason: 'refused_address' },
      attempts: [{ responseStatus: null, error: 'refused_address' }],
    })
    expect(await getWithAttempts(store.db, 'scheme')).toMatchObject({
      delivery: { state: 'dead', reason: 'refused_url' },
    })
    expect(await getWithAttempts(store.db, 'name')).toMatchObject({
      delivery: { state: 'pending' },
      attempts: [{ error: 'refused_address' }],
    })
    expect(sink.received).toEqual([])
  })

  it('records a failed attempt when a call can not be put together, and tries again', async () => {
    const store = await stores.open()
    const target = await createTarget(store, { sealedSecrets: 'not sealed by us' })
    await enqueueCalls(store, [{ id: 'd1', url: 'https://a.example/', target_id: target.id }])
    await runUntilSent(store, 1)
    expect(await getWithAttempts(store.db, 'd1')).toMatchObject({
      delivery: { state: 'pending', attempts: 1, leaseOwner: null },
      attempts: [{ responseStatus: null }],
    })
  })

  it('sends when it is woken, and does not wait for its next look at the queue', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end())
    const running = startWorker(store, { pollIntervalMs: 3_600_000 })
    for (let n = 0; n < 20; n += 1) {
      await enqueueCalls(store, [{ id: `d${n}`, url: sink.url }])
      running.worker.wake()
      await waitFor(async () => sink.received.length === n + 1)
    }
    await running.stop()
  })

  it('finishes and records what is under way when it is stopped, and takes nothing more', async () => {
    const store = await stores.open()
    const release = Promise.withResolvers<void>()
    const sink = await startSink((_request, response) => {
      void release.promise.then(() => response.end())
    })
    await enqueueCalls(store, [{ id: 'under-way', url: sink.url }])
    const running = startWorker(store)
    await waitFor(async () => sink.received.length === 1)
    const stopped = running.stop()
    await enqueueCalls(store, [{ id: 'too-late', url: sink.url }])
    release.resolve()
    await stopped
    expect(await getWithAttempts(store.db, 'under-way')).toMatchObject({ delivery: { state: 'delivered' } })
    expect(await getWithAttempts(store.db, 'too-late')).toMatchObject({
      delivery: { state: 'pending', leaseOwner: null },
      attempts: [],
    })
  })

  it('stops only when the store has taken what was sent, and does not send it twice', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end())
    await enqueueCalls(store, [{ id: 'd1', url: sink.url }])
    await store.db.schema.alterTable('delivery_attempts').renameTo('away').execute()
    const abort = new AbortController()
    const { worker, errors } = startWorker(store, { signal: abort.signal })
    await waitFor(async () => errors.length > 0)
    expect(await getDelivery(store, 'd1')).toMatchObject({ state: 'pending', attempts: 0 })
    abort.abort()
    await store.db.schema.alterTable('away').renameTo('delivery_attempts').execute()
    await worker.done
    expect(await getDelivery(store, 'd1')).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(sink.received).toHaveLength(1)
  })

  it('claims again when the store is back', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end())
    await enqueueCalls(store, [{ id: 'd1', url: sink.url }])
    await store.db.schema.alterTable('deliveries').renameTo('away').execute()
    const running = startWorker(store)
    await waitFor(async () => running.errors.length > 0)
    await store.db.schema.alterTable('away').renameTo('deliveries').execute()
    await waitFor(async () => sink.received.length === 1)
    running.errors.length = 0
    await running.stop()
    expect(await getDelivery(store, 'd1')).toMatchObject({ state: 'delivered' })
  })

  it('records an answer full of odd bytes', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => {
      response.setHeader('x-odd', 'Jürgen\u00ff')
      response.end(Buffer.from([0, 1, 2, 0xff, 0xfe, 0x61]))
    })
    await enqueueCalls(store, [{ id: 'd1', url: sink.url }])
    await runUntilSent(store, 1)
    expect(await getWithAttempts(store.db, 'd1')).toMatchObject({ delivery: { state: 'delivered' } })
  })
})
