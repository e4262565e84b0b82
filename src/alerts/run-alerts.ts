import type { AlertKind } from '../domain/alert.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type LoopOptions, runRetriedLoop } from '../ledger/retried-loop.ts'
import { loadLiveAlerts } from '../store/alerts.ts'
import { loadConfigVersion } from '../store/config-version.ts'
import { type Configuration, loadConfiguration } from '../store/load-configuration.ts'
import type { Db } from '../store/transaction.ts'
import { releaseLease, takeLease } from '../store/work-lease.ts'
import { ALERT_LIMITS } from './alert-limits.ts'
import { turnAlerts } from './turn-alerts.ts'
import type { Watch, WatchContext, WorkspaceFinding } from './watch.ts'
import { CAP_WATCH } from './watch-caps.ts'
import { createConversionWatch } from './watch-conversions.ts'
import { DELIVERY_LAG_WATCH, JOURNAL_LAG_WATCH, TARGET_WATCH } from './watch-deliveries.ts'
import { createHitWatch } from './watch-hits.ts'

const LEASE_NAME = 'alerts'

export type AlertDeps = {
  readonly db: Db
  readonly ledger: Pick<Ledger, 'query'>
  /** How far the ledger is behind the journals now. */
  readonly journalLagMs: () => number
  /** Of links in messages, without a trailing slash. */
  readonly dashboardUrl: string
  /** Unique among the processes on this store. */
  readonly owner: string
  /** Unix milliseconds. */
  readonly clock: () => number
  /** Deliveries are due: called after the transaction that made them. */
  readonly wakeDelivery: () => void
  /** A rule could not be judged; the others go on. */
  readonly onError: (error: unknown) => void
}

/** Looks once a minute until the signal aborts, in one process at a time. */
export async function runAlerts(deps: AlertDeps & Pick<LoopOptions, 'signal'>): Promise<void> {
  const look = createAlertLook(deps)
  const { roundMs, retryMinMs, retryMaxMs } = ALERT_LIMITS
  const round = async () => {
    await look()
    return roundMs
  }
  await runRetriedLoop(round, { ...deps, retry: { firstMs: retryMinMs, maxMs: retryMaxMs } })
  await releaseLease(deps.db, LEASE_NAME, deps.owner).catch(deps.onError)
}

/**
 * One look at everything: finds what is wrong now, turns the alerts by it and tells the channels. It remembers what is
 * costly to load from one look to the next.
 * @returns a function that resolves to false when another process has the work.
 * @throws what the store throws; what is not turned then is turned by the next look.
 */
export function createAlertLook(deps: AlertDeps): () => Promise<boolean> {
  const watches: readonly Watch[] = [
    TARGET_WATCH,
    DELIVERY_LAG_WATCH,
    JOURNAL_LAG_WATCH,
    CAP_WATCH,
    createHitWatch(),
    createConversionWatch(),
  ]
  let configuration: Configuration | undefined
  return async () => {
    const { db, owner } = deps
    const now = deps.clock()
    if (!(await takeLease(db, { name: LEASE_NAME, owner, now, leaseMs: ALERT_LIMITS.leaseMs }))) return false
    if (configuration?.version !== (await loadConfigVersion(db))) configuration = await loadConfiguration(db)
    const { ledger } = deps
    const context = { db, ledger, configuration, now, journalLagMs: deps.journalLagMs() }
    await turnAll(deps, context, await lookWith(watches, context, deps.onError))
    return true
  }
}

type Context = Omit<WatchContext, 'skip'>

type Looked = {
  readonly findings: ReadonlyMap<string, readonly WorkspaceFinding[]>
  /** Kinds whose rule could be asked. */
  readonly judged: ReadonlySet<AlertKind>
  /** By workspace, those of them of which nothing is known there. */
  readonly skipped: ReadonlyMap<string, ReadonlySet<AlertKind>>
}

/** A store that fails fails them all; a ledger that is away keeps the others from nothing. */
async function lookWith(
  watches: readonly Watch[],
  context: Context,
  onError: (error: unknown) => void,
): Promise<Looked> {
  const findings: WorkspaceFinding[] = []
  const judged = new Set<AlertKind>()
  const skipped = new Map<string, Set<AlertKind>>()
  for (const watch of watches) {
    const { kinds } = watch
    const skip: WatchContext['skip'] = (workspace, error) => {
      skipped.set(workspace, new Set([...(skipped.get(workspace) ?? []), ...kinds]))
      if (error !== undefined) onError(error)
    }
    try {
      findings.push(...(await watch.look({ ...context, skip })))
      for (const kind of kinds) judged.add(kind)
    } catch (error) {
      onError(error)
    }
  }
  return { findings: Map.groupBy(findings, ({ workspace }) => workspace), judged, skipped }
}

async function turnAll(deps: AlertDeps, context: Context, looked: Looked): Promise<void> {
  const { findings, judged, skipped } = looked
  const { db, dashboardUrl, wakeDelivery } = deps
  const live = Map.groupBy(await loadLiveAlerts(db), ({ workspace }) => workspace)
  let isTold = false
  for (const workspace of context.configuration.workspaces.values()) {
    const turning = {
      workspace,
      dashboardUrl,
      judged: new Set([...judged].filter((kind) => skipped.get(workspace.id)?.has(kind) !== true)),
      now: context.now,
      live: live.get(workspace.id) ?? [],
      findings: bounded(findings.get(workspace.id) ?? []),
    }
    if (await turnAlerts(db, turning)) isTold = true
  }
  if (isTold) wakeDelivery()
}

/** The same ones each time, as long as they last. */
function bounded(findings: readonly WorkspaceFinding[]): readonly WorkspaceFinding[] {
  const byKind = Map.groupBy(findings, ({ kind }) => kind)
  return [...byKind.values()].flatMap((of) =>
    [...of].sort((a, b) => (a.subjectId < b.subjectId ? -1 : 1)).slice(0, ALERT_LIMITS.findingsMax),
  )
}
