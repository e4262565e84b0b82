import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { StoreOptions } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { enqueueCalls, openSink } from '../support/delivery-queue.ts'

const DELIVERIES = 150
const KILLS = 3
/** Calls that are under way, received and not answered, when a worker is killed. */
const UNDER_WAY = 5
/** A new worker's clock runs ahead of the lease that the killed one left. */
const LEASE_MS = 60_000

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
      const child = startWorkerProcess(options, kill)
      await waitFor(async () => held.length >= UNDER_WAY)
      await end(child, 'SIGKILL')
      for (const response of held.splice(0)) response.destroy()
    }
    answersLeft = Number.POSITIVE_INFINITY
    const last = startWorkerProcess(options, KILLS)
    await waitFor(async () => (await countDelivered()) === DELIVERIES)
    expect(await end(last, 'SIGTERM')).toBe(0)
    await sink.close()

    const received = sink.received.map(({ id }) => id)
    expect(new Set(received)).toEqual(new Set(ids))
    // The calls that were under way came again: the kills did hit the middle of a send.
    expect(received.length).toBeGreaterThanOrEqual(DELIVERIES + KILLS * UNDER_WAY)
    const leased = await store.db
      .selectFrom('deliveries')
      .where('lease_owner', 'is not', null)
      .selectAll()
      .execute()
    expect(leased).toEqual([])

    async function countDelivered(): Promise<number> {
      const rows = await store.db
        .selectFrom('deliveries')
        .select('id')
        .where('state', '=', 'delivered')
        .execute()
      return rows.length
    }
  })

  function startWorkerProcess(options: StoreOptions, generation: number): ChildProcess {
    const script = join(import.meta.dirname, 'delivery-worker-process.ts')
    const ahead = String(generation * (LEASE_MS + 1_000))
    const child = spawn(
      process.execPath,
      [script, options.dataDir, options.databaseUrl, `worker-${generation}`, ahead],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    )
    children.push(child)
    return child
  }
})

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
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}
