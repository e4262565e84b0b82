import { createServer } from 'node:net'
import { request } from 'undici'
import type { SystemFinding } from '../api/system-status.ts'
import type { Config } from '../config.ts'
import { createMailer } from '../delivery/send-email.ts'

export const PROBE_TIMEOUT_MS = 3_000

type PortState = 'free' | 'trailpost' | 'taken'

/** Each port is either free or already ours. */
export async function checkPorts(config: Config): Promise<SystemFinding[]> {
  return [
    await checkPort('tracking port', config.publicHost, config.publicPort, 'TRAILPOST_PUBLIC_PORT'),
    await checkPort('dashboard port', config.dashboardHost, config.dashboardPort, 'TRAILPOST_DASHBOARD_PORT'),
  ]
}

async function checkPort(
  check: string,
  host: string,
  port: number,
  variable: string,
): Promise<SystemFinding> {
  const state = await portState(host, port)
  const details: Record<PortState, string> = {
    free: `${host}:${port} is free`,
    trailpost: `Trailpost answers on ${host}:${port}`,
    taken: `another program listens on ${host}:${port}`,
  }
  return {
    check,
    ok: state !== 'taken',
    detail: details[state],
    mend: `stop the other program, or choose another ${variable}`,
  }
}

async function portState(host: string, port: number): Promise<PortState> {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  if (await answersHealth(`http://${reachable}:${port}/healthz`)) return 'trailpost'
  return await new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve('taken'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve('free')))
  })
}

/** Whether Trailpost answers there. */
export async function answersHealth(url: string): Promise<boolean> {
  try {
    const response = await request(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
    await response.body.dump()
    return response.statusCode === 200
  } catch {
    return false
  }
}

/** Says what was seen when the service answers; rejects when it does not. */
export type Probe = () => Promise<string>

/** SQL answers, with its tables up to date. */
export async function checkSql(config: Config, probe: Probe): Promise<SystemFinding> {
  const engine = sqlName(config)
  try {
    return { check: 'sql', ok: true, detail: `${engine} answers; ${await probe()}`, mend: '' }
  } catch (error) {
    return {
      check: 'sql',
      ok: false,
      detail: `${engine}: ${messageOf(error)}`,
      mend:
        config.databaseUrl === ''
          ? `check that ${config.dataDir}/trailpost.db may be written, and restore it from a backup if it is damaged`
          : 'check TRAILPOST_DATABASE_URL, and that the server runs and accepts this user',
    }
  }
}

/** The ledger answers. */
export async function checkLedger(config: Config, probe: Probe): Promise<SystemFinding> {
  const engine = ledgerName(config)
  try {
    return { check: 'ledger', ok: true, detail: `${engine} ${await probe()}`, mend: '' }
  } catch (error) {
    return {
      check: 'ledger',
      ok: false,
      detail: `${engine}: ${messageOf(error)}`,
      mend:
        config.clickhouseUrl === ''
          ? `check that no other process uses ${config.dataDir}/ledger and that it may be written`
          : 'check TRAILPOST_CLICKHOUSE_URL, and that the server runs and accepts this user',
    }
  }
}

/** The mail server lets us in; nothing is looked at where none is set. */
export async function checkMail({ smtpUrl, mailFrom }: Config): Promise<SystemFinding[]> {
  if (smtpUrl === '') return []
  const mailer = createMailer({ smtpUrl, from: mailFrom })
  // Without user and password, which are the operator's secret.
  const server = new URL(smtpUrl).host
  try {
    await mailer.verify()
    return [{ check: 'mail', ok: true, detail: `${server} takes e-mail`, mend: '' }]
  } catch (error) {
    const mend = 'check TRAILPOST_SMTP_URL, and that the server accepts this user and encrypts'
    return [{ check: 'mail', ok: false, detail: `${server}: ${messageOf(error)}`, mend }]
  } finally {
    mailer.close()
  }
}

export function sqlName({ databaseUrl }: Config): string {
  return databaseUrl === '' ? 'SQLite' : 'PostgreSQL'
}

export function ledgerName({ clickhouseUrl }: Config): string {
  return clickhouseUrl === '' ? 'chDB' : 'ClickHouse'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
