import { afterEach, describe, expect, it } from 'vitest'
import { toAttemptView } from '../../src/api/delivery-view.ts'
import { FinishQueue } from '../../src/delivery/finish-queue.ts'
import { NO_SECRETS } from '../../src/domain/target-secrets.ts'
import { getWithAttempts } from '../../src/store/deliveries.ts'
import { type FinishedAttempt, finishAttempts } from '../../src/store/delivery-finish.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { claimDue, enqueueCalls } from '../support/delivery-queue.ts'
import { TEST_VAULT } from '../support/test-vault.ts'
import {
  allDeliveries,
  createTarget,
  endWorkersAndSinks,
  startSink,
  startWorker,
  waitFor,
} from './delivery-rig.ts'

describe.each(SQL_ENGINES)('recording attempts on %s', (engine) => {
  const stores = useStores(engine)
  afterEach(endWorkersAndSinks)

  it('records what the engine refuses without its texts, and the others of its batch in full', async () => {
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
          madeAt: 1,
          goneReason: undefined,
        }),
      ),
    )
    expect(errors.length).toBeGreaterThan(0)
    const states = ['d1', 'd2', 'd3'].map(async (id) => (await getWithAttempts(store.db, id))?.delivery.state)
    expect(await Promise.all(states)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(await getWithAttempts(store.db, 'd1')).toMatchObject({ attempts: [{ error: '' }] })
    const refused = await getWithAttempts(store.db, 'd2')
    expect(refused).toMatchObject({ attempts: [{ n: 1, error: 'not_storable' }] })
    expect(refused?.attempts.map(toAttemptView)).toMatchObject([{ request: { url: '' } }])
  })

  it('puts a delivery off whose attempt the engine refuses', async () => {
    const store = await stores.open()
    await enqueueCalls(store, [{ id: 'd1' }])
    const queue = new FinishQueue({ store, signal: new AbortController().signal, onError: () => {} })
    await claimDue(store, { now: Date.now(), workerId: 'w1', leaseMs: 60_000, limit: 1 })
    const dueAt = Date.now() + 10_000
    const attempt = { ...deliveredAttempt('d1'), state: 'pending', startedAt: Number.NaN, dueAt } as const
    const health = { targetId: 'target', workspace: 'ws', isDelivered: false, error: 'timeout', at: 1 }
    await queue.record({ attempt, health, madeAt: 1, goneReason: undefined })
    const recorded = await getWithAttempts(store.db, 'd1')
    expect(recorded?.delivery).toMatchObject({ state: 'pending', attempts: 1, dueAt, leaseOwner: null })
  })

  it('records an answer and a refusal with U+0000 in them', async () => {
    const store = await stores.open()
    const told = await startSink((_request, response) => response.end('{"description":"no \\u0000 chat"}'))
    const raw = await startSink((_request, response) => response.end('a\0b'))
    const target = await createTarget(store, {
      url: told.url,
      system: 'telegram',
      settings: { chatId: '1' },
      method: 'POST',
      sealedSecrets: TEST_VAULT.seal({
        ...NO_SECRETS,
        system: { botToken: '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw' },
      }),
    })
    await enqueueCalls(store, [
      {
        id: 'd1',
        url: `${told.url}/x`,
        method: 'POST',
        system: 'telegram',
        target_id: target.id,
        body: '{}',
      },
    ])
    await enqueueCalls(store, [{ id: 'd2', url: raw.url }])
    const running = startWorker(store)
    await waitFor(async () => (await allDeliveries(store)).every(({ attempts }) => attempts === 1))
    await running.stop()
    expect((await getWithAttempts(store.db, 'd1'))?.attempts).toMatchObject([
      { error: 'refused_by_system: no \uFFFD chat' },
    ])
    expect((await getWithAttempts(store.db, 'd2'))?.attempts).toMatchObject([{ responseBody: 'a\uFFFDb' }])
  })

  it('keeps where the time went, and for how long the delivery had been due', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end('OK'))
    await enqueueCalls(store, [{ id: 'd1', url: sink.url, due_at: Date.now() - 60_000 }])
    const running = startWorker(store)
    await waitFor(async () => (await allDeliveries(store)).every(({ state }) => state === 'delivered'))
    await running.stop()
    const [attempt] = (await getWithAttempts(store.db, 'd1'))?.attempts ?? []
    const phases = JSON.parse(attempt?.phasesJson ?? '{}')
    expect(phases).toMatchObject({
      isReused: false,
      connectMs: expect.any(Number),
      answerMs: expect.any(Number),
    })
    expect(phases.waitedMs).toBeGreaterThanOrEqual(60_000)
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
    phasesJson: null,
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
