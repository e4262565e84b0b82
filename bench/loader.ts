import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { appendVisits } from './support/append-visits.ts'
import { recordVisits } from './support/edge-visits.ts'
import { type LoadingLedger, startLoading } from './support/loading-ledger.ts'
import { percentile } from './support/percentile.ts'
import { createReporter } from './support/report.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/**
 * From journal to queryable: first a backlog as after an outage of core, as fast as it goes; then visits at a steady
 * rate, where what counts is how old the newest row is that a query can see.
 */
const DIFFERENT_VISITS = 5_000
const BACKLOG_VISITS = 500_000
const STEADY_RATE = 5_000
const STEADY_SECONDS = 10
/** The backlog is dated over this long, so that few of its rows lie where the newest one is looked for. */
const BACKLOG_SPAN_MS = 24 * 3_600_000
const LOOK_MS = 50

const report = createReporter('loader', process.argv.includes('--json'))
await withTemporaryDirectory(async (dir) => {
  const fromDir = await recordVisits(join(dir, 'recorded'), DIFFERENT_VISITS)
  const dataDir = join(dir, 'data')
  // Two journals, as two edges write them: one is there before the loader starts, one comes later.
  const journalDir = (edge: number) => join(dataDir, 'journal', `edge-${edge}`)
  mkdirSync(dataDir)
  const backlog = { fromDir, toDir: journalDir(0), count: BACKLOG_VISITS, rate: 0, spanMs: BACKLOG_SPAN_MS }
  await appendVisits(backlog)

  const loading = await startLoading(dataDir)
  try {
    await measureBacklog(loading)
    const count = STEADY_RATE * STEADY_SECONDS
    const appended = appendVisits({ fromDir, toDir: journalDir(1), count, rate: STEADY_RATE, spanMs: 0 })
    await measureLag(loading, appended)
    await loading.untilRows(BACKLOG_VISITS + count)
  } finally {
    await loading.stop()
  }
})

async function measureBacklog(loading: LoadingLedger): Promise<void> {
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  await loading.untilRows(BACKLOG_VISITS)
  const cpu = process.cpuUsage(cpuBefore)
  report('rows_per_s', BACKLOG_VISITS / ((performance.now() - startedAt) / 1_000), '1/s')
  report('cpu_us', (cpu.user + cpu.system) / BACKLOG_VISITS, 'us/row')
}

async function measureLag(loading: LoadingLedger, appended: Promise<void>): Promise<void> {
  try {
    const ages = await sampleAges(loading, appended)
    report('lag_p50_ms', percentile(ages, 0.5), 'ms')
    report('lag_p99_ms', percentile(ages, 0.99), 'ms')
  } finally {
    await appended
  }
}

/**
 * How old the newest row is that a query sees, again and again while visits are appended. An age is taken when the
 * answer is there, so that the query's own time counts as well.
 */
async function sampleAges({ ledger }: LoadingLedger, appended: Promise<void>): Promise<number[]> {
  let running = true
  const end = () => {
    running = false
  }
  appended.then(end, end)
  const sql = `SELECT toUnixTimestamp64Milli(max(at)) AS newest FROM ledger
    WHERE workspace = 'bench' AND at_slot > now() - 1800`
  const loadNewest = async () => Number((await ledger.lookUp<{ newest: string }>(sql))[0]?.newest ?? 0)
  const backlogEnd = await loadNewest()
  const ages: number[] = []
  while (running) {
    const newest = await loadNewest()
    // Before its first visit is seen the appending process only starts.
    if (newest > backlogEnd) ages.push(Date.now() - newest)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return ages
}
