import { DEFAULT_RETENTION_SETTINGS, type RetentionSettings } from '../domain/retention.ts'
import { runRetriedLoop } from '../ledger/retried-loop.ts'
import type { Db } from '../store/transaction.ts'
import { loadCursor, releaseLease, saveCursor } from '../store/work-cursors.ts'
import { listWorkspaces } from '../store/workspaces.ts'
import { eraseOpen, sweepErasures } from './erase-clicks.ts'
import { type Kept, keepByAge, treatByAge } from './keep-by-age.ts'
import { keepInSize } from './keep-in-size.ts'
import { RETENTION_LIMITS } from './retention-limits.ts'
import {
  holdsLease,
  inStep,
  LeaseLostError,
  RETENTION_LEASE,
  type RetentionOptions,
} from './retention-run.ts'
import { treatLedger } from './treat-ledger.ts'

/** The day whose treatment is complete, with the settings that it was done by: changed ones are applied at once. */
const TREATED_CURSOR = 'retention/treated'

/**
 * Takes away what workspaces keep no longer, and what people want erased, until the signal aborts. One process of the
 * installation does it at a time.
 *
 * ```
 *  every 5 s    erasures that were ordered
 *  every hour   attempts and requests of hits by age and by size; every erasure once more
 *  every day    address, user agent and parameters: in SQL, then in the ledger month by month
 * ```
 */
export async function runRetention(
  options: RetentionOptions & { readonly onError: (error: unknown) => void },
): Promise<void> {
  const { store, owner, signal, clock } = options
  let passedAt = 0
  const round = async () => {
    if (!(await holdsLease(options))) return RETENTION_LIMITS.idleMs
    const erased = await eraseOpen(options)
    if (erased > 0) return 0
    if (clock() - passedAt >= RETENTION_LIMITS.passMs) {
      await passRetention(options)
      passedAt = clock()
    }
    return RETENTION_LIMITS.idleMs
  }
  await runRetriedLoop(round, {
    signal,
    onError: (error) => {
      if (!signal.aborted && !(error instanceof LeaseLostError)) options.onError(error)
    },
    retry: { firstMs: RETENTION_LIMITS.retryFirstMs, maxMs: RETENTION_LIMITS.retryMaxMs },
  })
  await releaseLease(store.db, { name: RETENTION_LEASE, owner })
}

/** One pass over all workspaces; what is done once a day is left out when it is done for today. */
export async function passRetention(options: RetentionOptions): Promise<void> {
  const { db } = options.store
  const workspaces = await listWorkspaces(db)
  const own = workspaces.map(({ id, retention }): Kept => ({ workspace: id, settings: retention }))
  const all = [...own, { workspace: '', settings: ofNoWorkspace(own.map(({ settings }) => settings)) }]
  for (const kept of all) {
    await keepByAge(options, kept)
    await keepInSize(options, kept)
  }
  await sweepErasures(options)
  const day = new Date(options.clock()).toISOString().slice(0, 10)
  const today = JSON.stringify([day, own.map(({ settings }) => settings)])
  if ((await loadCursor(db, TREATED_CURSOR)) === today) return
  for (const kept of all) await treatByAge(options, kept)
  await treatLedger(options, own)
  await inStep(options, (trx) => saveCursor(trx, TREATED_CURSOR, today))
}

/** The last UTC day whose treatment is complete, as YYYY-MM-DD; undefined before the first. */
export async function loadTreatedDay(db: Db): Promise<string | undefined> {
  const saved = await loadCursor(db, TREATED_CURSOR)
  const value: unknown = saved === undefined ? undefined : JSON.parse(saved)
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : undefined
}

/** A hit of which no workspace could be told may be anybody's: the strictest of all settings hold. */
function ofNoWorkspace(all: readonly RetentionSettings[]): RetentionSettings {
  const shortest = (days: readonly number[]) => Math.min(...days.filter((each) => each > 0), Infinity)
  const hitDays = shortest(all.map((settings) => settings.hitDays))
  const treating = all.filter(({ personalDataMode: mode }) => mode !== 'keep')
  const personalDataDays = shortest(treating.map((settings) => settings.personalDataDays))
  return {
    ...DEFAULT_RETENTION_SETTINGS,
    attemptDays: 0,
    hitDays: Number.isFinite(hitDays) ? hitDays : 0,
    ...(Number.isFinite(personalDataDays) && { personalDataDays, personalDataMode: 'truncate' }),
  }
}
