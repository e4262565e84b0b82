import { join } from 'node:path'
import { openChdbEngine } from '../src/ledger/chdb-engine.ts'
import type { LedgerEngine } from '../src/ledger/engine.ts'
import { migrateLedger } from '../src/ledger/migrations.ts'
import type { ReportRequest } from '../src/reports/report-request.ts'
import { runReport } from '../src/reports/run-report.ts'
import { generateLedger, LEDGER_DAYS, VISITS_PER_CONVERSION } from './support/generate-ledger.ts'
import { median } from './support/percentile.ts'
import { createReporter } from './support/report.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/** Three-level drill-downs over ten million rows of one workspace; the slowest one's median counts. */
const ROWS = 10_000_000
const VISITS = (ROWS / (VISITS_PER_CONVERSION + 1)) * VISITS_PER_CONVERSION
const RUNS = 7
const DAY_MS = 86_400_000

const DRILL_DOWNS = [
  ['campaign', 'country', 'device_type'],
  ['source', 'offer', 'day'],
  ['country', 'os', 'browser'],
] as const
const METRICS = ['visits', 'clicks', 'conversions', 'revenue', 'cost', 'profit', 'roi', 'cr', 'epc'] as const

const report = createReporter('reports', process.argv.includes('--json'))
await withTemporaryDirectory(async (dataDir) => {
  const engine = await openChdbEngine(join(dataDir, 'ledger'))
  try {
    await migrateLedger(engine)
    await measure(engine)
  } finally {
    await engine.close()
  }
})

async function measure(engine: LedgerEngine): Promise<void> {
  const endMs = Date.now()
  await generateLedger(engine, ROWS, endMs)
  const medians: number[] = []
  for (const groupBy of DRILL_DOWNS) {
    const name = groupBy.join('_')
    const cpuBefore = process.cpuUsage()
    const ms = await timeReport(engine, drillDown(groupBy, endMs))
    const cpu = process.cpuUsage(cpuBefore)
    report(`${name}_ms`, ms, 'ms')
    report(`${name}_cpu_ms`, (cpu.user + cpu.system) / 1_000 / RUNS, 'ms')
    medians.push(ms)
  }
  report('drilldown_10m_ms', Math.max(...medians), 'ms')
}

async function timeReport(engine: LedgerEngine, request: ReportRequest): Promise<number> {
  const ledger = {
    query: <T>(sql: string, params: Readonly<Record<string, unknown>>) =>
      engine.query<T>(sql, params, undefined),
  }
  const times: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const startedAt = performance.now()
    const { totals } = await runReport(ledger, request)
    times.push(performance.now() - startedAt)
    if (totals.visits !== VISITS) throw new Error(`the report counts ${totals.visits} of ${VISITS} visits`)
  }
  return median(times)
}

function drillDown(groupBy: readonly string[], endMs: number): ReportRequest {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  return {
    workspace: 'bench',
    from: day(endMs - LEDGER_DAYS * DAY_MS),
    to: day(endMs),
    timeZone: 'UTC',
    dateBasis: 'conversion',
    groupBy,
    metrics: METRICS,
    filters: [],
  }
}
