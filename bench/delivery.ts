import { openStore, type StoreOptions } from '../src/store/open-store.ts'
import { type PostgresServer, startPostgresServer } from '../test/support/postgres-server.ts'
import { countDelivered, queueDeliveries } from './support/delivery-queue.ts'
import { startDeliveryWorkers } from './support/delivery-workers.ts'
import { median } from './support/percentile.ts'
import { cpuSeconds } from './support/process-cost.ts'
import { createReporter } from './support/report.ts'
import { startSink } from './support/sink.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/**
 * Deliveries per second: leased, sent over HTTP to processes on loopback, recorded with their attempt. The clock runs
 * from the workers' start until the last one is recorded.
 *
 * per_s_sqlite        one worker
 * per_s_postgres      two workers; PostgreSQL syncs every commit to disk
 * slow_target_ratio   to the same targets, on SQLite, with and without others beside them that never answer: a fifth
 *                     of all targets, with a fifth of all deliveries. Each call to one of these holds a socket until
 *                     it times out.
 */
const DELIVERIES = 15_000
const TARGETS = 40
const SILENT_TARGETS = 10
/** Much shorter than the product's, so that calls time out, and are tried again, all through the measurement. */
const SHORT_TIMEOUT_MS = 1_000
const ROUNDS = 5
/** The first pair pays for what the machine has not loaded yet. */
const WARM_UP_ROUNDS = 1

const report = createReporter('delivery', process.argv.includes('--json'))
await measureSqlite()
await measurePostgres()
await measureSlowTargets()

async function measureSqlite(): Promise<void> {
  await withTemporaryDirectory(async (dataDir) => {
    const { perSecond, cpuMicros } = await run({ dataDir, databaseUrl: '' }, { workers: 1 })
    report('per_s_sqlite', perSecond, '1/s')
    report('cpu_us_sqlite', cpuMicros, 'us/delivery')
  })
}

async function measurePostgres(): Promise<void> {
  const server: PostgresServer = await startPostgresServer({ isDurable: true })
  try {
    const databaseUrl = await server.createDatabase('bench')
    const { perSecond, cpuMicros } = await run({ dataDir: '', databaseUrl }, { workers: 2 })
    report('per_s_postgres', perSecond, '1/s')
    report('cpu_us_postgres', cpuMicros, 'us/delivery')
  } finally {
    await server.stop()
  }
}

/** In turns, so that what else the machine does meets both alike. */
async function measureSlowTargets(): Promise<void> {
  const ratios: number[] = []
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const alone = await runBesideSilent(0)
    const beside = await runBesideSilent(SILENT_TARGETS)
    if (round >= WARM_UP_ROUNDS) ratios.push(beside / alone)
  }
  report('slow_target_ratio', median(ratios), '')
  report('slow_target_ratio_min', Math.min(...ratios), '')
}

async function runBesideSilent(silent: number): Promise<number> {
  let perSecond = 0
  await withTemporaryDirectory(async (dataDir) => {
    const options = { workers: 1, silent, totalTimeoutMs: SHORT_TIMEOUT_MS }
    perSecond = (await run({ dataDir, databaseUrl: '' }, options)).perSecond
  })
  return perSecond
}

async function run(
  options: StoreOptions,
  {
    workers,
    silent = 0,
    totalTimeoutMs,
  }: { readonly workers: number; readonly silent?: number; readonly totalTimeoutMs?: number },
): Promise<{ readonly perSecond: number; readonly cpuMicros: number }> {
  const store = await openStore(options)
  const sink = await startSink({ hosts: TARGETS + silent, silent })
  const timeout = totalTimeoutMs === undefined ? {} : { totalTimeoutMs }
  const running = await startDeliveryWorkers(options, { workers, ...timeout })
  try {
    const dueAt = Date.now()
    // The silent ones are due first: a queue that is not fair is stuck on them.
    const lost = { origins: sink.origins.slice(TARGETS), count: (DELIVERIES / TARGETS) * silent }
    await queueDeliveries(store, { ...lost, dueAt: dueAt - 1 })
    await queueDeliveries(store, { origins: sink.origins.slice(0, TARGETS), count: DELIVERIES, dueAt })
    const cpuBefore = cpuOf(running.processes)
    const startedAt = performance.now()
    await running.deliver(DELIVERIES)
    const seconds = (performance.now() - startedAt) / 1_000
    const cpu = cpuOf(running.processes) - cpuBefore
    await running.stop()
    const [calls, delivered] = [await sink.countCalls(), await countDelivered(store)]
    if (delivered !== DELIVERIES || calls < DELIVERIES) {
      throw new Error(`of ${DELIVERIES} deliveries ${delivered} are delivered and ${calls} arrived`)
    }
    return { perSecond: DELIVERIES / seconds, cpuMicros: (cpu * 1e6) / DELIVERIES }
  } finally {
    await sink.stop()
    await store.close()
  }
}

function cpuOf(processes: readonly { readonly pid?: number | undefined }[]): number {
  return processes.reduce((sum, { pid }) => sum + (pid === undefined ? 0 : cpuSeconds(pid)), 0)
}
