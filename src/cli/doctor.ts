import { request } from 'undici'
import type { SystemFinding } from '../api/system-status.ts'
import { type Config, loadConfig } from '../config.ts'
import { openLedger } from '../ledger/open-ledger.ts'
import { loadConfigVersion } from '../store/config-version.ts'
import { openStore } from '../store/open-store.ts'
import { findFindings } from './doctor-findings.ts'
import { answersHealth, PROBE_TIMEOUT_MS } from './doctor-services.ts'

/** `trailpost doctor`: looks at everything the server needs, whether it runs or not. Exits 1 on a finding. */
export async function runDoctor(json: boolean): Promise<void> {
  const config = loadConfig()
  const findings = await findFindings(config, {
    sql: () => askSql(config),
    ledger: () => askLedger(config),
  })
  if (json) console.log(JSON.stringify(findings, null, 2))
  else for (const finding of findings) printFinding(finding)
  if (findings.some((finding) => !finding.ok)) process.exitCode = 1
}

async function askSql(config: Config): Promise<string> {
  const store = await openStore(config)
  try {
    return `configuration version ${await loadConfigVersion(store.db)}`
  } finally {
    await store.close()
  }
}

/** The running server is asked when there is one, because chDB belongs to one process. */
async function askLedger(config: Config): Promise<string> {
  const dashboard = `http://127.0.0.1:${config.dashboardPort}`
  if (await answersHealth(`${dashboard}/healthz`)) return await askRunningServer(dashboard)
  const ledger = await openLedger(config)
  try {
    await ledger.ping()
    return 'answers'
  } finally {
    await ledger.close()
  }
}

async function askRunningServer(dashboard: string): Promise<string> {
  const response = await request(`${dashboard}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
  const detail = `is the running server's, which says ${await response.body.text()}`
  if (response.statusCode !== 200) throw new Error(detail)
  return detail
}

function printFinding({ check, ok, detail, mend }: SystemFinding): void {
  console.log(`${ok ? '✓' : '✗'} ${check.padEnd(16)} ${detail}`)
  if (!ok) console.log(`  ${''.padEnd(16)} → ${mend}`)
}
