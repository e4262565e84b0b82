import { createServer } from 'node:net'
import { request } from 'undici'
import type { Config } from '../config.ts'
import { createMailer } from '../delivery/send-email.ts'
import { openLedger } from '../ledger/open-ledger.ts'
import { openStore } from '../store/open-store.ts'
import type { Finding } from './doctor.ts'

const PROBE_TIMEOUT_MS = 3_000

type PortState = 'free' | 'trailpost' | 'taken'

/** Each port is either free or already ours. */
export async function checkPorts(config: Config): Promise<Finding[]> {
  return [
    await checkPort('tracking port', config.publicHost, config.publicPort, 'TRAILPOST_PUBLIC_PORT'),
    await checkPort('dashboard port', config.dashboardHost, config.dashboardPort, 'TRAILPOST_DASHBOARD_PORT'),
  ]
}

async function checkPort(check: string, host: string, port: number, variable: string): Promise<Finding> {
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

async function answersHealth(url: string): Promise<boolean> {
  try {
    const response = await request(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
    await response.body.dump()
    return response.statusCode === 200
  } catch {
    return false
  }
}

/** SQL opens, its tables are up to date and it answers. */
export async function checkSql(config: Config): Promise<Finding> {
  const engine = config.databaseUrl === '' ? 'SQLite' : 'PostgreSQL'
  try {
    const store = await openStore(config)
    const { version } = await store.db
      .selectFrom('config_version')
      .select('version')
      .executeTakeFirstOrThrow()
    await store.close()
    return { check: 'sql', ok: true, detail: `${engine} answers; configuration version ${version}`, mend: '' }
  } catch (error) {
    return {
      check: 'sql',
      ok: false,
      detail: `${engine}: ${messageOf(error)}`,
      mend:
        engine === 'SQLite'
          ? `check that ${config.dataDir}/trailpost.db may be written, and restore it from a backup if it is damaged`
          : 'check TRAILPOST_DATABASE_URL, and that the server runs and accepts this user',
    }
  }
}

/** The ledger answers: by the running server when there is one, because chDB belongs to one process. */
export async function checkLedger(config: Config): Promise<Finding> {
  const dashboard = `http://127.0.0.1:${config.dashboardPort}`
  if (await answersHealth(`${dashboard}/healthz`)) return await askRunningServer(dashboard)
  try {
    const ledger = await openLedger(config)
    await ledger.ping()
    await ledger.close()
    return { check: 'ledger', ok: true, detail: `${ledgerName(config)} answers`, mend: '' }
  } catch (error) {
    return {
      check: 'ledger',
      ok: false,
      detail: `${ledgerName(config)}: ${messageOf(error)}`,
      mend:
        config.clickhouseUrl === ''
          ? `check that no other process uses ${config.dataDir}/ledger and that it may be written`
          : 'check TRAILPOST_CLICKHOUSE_URL, and that the server runs and accepts this user',
    }
  }
}

/** The mail server lets us in; nothing is looked at where none is set. */
export async function checkMail({ smtpUrl, mailFrom }: Config): Promise<Finding[]> {
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

async function askRunningServer(dashboard: string): Promise<Finding> {
  const mend = 'look at the log of the core process'
  try {
    const response = await request(`${dashboard}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
    const detail = await response.body.text()
    return {
      check: 'ledger',
      ok: response.statusCode === 200,
      detail: `the running server says ${detail}`,
      mend,
    }
  } catch (error) {
    return { check: 'ledger', ok: false, detail: messageOf(error), mend }
  }
}

function ledgerName(config: Config): string {
  return config.clickhouseUrl === '' ? 'chDB' : 'ClickHouse'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
