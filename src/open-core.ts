import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Accounts, openAccounts } from './api/accounts.ts'
import { dashboardOrigins } from './api/dashboard-origins.ts'
import type { Config } from './config.ts'
import { type AmountChanger, createAmountChanger } from './conversions/change-amounts.ts'
import { createStatusChanger, type StatusChanger } from './conversions/change-status.ts'
import { createJudge, type Judge } from './conversions/judge.ts'
import { type CatchUp, createCatchUp } from './corrections/catch-up.ts'
import { LateRows } from './corrections/late-rows.ts'
import { createGuard, type Guard } from './delivery/guard.ts'
import { createMailer, type Mailer } from './delivery/send-email.ts'
import { type DeliveryWorker, runDeliveryWorker } from './delivery/worker.ts'
import type { ClickIdKey } from './domain/click-id.ts'
import { createClickIdKey } from './domain/click-id-key.ts'
import { listJournals } from './journal/journal-directory.ts'
import { type ClickLookup, createClickLookup } from './ledger/click-lookup.ts'
import type { Ledger } from './ledger/ledger.ts'
import { type Loader, runLoader } from './ledger/loader.ts'
import { openLedger } from './ledger/open-ledger.ts'
import { newRecordId } from './store/ids.ts'
import { createOutboxSource } from './store/ledger-outbox.ts'
import { createLoaderProgress } from './store/loader-progress.ts'
import { sealOpenSecrets } from './store/notification-targets.ts'
import { openStore, type Store } from './store/open-store.ts'
import { StoreClock } from './store/store-clock.ts'
import { createVault, type Vault } from './store/vault.ts'

export type CoreOptions = {
  readonly config: Config
  /** The installation's, the same in every process. */
  readonly secret: Uint8Array
  readonly log: Logger
  readonly version: string
}

/** What the parts of core share. */
export type Core = CoreOptions & {
  readonly store: Store
  readonly ledger: Ledger
  readonly accounts: Accounts
  readonly clickIdKey: ClickIdKey
  readonly loader: Loader
  readonly lateRows: LateRows
  readonly catchUp: CatchUp
  readonly lookup: ClickLookup
  /** Of every call that leaves this installation. */
  readonly guard: Guard
  readonly vault: Vault
  readonly mailer: Mailer
  readonly worker: DeliveryWorker
  readonly judge: Judge
  readonly changeStatus: StatusChanger
  readonly changeAmounts: AmountChanger
  /** Aborted to stop every loop. */
  readonly stop: AbortController
}

/** Opens the stores, and starts what every other part of core needs: the loader of the ledger and the delivery worker. */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { config, secret } = options
  const stop = new AbortController()
  const [store, ledger] = await Promise.all([openStore(config), openLedger(config)])
  const accounts = await openAccounts({
    store,
    secret,
    dashboardUrl: config.dashboardUrl,
    trustedOrigins: () => dashboardOrigins(config.dashboardUrl, config.dashboardPort),
  })
  const clickIdKey = createClickIdKey(secret)
  const lateRows = new LateRows(store.db)
  const loader = startLoader(options, { store, ledger, lateRows, signal: stop.signal })
  const lookup = createClickLookup({ ledger, loader, clock: Date.now })
  const vault = createVault(secret)
  await sealOpenSecrets(store.db, vault)
  const guard = createGuard({ allowPrivateTargets: config.allowPrivateTargets })
  const mailer = createMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom })
  const worker = startWorker(options, { store, guard, vault, mailer, signal: stop.signal })
  const judge = createJudge({
    store,
    ledgerLookup: lookup,
    clock: Date.now,
    clickIdKey,
    ownHosts: ownHosts(config),
    // New conversions are notified at once, and not at the worker's next look.
    onCommit: () => worker.wake(),
  })
  return {
    ...options,
    store,
    ledger,
    accounts,
    clickIdKey,
    loader,
    lateRows,
    catchUp: createCatchUp({ db: store.db, loader }),
    lookup,
    guard,
    vault,
    mailer,
    worker,
    judge,
    changeStatus: createStatusChanger({ store, ownHosts: ownHosts(config), clock: Date.now }),
    changeAmounts: createAmountChanger({ store, ownHosts: ownHosts(config), clock: Date.now }),
    stop,
  }
}

type LoaderParts = Pick<Core, 'store' | 'ledger' | 'lateRows'> & { readonly signal: AbortSignal }

function startLoader({ config, log }: CoreOptions, { store, ledger, lateRows, signal }: LoaderParts): Loader {
  return runLoader({
    ledger,
    journals: () => listJournals(journalRoot(config)),
    progress: createLoaderProgress(store.db),
    outbox: createOutboxSource(store.db, Date.now),
    quarantineDir: join(config.dataDir, 'quarantine'),
    beforeLateRows: (rows) => lateRows.add(rows),
    clock: Date.now,
    signal,
    onError: (error) => log.error({ err: error }, 'loader'),
  })
}

type WorkerParts = Pick<Core, 'store' | 'guard' | 'vault' | 'mailer'> & { readonly signal: AbortSignal }

function startWorker({ version, log }: CoreOptions, parts: WorkerParts): DeliveryWorker {
  const storeClock = new StoreClock(parts.store, Date.now)
  return runDeliveryWorker({
    ...parts,
    workerId: newRecordId(Date.now()),
    version,
    clock: storeClock.now,
    syncClock: () => storeClock.sync(),
    random: Math.random,
    onError: (error) => log.error({ err: error }, 'delivery'),
  })
}

export function journalRoot(config: Config): string {
  return join(config.dataDir, 'journal')
}

/** A target there would send hits to ourselves for ever. */
export function ownHosts(config: Config): readonly string[] {
  return [config.publicUrl, config.dashboardUrl].map((url) => new URL(url).hostname.toLowerCase())
}
