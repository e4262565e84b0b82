import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { LEASE_MS } from '../../src/delivery/lease.ts'
import type { Store, StoreOptions } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { enqueueCalls, openSink } from '../support/delivery-queue.ts'

const DELIVERIES = 150
const KILLS = 3
/** Calls that are under way, received and not answered, when a worker is killed. */
const UNDER_WAY = 5
/** What comes in, and when workers are killed, in the test at random moments. */
const SECONDS = 12
const BATCH = 60
const BATCH_EVERY_MS = 250
const LIFE_MS_MIN = 400
const LIFE_MS_MAX = 2_500
/** SQLite is one worker's; PostgreSQL is for several. */
const WORKERS = { sqlite: 1, postgres: 3 } as const

describe.each(SQL_ENGINES)('deliveries on %s', (engine) => {
  const stores = useStores(engine)
  const children: ChildProcess[] = []

  afterEach(async () => {
    for (const child of children.splice(0)) await end(child, 'SIGKILL')
  })

  it('all arrive under their own ids, the unrecorded ones again, when their worker is killed mid-send', async () => {
    const options = await stores.options()
    const store = await stores.open(options)
    let answersLeft = 0
    const held: ServerResponse[] = []
    const sink = await openSink((_request, response) => {
      answersLeft -= 1
      if (answersLeft >= 0) response.end()
      else held.push(response)
    })
    const ids = Array.from({ length: DELIVERIES }, (_, n) => `delivery-${n}`)
    await enqueueCalls(
      store,
      ids.map((id) => ({ id, url: sink.url })),
    )

    for (let kill = 0; kill < KILLS; kill += 1) {
      answersLeft = 20
      const child = startWorkerProcess(options, `worker-${kill}`, aheadOf(kill))
      await waitFor(async () => held.length >= UNDER_WAY)
      await end(child, 'SIGKILL')
      for (const response of held.splice(0)) response.destroy()
    }
    answersLeft = Number.POSITIVE_INFINITY
    const last = startWorkerProcess(options, `worker-${KILLS}`, aheadOf(KILLS))
    await waitFor(async () => (await countDelivered(store)) === DELIVERIES)
    expect(await end(last, 'SIGTERM')).toBe(0)
    await sink.close()

    const received = sink.received.map(({ id }) => id)
    expect(new Set(received)).toEqual(new Set(ids))
    // The calls that were under way came again: the kills did hit the middle of a send.
    expect(received.length).toBeGreaterThanOrEqual(DELIVERIES + KILLS * UNDER_WAY)
    expect(await countLeased(store)).toBe(0)
  })

  it('all arrive, and again within a lease only, while workers are killed at random', async () => {
    const options = await stores.options()
    const store = await stores.open(options)
    const calls = new Map<string, number[]>()
    const sink = await openSink((request, response) => {
      const id = String(request.headers['webhook-id'])
      calls.set(id, [...(calls.get(id) ?? []), Date.now()])
      setTimeout(() => response.end(), Math.random() * 30)
    })
    const until = Date.now() + SECONDS * 1_000
    const ids: string[] = []
    let kills = 0

    async function queueNew(): Promise<void> {
      for (; Date.now() < until; await sleep(BATCH_EVERY_MS)) {
        const batch = Array.from({ length: BATCH }, (_, n) => `delivery-${ids.length + n}`)
        ids.push(...batch)
        const rows = batch.map((id, n) => ({ id, url: sink.url, target_id: `target${n % 7}` }))
        await enqueueCalls(store, rows)
      }
    }
    async function killAtRandom(slot: number): Promise<void> {
      for (let life = 0; Date.now() < until; life += 1) {
        const child = startWorkerProcess(options, `worker-${slot}-${life}`)
        await sleep(LIFE_MS_MIN + Math.random() * (LIFE_MS_MAX - LIFE_MS_MIN))
        await end(child, 'SIGKILL')
        kills += 1
      }
    }
    await Promise.all([
      queueNew(),
      ...Array.from({ length: WORKERS[engine] }, (_, slot) => killAtRandom(slot)),
    ])
    const last = startWorkerProcess(options, 'last')
    await waitFor(async () => (await countDelivered(store)) === ids.length)
    expect(await end(last, 'SIGTERM')).toBe(0)
    await sink.close()

    expect(kills).toBeGreaterThanOrEqual(WORKERS[engine] * 3)
    expect(new Set(calls.keys())).toEqual(new Set(ids))
    const spans = [...calls.values()].map((times) => Math.max(...times) - Math.min(...times))
    // Each repetition follows a worker's death by no more than its lease, and few follow each other.
    expect(Math.max(...spans)).toBeLessThan(2 * LEASE_MS)
    expect(await countLeased(store)).toBe(0)
  }, 180_000)

  function startWorkerProcess(options: StoreOptions, workerId: string, aheadMs = 0): ChildProcess {
    const script = join(import.meta.dirname, 'delivery-worker-process.ts')
    const child = spawn(
      process.execPath,
      [script, options.dataDir, options.databaseUrl, workerId, String(aheadMs)],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    )
    children.push(child)
    return child
  }
})

/** Of the clock of a worker that is started after so many deaths: the leases of the dead have run out. */
function aheadOf(deaths: number): number {
  return deaths * (LEASE_MS + 1_000)
}

async function countDelivered({ db }: Store): Promise<number> {
  const rows = await db.selectFrom('deliveries').select('id').where('state', '=', 'delivered').execute()
  return rows.length
}

async function countLeased({ db }: Store): Promise<number> {
  const rows = await db.selectFrom('deliveries').select('id').where('lease_owner', 'is not', null).execute()
  return rows.length
}

/** @returns the exit code; null when the signal ended the process. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  return child.exitCode
}

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}
