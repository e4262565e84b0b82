import { describe, expect, it } from 'vitest'
import { runJobs } from '../../src/conversions/run-jobs.ts'
import {
  cancelJob,
  claimOpenJob,
  createJob,
  createJobOnce,
  finishJob,
  getJob,
  type Job,
  type JobHandler,
  listJobs,
  renewJob,
} from '../../src/store/jobs.ts'
import type { Db } from '../../src/store/transaction.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { until } from './edge-rig.ts'

const NOW = 1_800_000_000_000
const LEASE_MS = 15_000
/** A lane with every kind in it. */
const ALL = { except: [] }
const WANTED = { workspace: 'w1', kind: 'count', params: { upTo: 3 }, actor: 'user:u1', total: 3 }

describe.each(SQL_ENGINES)('jobs on %s', (engine) => {
  const stores = useStores(engine)

  it('are claimed the oldest first, one at a time', async () => {
    const { db } = await stores.open()
    const first = await createJob(db, WANTED, NOW)
    await createJob(db, WANTED, NOW + 1)
    expect(await claimOpenJob(db, ALL, { now: NOW + 2, leaseMs: LEASE_MS })).toMatchObject({
      id: first.id,
      state: 'running',
    })
    expect(await claimOpenJob(db, ALL, { now: NOW + 3, leaseMs: LEASE_MS })).toBeUndefined()
  })

  it('of different lanes are run side by side, and each is in one lane', async () => {
    const { db } = await stores.open()
    const [others, long] = [{ except: ['count'] }, { only: ['count'] }]
    const at = (now: number) => ({ now, leaseMs: LEASE_MS })
    const first = await createJob(db, WANTED, NOW)
    const second = await createJob(db, { ...WANTED, kind: 'other' }, NOW + 1)
    await createJob(db, WANTED, NOW + 2)
    expect(await claimOpenJob(db, others, at(NOW + 3))).toMatchObject({ id: second.id })
    expect(await claimOpenJob(db, others, at(NOW + 4))).toBeUndefined()
    expect(await claimOpenJob(db, long, at(NOW + 5))).toMatchObject({ id: first.id })
    expect(await claimOpenJob(db, long, at(NOW + 6))).toBeUndefined()
    expect(await claimOpenJob(db, long, at(NOW + 5 + LEASE_MS))).toMatchObject({ id: first.id })
  })

  it('that take long hold up no job of another kind', async () => {
    const { db } = await stores.open()
    const long = await createJob(db, { ...WANTED, kind: 'long' }, NOW)
    const quick = await createJob(db, WANTED, NOW + 1)
    const stuck: JobHandler = async (_, step) => {
      await new Promise((resolve) => step.signal.addEventListener('abort', resolve))
      throw new Error('stopped')
    }
    const handlers = { long: stuck, count: counting([]) }
    await withRunner(db, { handlers, longKinds: ['long'] }, () => ended(db, quick))
    expect(await getJob(db, quick)).toMatchObject({ state: 'done' })
    expect(await getJob(db, long)).toMatchObject({ state: 'waiting' })
  })

  it('ordered under one key are one job, also at the same time; without a key each is its own', async () => {
    const { db } = await stores.open()
    const order = { ...WANTED, key: 'mine' }
    const made = await Promise.all([1, 2, 3].map((n) => createJobOnce(db, order, NOW + n)))
    expect(new Set(made.map(({ job }) => job.id)).size).toBe(1)
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1)
    for (const other of [{ workspace: 'w2' }, { kind: 'other' }, { key: 'another' }]) {
      expect(await createJobOnce(db, { ...order, ...other }, NOW)).toMatchObject({ isNew: true })
    }
    await createJob(db, WANTED, NOW)
    await createJob(db, WANTED, NOW)
    expect((await listJobs(db, 'w1', { kind: 'count' }, { limit: 10 })).items).toHaveLength(4)
  })

  it('belong to one runner: the one whose lease ran out can write nothing any more', async () => {
    const { db } = await stores.open()
    await createJob(db, WANTED, NOW)
    const lost = await claimed(db, NOW + 1)
    const taken = await claimed(db, NOW + 1 + LEASE_MS)
    expect(taken.id).toBe(lost.id)
    expect(await renewJob(db, lost, NOW + LEASE_MS, { done: 3, total: 3, failed: 3 })).toBeUndefined()
    expect(await finishJob(db, lost, { result: 'wrong' }, NOW + LEASE_MS)).toBe(false)
    expect(await finishJob(db, taken, { result: 'right' }, NOW + LEASE_MS)).toBe(true)
    expect(await getJob(db, taken)).toMatchObject({ state: 'done', result: 'right', failed: 0 })
  })

  it('of another workspace are neither seen nor cancelled', async () => {
    const { db } = await stores.open()
    const job = await createJob(db, WANTED, NOW)
    expect(await getJob(db, { workspace: 'w2', id: job.id })).toBeUndefined()
    expect(await cancelJob(db, { workspace: 'w2', id: job.id }, NOW)).toBe(false)
    expect((await listJobs(db, 'w2', {}, { limit: 10 })).items).toEqual([])
    expect((await listJobs(db, 'w1', { kind: 'count' }, { limit: 10 })).items).toEqual([job])
  })

  it('are done step by step, and show their progress and their result', async () => {
    const { db } = await stores.open()
    const job = await createJob(db, WANTED, NOW)
    await withRunner(db, { handlers: { count: counting([]) } }, () => ended(db, job))
    expect(await getJob(db, job)).toMatchObject({
      state: 'done',
      done: 3,
      total: 3,
      cursor: { n: 3 },
      result: { counted: 3 },
      reason: '',
    })
  })

  it('go on from their cursor after a restart in the middle', async () => {
    const { db } = await stores.open()
    const job = await createJob(db, WANTED, NOW)
    const counted: number[] = []
    const gate = Promise.withResolvers<void>()
    const stuck: JobHandler = async (given, step) => {
      await step.progress({ done: 1, total: 3, failed: 0, cursor: { n: 1 } })
      gate.resolve()
      await new Promise((resolve) => step.signal.addEventListener('abort', resolve))
      step.signal.throwIfAborted()
      return await counting(counted)(given, step)
    }
    await withRunner(db, { handlers: { count: stuck } }, () => gate.promise)
    expect(await getJob(db, job)).toMatchObject({ state: 'waiting', done: 1 })
    await withRunner(db, { handlers: { count: counting(counted) } }, () => ended(db, job))
    expect(counted).toEqual([2, 3])
    expect(await getJob(db, job)).toMatchObject({ state: 'done', done: 3 })
  })

  it('that are cancelled stop at once, and stay as they are', async () => {
    const { db } = await stores.open()
    const job = await createJob(db, WANTED, NOW)
    let steps = 0
    const endless: JobHandler = async (_, step) => {
      for (;;) {
        steps += 1
        await step.progress({ done: steps, total: 0, failed: 0 })
        if (steps === 3) await cancelJob(db, job, NOW)
      }
    }
    const next = await createJob(db, { ...WANTED, kind: 'next' }, NOW + 1)
    await withRunner(db, { handlers: { count: endless, next: counting([]) } }, () => ended(db, next))
    expect(await getJob(db, job)).toMatchObject({ state: 'cancelled', done: 3 })
  })

  it('that throw have failed with the reason, and the next one is run', async () => {
    const { db } = await stores.open()
    const broken = await createJob(db, { ...WANTED, kind: 'broken' }, NOW)
    const unknown = await createJob(db, { ...WANTED, kind: 'of a later version' }, NOW + 1)
    const good = await createJob(db, WANTED, NOW + 2)
    const throwing: JobHandler = async () => {
      throw new Error('the file is gone')
    }
    const errors = await withRunner(db, { handlers: { count: counting([]), broken: throwing } }, () =>
      ended(db, good),
    )
    expect(await getJob(db, broken)).toMatchObject({ state: 'failed', reason: 'the file is gone' })
    expect(await getJob(db, unknown)).toMatchObject({ state: 'failed' })
    expect(await getJob(db, good)).toMatchObject({ state: 'done' })
    expect(errors).toHaveLength(1)
  })

  it('that meet a ledger which is away go on when it is back', async () => {
    const { db } = await stores.open()
    const job = await createJob(db, WANTED, NOW)
    let tries = 0
    const flaky: JobHandler = async (given, step) => {
      tries += 1
      if (tries === 1) throw Object.assign(new Error('away'), { code: 'ledger_unavailable' })
      return await counting([])(given, step)
    }
    await withRunner(db, { handlers: { count: flaky } }, () => ended(db, job))
    expect(await getJob(db, job)).toMatchObject({ state: 'done', reason: '' })
  })
})

/** Counts up to the job's number, a step each. */
function counting(counted: number[]): JobHandler {
  return async ({ cursor, total }, step) => {
    const start = (cursor as { n: number } | null)?.n ?? 0 // as written below
    for (let n = start + 1; n <= total; n++) {
      counted.push(n)
      await step.progress({ done: n, total, failed: 0, cursor: { n } })
    }
    return { result: { counted: total } }
  }
}

async function claimed(db: Db, now: number): Promise<Job> {
  const job = await claimOpenJob(db, ALL, { now, leaseMs: LEASE_MS })
  if (job === undefined) throw new Error('there was nothing to claim')
  return job
}

async function ended(db: Db, job: Job): Promise<void> {
  await until(async () => {
    const state = (await getJob(db, job))?.state
    return state === 'done' || state === 'failed'
  })
}

/** @returns the errors that were reported. */
async function withRunner(
  db: Db,
  jobs: { handlers: Readonly<Record<string, JobHandler>>; longKinds?: readonly string[] },
  work: () => Promise<void>,
): Promise<readonly unknown[]> {
  const stop = new AbortController()
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const running = runJobs({ db, ...jobs, clock: () => NOW + 60_000, signal: stop.signal, onError })
  await work()
  stop.abort()
  await running
  return errors
}
