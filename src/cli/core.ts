import { loadConfig } from '../config.ts'
import { startCore } from '../server.ts'
import { loadInstanceSecret } from './instance-secret.ts'
import { packageVersion } from './package-version.ts'
import { createProcessLog } from './process-log.ts'
import { untilAskedToStop } from './until-asked-to-stop.ts'

/** `trailpost core`: judging, loading, delivery, API and dashboard, until asked to stop. */
export async function runCore(): Promise<void> {
  const config = loadConfig()
  const log = createProcessLog(config, 'core')
  const core = await startCore({ config, secret: loadInstanceSecret(config), version: packageVersion(), log })
  process.send?.({ ready: { dashboardPort: core.dashboardPort, setupUrl: core.setupUrl } })
  await untilAskedToStop(log, core.close)
}
