import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Config, loadConfig } from '../config.ts'
import { loadInstanceSecret } from './instance-secret.ts'
import { packageVersion } from './package-version.ts'
import { createProcessLog } from './process-log.ts'
import { type ChildPlan, startSupervisor } from './supervisor.ts'
import { untilAskedToStop } from './until-asked-to-stop.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/trailpost.js', import.meta.url))

/** `trailpost start`: one core process and one edge per CPU core, kept running. */
export async function runStart(): Promise<void> {
  const config = loadConfig()
  const log = createProcessLog(config, 'supervisor')
  mkdirSync(config.dataDir, { recursive: true })
  // Made before the children start, so that none of them has to.
  loadInstanceSecret(config)
  const supervisor = startSupervisor({ program: PROGRAM, plans: planChildren(config), log })
  void supervisor.ready.then((messages) => {
    printWelcome(config, messages.get('core'))
    process.send?.({ ready: messages.get('core') })
  })
  await untilAskedToStop(log, supervisor.stop)
}

/** Edges end before core: a hit in flight still gets its judgement. */
function planChildren(config: Config): ChildPlan[] {
  const edges = Array.from({ length: config.edges }, (_, id) => ({
    name: `edge-${id}`,
    args: ['edge', '--id', String(id)],
    stopGroup: 0,
  }))
  return [{ name: 'core', args: ['core'], stopGroup: 1 }, ...edges]
}

function printWelcome(config: Config, core: unknown): void {
  const setupUrl =
    typeof core === 'object' && core !== null && 'setupUrl' in core && typeof core.setupUrl === 'string'
      ? core.setupUrl
      : ''
  const lines = [
    '',
    `  Trailpost ${packageVersion()}`,
    '',
    `  tracking    ${config.publicUrl}`,
    `  dashboard   ${config.dashboardUrl}`,
    ...(setupUrl === '' ? [] : [`  set up      ${setupUrl}`]),
    `  data        ${config.dataDir}`,
    '',
  ]
  console.log(lines.join('\n'))
}
