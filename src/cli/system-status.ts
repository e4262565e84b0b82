import type { SystemStatus } from '../api/system-status.ts'
import type { Config } from '../config.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Loader } from '../ledger/loader.ts'
import { loadTreatedDay } from '../retention/run-retention.ts'
import { loadConfigVersion } from '../store/config-version.ts'
import { countPending } from '../store/delivery-queue-depth.ts'
import { countOpenJobs } from '../store/jobs.ts'
import { countOutbox } from '../store/ledger-outbox.ts'
import type { Store } from '../store/open-store.ts'
import { findFindings } from './doctor-findings.ts'
import { loadAsnAge, loadDiskRoom, loadGeoAge } from './doctor-machine.ts'
import { ledgerName, sqlName } from './doctor-services.ts'
import { readEdgeReports } from './edge-reports.ts'

/** Measuring the disk costs some writes: who reloads the page sees the same for so long. */
const FRESH_MS = 30_000

type Looked = {
  readonly config: Config
  readonly version: string
  readonly startedAt: number
  readonly store: Store
  readonly ledger: Pick<Ledger, 'ping'>
  readonly loader: Pick<Loader, 'lagMs' | 'quarantinedRows'>
  readonly clock: () => number
}

/** Looks at the running installation; those who ask at once, or soon after, are told the same. */
export function createSystemStatus(of: Looked): () => Promise<SystemStatus> {
  let lookedAt = Number.NEGATIVE_INFINITY
  let last: Promise<SystemStatus> | undefined
  return async () => {
    if (last !== undefined && of.clock() - lookedAt < FRESH_MS) return await last
    lookedAt = of.clock()
    last = look(of)
    // A look that failed is not one to keep.
    last.catch(() => {
      last = undefined
    })
    return await last
  }
}

async function look(of: Looked): Promise<SystemStatus> {
  const { config, store, ledger, loader, clock } = of
  const { db } = store
  const configVersion = await loadConfigVersion(db)
  const findings = await findFindings(config, {
    sql: async () => `configuration version ${await loadConfigVersion(db)}`,
    ledger: async () => {
      await ledger.ping()
      return 'answers'
    },
  })
  const { pending, due } = await countPending(db, clock())
  const room = await loadDiskRoom(config)
  return {
    version: of.version,
    node: process.version,
    startedAt: new Date(of.startedAt).toISOString(),
    sql: {
      engine: sqlName(config),
      address: addressOf(config.databaseUrl, `${config.dataDir}/trailpost.db`),
    },
    ledger: {
      engine: ledgerName(config),
      address: addressOf(config.clickhouseUrl, `${config.dataDir}/ledger`),
    },
    edges: (await readEdgeReports(config.dataDir))
      .map(({ edgeId: id, snapshotVersion }) => ({ id, isCurrent: snapshotVersion >= configVersion }))
      .toSorted((one, other) => one.id - other.id),
    journalLagSeconds: Math.round(loader.lagMs() / 1_000),
    outboxRows: await countOutbox(db),
    quarantinedRows: loader.quarantinedRows(),
    deliveries: { waiting: pending, due },
    jobs: await countOpenJobs(db),
    retentionDay: (await loadTreatedDay(db)) ?? null,
    disk: { freeBytes: room.free, totalBytes: room.total },
    geoDatabase: toDatabase(await loadGeoAge(config)),
    asnDatabase: toDatabase(await loadAsnAge(config)),
    // Without user and password, which are the operator's secret.
    mailServer: addressOf(config.smtpUrl, ''),
    checkedAt: new Date(clock()).toISOString(),
    findings: findings.map((finding) => ({ ...finding })),
  }
}

function toDatabase(age: Awaited<ReturnType<typeof loadGeoAge>>): SystemStatus['geoDatabase'] {
  return age === undefined ? null : { name: age.name, builtAt: new Date(age.builtAt).toISOString() }
}

/**
 * Of a URL what tells where it leads, without user, password and parameters; '' when it leads to no host, e.g. to a
 * socket. Engines take more than URLs, and the error of one that is none would carry it, password and all, to the log.
 */
function addressOf(text: string, otherwise: string): string {
  if (text === '') return otherwise
  const url = URL.parse(text)
  if (url === null || url.host === '') return ''
  return `${url.host}${url.pathname === '/' ? '' : url.pathname}`
}
