import { setTimeout as sleep } from 'node:timers/promises'
import { openStore, type StoreOptions } from '../src/store/open-store.ts'
import { startPostgresServer } from '../test/support/postgres-server.ts'
import { countDelivered, queueDeliveries } from './support/delivery-queue.ts'
import { startDeliveryWorkers } from './support/delivery-workers.ts'
import { median } from './support/percentile.ts'
import { residentBytes } from './support/process-cost.ts'
import { createReporter } from './support/report.ts'
import { startSink } from './support/sink.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/**
 * A backlog of one million drains without memory growth: resident memory of the workers near the end against that
 * near the beginning, each the middle of many looks. Takes about ten minutes an engine, so that it runs only when it
 * is named.
 */
const DELIVERIES = 1_000_000
const TARGETS = 40
const LOOK_EVERY_MS = 500
/** Shares of the looks: what the process needs to get going is no growth. */
const BEGINNING = [0.1, 0.3] as const
const END = [0.8, 1] as const
const MB = 1_048_576

const report = createReporter('delivery-backlog', process.argv.includes('--json'))
await withTemporaryDirectory(async (dataDir) => await drain('sqlite', { dataDir, databaseUrl: '' }, 1))
const server = await startPostgresServer({ isDurable: true })
try {
  await drain('postgres', { dataDir: '', databaseUrl: await server.createDatabase('backlog') }, 2)
} finally {
  await server.stop()
}

async function drain(engine: string, options: StoreOptions, workers: number): Promise<void> {
  const store = await openStore(options)
  const sink = await startSink({ hosts: TARGETS })
  const running = await startDeliveryWorkers(options, { workers })
  const looks: number[] = []
  const stop = new AbortController()
  const looking = lookEvery(() => {
    const bytes = running.processes.map(({ pid }) => (pid === undefined ? 0 : residentBytes(pid)))
    looks.push(Math.max(...bytes) / MB)
  }, stop.signal)
  try {
    await queueDeliveries(store, { origins: sink.origins, count: DELIVERIES, dueAt: Date.now() })
    looks.length = 0
    const startedAt = performance.now()
    await running.deliver(DELIVERIES)
    report(`per_s_${engine}`, (DELIVERIES * 1_000) / (performance.now() - startedAt), '1/s')
    const [before, after] = [median(shareOf(looks, BEGINNING)), median(shareOf(looks, END))]
    report(`memory_begin_mb_${engine}`, before, 'MB')
    report(`memory_end_mb_${engine}`, after, 'MB')
    report(`memory_growth_${engine}`, after / before, '')
    await running.stop()
    const delivered = await countDelivered(store)
    if (delivered !== DELIVERIES) throw new Error(`of ${DELIVERIES} deliveries ${delivered} are delivered`)
  } finally {
    stop.abort()
    await looking
    await sink.stop()
    await store.close()
  }
}

async function lookEvery(look: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    look()
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

function shareOf(values: readonly number[], [from, to]: readonly [number, number]): readonly number[] {
  return values.slice(Math.floor(values.length * from), Math.ceil(values.length * to))
}
