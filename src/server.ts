import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runAlerts } from './alerts/run-alerts.ts'
import type { ApiDeps, ReadinessCheck } from './api/api-deps.ts'
import { buildApi } from './api/build-api.ts'
import { dashboardOrigins } from './api/dashboard-origins.ts'
import { createMetrics } from './api/metrics.ts'
import { createPublicRequest } from './api/public-request.ts'
import { createSetupLink } from './api/setup-token.ts'
import type { BillingDeps } from './billing/billing-deps.ts'
import { createInvoiceRunJob, INVOICE_RUN_JOB } from './billing/invoice-run.ts'
import { readEdgeReports } from './cli/edge-reports.ts'
import { runJournalKeeper } from './cli/journal-keeper.ts'
import { createSystemStatus } from './cli/system-status.ts'
import { untilLive } from './cli/until-live.ts'
import { BULK_STATUS_JOB, createBulkStatusJob } from './conversions/bulk-status.ts'
import type { ByHandDeps } from './conversions/by-hand.ts'
import { startInternalServer } from './conversions/internal-server.ts'
import { createReconciliationJob, RECONCILIATION_JOB } from './conversions/reconcile-apply.ts'
import { runRematch } from './conversions/rematch.ts'
import { runJobs } from './conversions/run-jobs.ts'
import { createUploadJob, UPLOAD_JOB } from './conversions/upload-apply.ts'
import { CostCorrector } from './corrections/correct-costs.ts'
import { runCorrector } from './corrections/correct-visits.ts'
import { createFraudRerunJob, FRAUD_RERUN_JOB, previewFraudRerun } from './corrections/fraud-rerun.ts'
import { CANCEL_JOB, createCancelJob } from './delivery/cancel-job.ts'
import { createDomainCheck } from './delivery/check-domain.ts'
import { fireTarget } from './delivery/fire-target.ts'
import { createReplayJob, REPLAY_JOB } from './delivery/replay-job.ts'
import { createProofOf } from './edge/installation-proof.ts'
import { findClickIdsOfExternalId } from './ledger/erase-visits.ts'
import type { Ledger } from './ledger/ledger.ts'
import { type Core, type CoreOptions, journalRoot, openCore, ownHosts } from './open-core.ts'
import { runOptimization } from './optimization/optimize-flows.ts'
import { findNewestVisit } from './reports/newest-visit.ts'
import { runReport } from './reports/run-report.ts'
import { loadVisitRows } from './reports/visit-rows.ts'
import { createMonthKeys } from './retention/month-keys.ts'
import { runRetention } from './retention/run-retention.ts'
import { countPending } from './store/delivery-queue-depth.ts'
import { newRecordId } from './store/ids.ts'
import type { JobHandler } from './store/jobs.ts'
import { countOutbox } from './store/ledger-outbox.ts'
import type { Store } from './store/open-store.ts'

/**
 * The composition root of core: the place where its parts are joined. An edge joins its own (cli/edge.ts), so that
 * it does not carry the engines, the API and the accounts along: 200 MB and a second of every start.
 */

const WEB_ROOT = fileURLToPath(new URL('../web/dist', import.meta.url))

export type CoreProcess = {
  readonly dashboardPort: number
  /** '' when an owner exists. */
  readonly setupUrl: string
  readonly close: () => Promise<void>
}

/** Core: judges hits, loads the ledger, delivers, serves API and dashboard. */
export async function startCore(options: CoreOptions): Promise<CoreProcess> {
  const { config, log } = options
  mkdirSync(journalRoot(config), { recursive: true })
  const core = await openCore(options)
  const { store, stop, judge, clickIdKey } = core
  const onError = (error: unknown) => log.error({ err: error }, 'core')
  const socketPath = join(config.dataDir, 'run', 'core.sock')
  const internal = await startInternalServer({
    socketPath,
    judge,
    ledgerLookup: core.lookup,
    db: store.db,
    clickIdKey,
    clock: Date.now,
    onError,
  })
  const keeper = runJournalKeeper({
    journalRoot: journalRoot(config),
    db: store.db,
    judge,
    clock: Date.now,
    signal: stop.signal,
    log,
  })
  const optimization = runOptimization({
    db: store.db,
    ledger: core.ledger,
    clock: Date.now,
    signal: stop.signal,
    onChange: () => internal.announceChange(),
    onError,
  })
  const rematch = runRematch({ judge, db: store.db, clock: Date.now, signal: stop.signal, onError })
  const background = startBackground(core, onError)
  const jobs = runJobs({
    db: store.db,
    handlers: jobHandlers(core),
    longKinds: [REPLAY_JOB, CANCEL_JOB],
    clock: Date.now,
    signal: stop.signal,
    onError,
  })
  const dashboard = await startDashboard(core, async () => {
    internal.announceChange()
    await untilLive(store.db, config.dataDir)
  })
  return {
    ...dashboard,
    close: async () => {
      await dashboard.close()
      await internal.close()
      stop.abort()
      await Promise.all([
        keeper,
        optimization,
        rematch,
        ...background,
        jobs,
        core.worker.done,
        core.loader.done,
      ])
      core.mailer.close()
      await core.ledger.close()
      await store.close()
    },
  }
}

async function startDashboard(core: Core, live: () => Promise<void>): Promise<CoreProcess> {
  const { config, accounts } = core
  const app = await buildApi({ ...apiDeps(core), untilLive: live })
  await app.listen({ host: config.dashboardHost, port: config.dashboardPort })
  const address = app.server.address()
  return {
    dashboardPort: typeof address === 'object' && address !== null ? address.port : config.dashboardPort,
    setupUrl:
      (await createSetupLink({ accounts, dataDir: config.dataDir, dashboardUrl: config.dashboardUrl })) ?? '',
    close: async () => {
      await app.close()
    },
  }
}

function apiDeps(core: Core): Omit<ApiDeps, 'untilLive'> {
  const { config, store, ledger, accounts, log, version } = core
  return {
    store,
    vault: core.vault,
    accounts,
    dataDir: config.dataDir,
    publicUrl: config.publicUrl,
    dashboardUrl: config.dashboardUrl,
    trustedOrigins: () => dashboardOrigins(config.dashboardUrl, config.dashboardPort),
    trustedProxies: config.trustedProxies,
    webRoot: WEB_ROOT,
    registry: createMetrics({
      edges: () => readEdgeReports(config.dataDir),
      journalLagSeconds: async () => core.loader.lagMs() / 1_000,
      outboxRows: () => countOutbox(store.db),
      deliveriesDue: async () => (await countPending(store.db, Date.now())).due,
      quarantinedRows: () => core.loader.quarantinedRows(),
    }),
    visitRows: (workspace, clickId) => loadVisitRows(ledger, workspace, clickId),
    clickIdsOfExternalId: (...of) => findClickIdsOfExternalId(ledger, ...of),
    runReport: (request, signal) => runReport(ledger, request, signal),
    newestVisit: (...of) => findNewestVisit(ledger, ...of),
    changeStatus: core.changeStatus,
    changeAmounts: core.changeAmounts,
    wakeDelivery: () => core.worker.wake(),
    byHand: byHandDeps(core),
    billing: billingDeps(core),
    costs: new CostCorrector({ store, ledger, catchUp: core.catchUp, clock: Date.now }),
    previewFraudRerun: (workspace, request) => previewFraudRerun(ledger, workspace, request),
    publicRequest: createPublicRequest(config),
    guard: core.guard,
    fireTarget: (target, rendered) => fireTarget(target, rendered, { ...callDeps(core), clock: Date.now }),
    checkDomain: createDomainCheck({ ...core, ...config, proofOf: createProofOf(core.secret) }),
    hasMail: core.mailer.isSet,
    hasAsnDatabase: config.asnDatabase !== '',
    ownHosts: ownHosts(config),
    journalLagMs: () => core.loader.lagMs(),
    systemStatus: createSystemStatus({ ...core, startedAt: Date.now(), clock: Date.now }),
    readiness: readinessChecks(store, ledger),
    clock: Date.now,
    log,
    version,
  }
}

function startBackground(core: Core, onError: (error: unknown) => void): readonly Promise<void>[] {
  return [startCorrector(core, onError), startAlerts(core, onError), startRetention(core, onError)]
}

function startCorrector(core: Core, onError: (error: unknown) => void): Promise<void> {
  const { store, ledger, catchUp, lateRows, stop } = core
  const { signal } = stop
  return runCorrector({ store, ledger, catchUp, lateRows, clock: Date.now, signal, onError })
}

type CallDeps = Pick<Core, 'guard' | 'vault' | 'mailer' | 'version'>

function callDeps({ guard, vault, mailer, version }: Core): CallDeps {
  return { guard, vault, mailer, version }
}

function startAlerts(core: Core, onError: (error: unknown) => void): Promise<void> {
  const { store, ledger, loader, worker, config, stop } = core
  return runAlerts({
    db: store.db,
    ledger,
    journalLagMs: () => loader.lagMs(),
    dashboardUrl: config.dashboardUrl,
    owner: newRecordId(Date.now()),
    clock: Date.now,
    wakeDelivery: () => worker.wake(),
    signal: stop.signal,
    onError,
  })
}

function startRetention(core: Core, onError: (error: unknown) => void): Promise<void> {
  const { store, ledger, catchUp, secret, stop, log } = core
  return runRetention({
    store,
    ledger,
    keys: createMonthKeys(secret),
    catchUp,
    owner: newRecordId(Date.now()),
    clock: Date.now,
    signal: stop.signal,
    onCounts: (counts) => log.info(counts, 'retention'),
    onError,
  })
}

function byHandDeps({ store, judge, lookup, clickIdKey }: Core): ByHandDeps {
  return { store, judge, lookup, clickIdKey, clock: Date.now }
}

function billingDeps({ store, ledger, catchUp }: Core): BillingDeps {
  return { store, ledger, catchUp, clock: Date.now }
}

/** By kind of job. */
function jobHandlers(core: Core): Readonly<Record<string, JobHandler>> {
  const { store, changeStatus, changeAmounts } = core
  const reconciling = { ...byHandDeps(core), changeStatus, changeAmounts }
  return {
    [UPLOAD_JOB]: createUploadJob(byHandDeps(core)),
    [RECONCILIATION_JOB]: createReconciliationJob(reconciling),
    [BULK_STATUS_JOB]: createBulkStatusJob({ store, changeStatus, clock: Date.now }),
    [INVOICE_RUN_JOB]: createInvoiceRunJob(billingDeps(core)),
    [FRAUD_RERUN_JOB]: createFraudRerunJob({ store, ledger: core.ledger, clock: Date.now }),
    [REPLAY_JOB]: createReplayJob({ db: store.db, clock: Date.now, wakeDelivery: () => core.worker.wake() }),
    [CANCEL_JOB]: createCancelJob({ db: store.db, clock: Date.now }),
  }
}

function readinessChecks({ db }: Store, ledger: Ledger): readonly ReadinessCheck[] {
  const well = () => undefined
  const askSql = () => db.selectFrom('config_version').select('version').execute()
  return [
    { name: 'sql', check: async () => await askSql().then(well) },
    { name: 'ledger', check: async () => await ledger.ping().then(well) },
  ]
}
