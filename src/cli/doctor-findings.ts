import type { SystemFinding } from '../api/system-status.ts'
import type { Config } from '../config.ts'
import {
  checkAsn,
  checkClock,
  checkDisk,
  checkDurableWrites,
  checkGeo,
  checkSecret,
} from './doctor-machine.ts'
import { checkLedger, checkMail, checkPorts, checkSql, type Probe } from './doctor-services.ts'

/** A check that takes longer is one that failed. */
const CHECK_WAIT_MS = 10_000

/** Asks the stores: a running core its own open ones, `trailpost doctor` those that it opens for the question. */
export type Probes = { readonly sql: Probe; readonly ledger: Probe }

/** Looks at everything the server needs; each check is answered within CHECK_WAIT_MS. */
export async function findFindings(config: Config, probes: Probes): Promise<readonly SystemFinding[]> {
  const checks: readonly [name: string, run: () => Promise<SystemFinding | readonly SystemFinding[]>][] = [
    ['disk space', () => checkDisk(config)],
    ['durable writes', () => checkDurableWrites(config)],
    ['secret', () => checkSecret(config)],
    ['clock', () => checkClock(config)],
    ['geo database', async () => checkGeo(config)],
    ['asn database', async () => checkAsn(config)],
    ['ports', () => checkPorts(config)],
    ['sql', () => checkSql(config, probes.sql)],
    ['ledger', () => checkLedger(config, probes.ledger)],
    ['mail', () => checkMail(config)],
  ]
  const found: SystemFinding[] = []
  // One after the other: a disk that is measured while another check writes looks slower than it is.
  for (const [name, run] of checks) found.push(...[await inTime(name, run)].flat())
  return found
}

async function inTime<T>(check: string, run: () => Promise<T>): Promise<T | SystemFinding> {
  const { promise, resolve } = Promise.withResolvers<SystemFinding>()
  const seconds = CHECK_WAIT_MS / 1_000
  const late = { check, ok: false, detail: `no answer within ${seconds} s`, mend: 'look at the log of core' }
  const timer = setTimeout(() => resolve(late), CHECK_WAIT_MS)
  try {
    return await Promise.race([run(), promise])
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { check, ok: false, detail, mend: 'look at the log of core' }
  } finally {
    clearTimeout(timer)
  }
}
