import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfigVersion } from '../store/config-version.ts'
import type { Db } from '../store/transaction.ts'
import { readEdgeReports } from './edge-reports.ts'

const WAIT_MS_MAX = 1_000
const LOOK_MS = 10

/** Resolves when every edge that answers serves the configuration of now, or after WAIT_MS_MAX. */
export async function untilLive(db: Db, dataDir: string): Promise<void> {
  const version = await loadConfigVersion(db)
  const endsAt = performance.now() + WAIT_MS_MAX
  while (performance.now() < endsAt) {
    const reports = await readEdgeReports(dataDir)
    if (reports.every(({ snapshotVersion }) => snapshotVersion >= version)) return
    await sleep(LOOK_MS)
  }
}
