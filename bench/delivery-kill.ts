import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { LEASE_MS } from '../src/delivery/lease.ts'
import { openStore, type StoreOptions } from '../src/store/open-store.ts'
import { startPostgresServer } from '../test/support/postgres-server.ts'
import { countDelivered, queueDeliveries } from './support/delivery-queue.ts'
import { createReporter } from './support/report.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'
import { until } from './support/until.ts'

/**
 * Workers are killed (SIGKILL) at random moments for a minute, with deliveries coming in all the time.
 *
 * lost               deliveries that never arrived: 0
 * strange            calls under an id that no delivery has: 0
 * late_repeats       calls that came again more than a lease after the one before: a worker may be killed again, so that
 *                     the first and the last call can be further apart
 * repeats            calls that came again at all: what the worker had sent and not recorded when it was killed
 */
const SECONDS = 60
const BATCH = 500
const BATCH_EVERY_MS = 500
const LIFE_MS_MIN = 300
const LIFE_MS_MAX = 3_000
const DRAIN_MS_MAX = 180_000
/** A worker may record, and be killed, a little after its lease ran out. */
const SLACK_MS = 20_000

const report = createReporter('delivery-kill', process.argv.includes('--json'))
await withTemporaryDirectory(async (dataDir) => await soak('sqlite', { dataDir, databaseUrl: '' }, 1))
const server = await startPostgresServer({ isDurable: true })
try {
  await soak('postgres', { dataDir: '', databaseUrl: await server.createDatabase('kill') }, 2)
} finally {
  await server.stop()
}

async function soak(engine: string, options: StoreOptions, workers: number): Promise<void> {
  const store = await openStore(options)
  const sink = await openSink()
  const end = performance.now() + SECONDS * 1_000
  const killing = Array.from({ length: workers }, () => keepKilling(options, end))
  let queued = 0
  while (performance.now() < end) {
    await queueDeliveries(store, { origins: [sink.origin], count: BATCH, dueAt: Date.now() })
    queued += BATCH
    await sleep(BATCH_EVERY_MS)
  }
  const kills = (await Promise.all(killing)).reduce((sum, count) => sum + count, 0)
  const last = await startWorker(options)
  await until('the rest is delivered', async () => (await countDelivered(store)) === queued, {
    withinMs: DRAIN_MS_MAX,
  })
  await kill(last)
  const rows = await store.db.selectFrom('deliveries').select('id').execute()
  const ids = new Set(rows.map(({ id }) => id))
  const calls = [...sink.calls]
  report(`kills_${engine}`, kills, '')
  report(`deliveries_${engine}`, queued, '')
  report(`lost_${engine}`, [...ids].filter((id) => !sink.calls.has(id)).length, '')
  report(`strange_${engine}`, calls.filter(([id]) => !ids.has(id)).length, '')
  report(
    `repeats_${engine}`,
    calls.reduce((sum, [, times]) => sum + times.length - 1, 0),
    '',
  )
  const late = calls.filter(([, times]) => longestGapOf(times) > LEASE_MS + SLACK_MS)
  report(`late_repeats_${engine}`, late.length, '')
  await sink.close()
  await store.close()
}

/** @returns how many were killed. */
async function keepKilling(options: StoreOptions, end: number): Promise<number> {
  let kills = 0
  while (performance.now() < end) {
    const worker = await startWorker(options)
    await sleep(LIFE_MS_MIN + Math.random() * (LIFE_MS_MAX - LIFE_MS_MIN))
    await kill(worker)
    kills += 1
  }
  return kills
}

async function startWorker({ dataDir, databaseUrl }: StoreOptions): Promise<ChildProcess> {
  const child = fork(new URL('./support/delivery-worker-process.ts', import.meta.url), [dataDir, databaseUrl])
  await once(child, 'message')
  child.send('go')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** Remembers when each id was called. */
async function openSink() {
  const calls = new Map<string, number[]>()
  const server = createServer((request, response) => {
    const id = request.headers['webhook-id']?.toString() ?? ''
    calls.set(id, [...(calls.get(id) ?? []), performance.now()])
    response.end('OK')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    calls,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function longestGapOf(times: readonly number[]): number {
  return Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? time)))
}
