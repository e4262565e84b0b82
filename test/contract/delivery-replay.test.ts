import { describe, expect, it } from 'vitest'
import { runJobs } from '../../src/conversions/run-jobs.ts'
import { CANCEL_JOB, createCancelJob } from '../../src/delivery/cancel-job.ts'
import { createReplayJob, REPLAY_JOB } from '../../src/delivery/replay-job.ts'
import { cancelStep, countDeliveries, replayStep } from '../../src/store/delivery-bulk.ts'
import type { DeliveryFilter } from '../../src/store/delivery-filter.ts'
import { createJob, getJob, type Job } from '../../src/store/jobs.ts'
import type { Store } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { addManyRows, addRows, addTarget, deadRow, MADE_AT, ORDERED_AT } from './delivery-rows.ts'
import { until } from './edge-rig.ts'

const NOW = ORDERED_AT + 60_000
const DEAD: DeliveryFilter = { states: ['dead'] }
const EVERY_REPLAYABLE: DeliveryFilter = { states: ['dead', 'cancelled', 'delivered'] }

describe.each(SQL_ENGINES)('many deliveries on %s', (engine) => {
  const stores = useStores(engine)

  it('are due again under their ids with a fresh schedule, and no others are', async () => {
    const store = await stores.open()
    await addTarget(store)
    await addTarget(store, { id: 'abroad', workspace: 'w2' })
    await addRows(store, [
      deadRow('dead', { attempts: 9, expires_at: MADE_AT + 1 }),
      deadRow('delivered', { state: 'delivered' }),
      deadRow('pending', { state: 'pending', due_at: NOW + 1 }),
      deadRow('skipped', { state: 'skipped' }),
      deadRow('rendered', { state: 'rendered' }),
      deadRow('later', { created_at: ORDERED_AT + 1, updated_at: ORDERED_AT + 1 }),
      deadRow('changed since', { updated_at: ORDERED_AT + 1 }),
      deadRow('of no target', { target_id: 'deleted' }),
      deadRow('emptied', { url: '' }),
      deadRow('of others', { workspace: 'w2', target_id: 'abroad' }),
    ])
    const before = await statesOf(store)
    const states = ['dead', 'delivered', 'pending', 'skipped', 'rendered'] as const
    const replayed = await run(store, REPLAY_JOB, { states })
    expect(replayed).toMatchObject({ state: 'done', done: 2, total: 2, result: { changed: 2 } })
    expect(await statesOf(store)).toEqual({ ...before, dead: 'pending', delivered: 'pending' })
    expect(await rowOf(store, 'dead')).toMatchObject({
      reason: '',
      due_at: NOW,
      expires_at: null,
      attempts: 9,
      attempts_before: 9,
    })
    expect(await rowOf(store, 'pending')).toMatchObject({ due_at: NOW + 1 })
  })

  it('are all reached while those that were reached leave the index', async () => {
    const store = await stores.open()
    await addTarget(store)
    await addManyRows(store, 'd', 2_500)
    expect(await run(store, REPLAY_JOB, DEAD)).toMatchObject({ done: 2_500, result: { changed: 2_500 } })
  })

  it('are not sent twice by a step that a crash cut off from its record', async () => {
    const store = await stores.open()
    await addTarget(store)
    await addRows(store, [deadRow('a'), deadRow('b')])
    const step = { workspace: 'w1', filter: EVERY_REPLAYABLE, after: null, orderedAt: ORDERED_AT, rows: 10 }
    expect(await replayStep(store.db, { ...step, now: NOW })).toEqual({ changed: 2, next: null })
    // One of them has arrived by the time of the restart, even at a clock that stood still.
    await store.db.updateTable('deliveries').set({ state: 'delivered' }).where('id', '=', 'a').execute()
    expect(await replayStep(store.db, { ...step, now: NOW })).toEqual({ changed: 0, next: null })
    expect(await statesOf(store)).toEqual({ a: 'delivered', b: 'pending' })
  })

  it('are gone through in steps, and a process that takes the job over goes on behind the last', async () => {
    const store = await stores.open()
    await addTarget(store)
    await addManyRows(store, 'd', 2_500)
    const job = await order(store, REPLAY_JOB, DEAD)
    const stop = new AbortController()
    let wakes = 0
    const stopAtOnce = () => {
      wakes += 1
      stop.abort()
    }
    await runUntil(store, stop, { wakeDelivery: stopAtOnce })
    const half = await getJob(store.db, job)
    expect(half).toMatchObject({ state: 'waiting' })
    expect(await countStates(store)).toEqual({ dead: 1_500, pending: 1_000 })
    // What is sent meanwhile is not due again.
    await store.db
      .updateTable('deliveries')
      .set({ state: 'delivered' })
      .where('state', '=', 'pending')
      .execute()
    expect(await finish(store, job)).toMatchObject({ state: 'done', result: { changed: expect.any(Number) } })
    expect(await countStates(store)).toEqual({ delivered: 1_000, pending: 1_500 })
    expect(wakes).toBe(1)
  })

  it('are counted before, by state and target, as a replay would take them', async () => {
    const store = await stores.open()
    await addTarget(store)
    await addTarget(store, { id: 't2' })
    await addRows(store, [
      deadRow('a'),
      deadRow('b', { target_id: 't2' }),
      deadRow('c', { target_id: 't2', state: 'delivered' }),
      deadRow('d', { state: 'skipped' }),
      deadRow('e', { target_id: 'deleted' }),
    ])
    const counts = await countDeliveries(store.db, 'w1', { createdFrom: MADE_AT }, { replayable: true })
    expect(counts).toMatchObject({ total: 3, searchedTo: null })
    expect(counts.byTarget).toEqual([
      { targetId: 't2', count: 2 },
      { targetId: 't1', count: 1 },
    ])
    expect([...counts.byState].sort((a, b) => a.state.localeCompare(b.state))).toEqual([
      { state: 'dead', count: 2 },
      { state: 'delivered', count: 1 },
    ])
    await run(store, REPLAY_JOB, EVERY_REPLAYABLE)
    expect(await countStates(store)).toMatchObject({ pending: counts.total })
  })

  it('are counted up to a bound, and the answer says how far', async () => {
    const store = await stores.open()
    await addTarget(store)
    await addManyRows(store, 'd', 50_001)
    const counts = await countDeliveries(store.db, 'w1', { host: 'receiver.example' }, { replayable: true })
    expect(counts).toMatchObject({ total: 50_000, searchedTo: MADE_AT + 2 })
  })

  it('that wait are cancelled, also those that are being sent; the others stay', async () => {
    const store = await stores.open()
    await addRows(store, [
      deadRow('waiting', { state: 'pending' }),
      deadRow('leased', { state: 'pending', lease_owner: 'worker', lease_until: NOW + 60_000 }),
      deadRow('of another host', { state: 'pending', host: 'other.example' }),
      deadRow('later', { state: 'pending', created_at: ORDERED_AT + 1 }),
      deadRow('dead'),
      deadRow('of others', { state: 'pending', workspace: 'w2' }),
    ])
    const before = await statesOf(store)
    const filter: DeliveryFilter = { states: ['pending'], host: 'receiver.example' }
    expect(await run(store, CANCEL_JOB, filter)).toMatchObject({ state: 'done', result: { changed: 2 } })
    expect(await statesOf(store)).toEqual({ ...before, waiting: 'cancelled', leased: 'cancelled' })
    expect(await rowOf(store, 'leased')).toMatchObject({ reason: 'cancelled_by_hand', lease_owner: null })
  })

  it('are looked at a step at a time, however few of them match', async () => {
    const store = await stores.open()
    await addManyRows(store, 'd', 100)
    await addRows(store, [deadRow('last', { state: 'pending', created_at: MADE_AT + 1_000 })])
    const step = {
      workspace: 'w1',
      filter: { states: ['pending'] },
      orderedAt: ORDERED_AT,
      rows: 60,
    } as const
    const cancel = { ...step, now: NOW, reason: 'by hand' }
    const first = await cancelStep(store.db, { ...cancel, after: null })
    expect(first).toEqual({ changed: 0, next: { at: MADE_AT + 60, id: 'd000060' } })
    expect(await cancelStep(store.db, { ...cancel, after: first.next })).toEqual({ changed: 1, next: null })
  })
})

async function order(store: Store, kind: string, filter: DeliveryFilter): Promise<Job> {
  const wanted = { workspace: 'w1', kind, params: { filter }, actor: 'user:u1', total: 0 }
  return await createJob(store.db, wanted, ORDERED_AT)
}

async function run(store: Store, kind: string, filter: DeliveryFilter) {
  return await finish(store, await order(store, kind, filter))
}

async function finish(store: Store, job: Job): Promise<Job | undefined> {
  const stop = new AbortController()
  const running = runUntil(store, stop, { wakeDelivery: () => {} })
  await until(async () => ['done', 'failed'].includes((await getJob(store.db, job))?.state ?? ''))
  stop.abort()
  await running
  return await getJob(store.db, job)
}

async function runUntil(store: Store, stop: AbortController, { wakeDelivery }: { wakeDelivery: () => void }) {
  const deps = { db: store.db, clock: () => NOW }
  const handlers = {
    [REPLAY_JOB]: createReplayJob({ ...deps, wakeDelivery }),
    [CANCEL_JOB]: createCancelJob(deps),
  }
  const onError = () => {}
  await runJobs({ ...deps, handlers, longKinds: [REPLAY_JOB, CANCEL_JOB], signal: stop.signal, onError })
}

async function statesOf(store: Store): Promise<Record<string, string>> {
  const rows = await store.db.selectFrom('deliveries').select(['id', 'state']).execute()
  return Object.fromEntries(rows.map(({ id, state }) => [id, state]))
}

async function countStates(store: Store): Promise<Record<string, number>> {
  const rows = await store.db
    .selectFrom('deliveries')
    .groupBy('state')
    .select(['state', (eb) => eb.fn.countAll<number>().as('count')])
    .execute()
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]))
}

async function rowOf(store: Store, id: string) {
  return await store.db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
}
