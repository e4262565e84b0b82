import { loadConfig } from '../config.ts'
import { checkClock, checkDisk, checkDurableWrites, checkGeo, checkSecret } from './doctor-machine.ts'
import { checkLedger, checkMail, checkPorts, checkSql } from './doctor-services.ts'

/** One thing looked at: whether it is well, what was seen, and what to do when it is not. */
export type Finding = {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
  /** '' when all is well. */
  readonly mend: string
}

/** `trailpost doctor`: looks at everything the server needs, whether it runs or not. Exits 1 on a finding. */
export async function runDoctor(json: boolean): Promise<void> {
  const config = loadConfig()
  const findings = [
    checkDisk(config),
    checkDurableWrites(config),
    checkSecret(config),
    checkClock(config),
    checkGeo(config),
    ...(await checkPorts(config)),
    await checkSql(config),
    await checkLedger(config),
    ...(await checkMail(config)),
  ]
  if (json) console.log(JSON.stringify(findings, null, 2))
  else for (const finding of findings) printFinding(finding)
  if (findings.some((finding) => !finding.ok)) process.exitCode = 1
}

function printFinding(finding: Finding): void {
  console.log(`${finding.ok ? '✓' : '✗'} ${finding.check.padEnd(16)} ${finding.detail}`)
  if (!finding.ok) console.log(`  ${''.padEnd(16)} → ${finding.mend}`)
}
