import { decideTransition } from '../domain/conversion.ts'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import { getConversionWithHistory, type StoredConversion } from '../store/conversions.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { Store } from '../store/open-store.ts'
import type { Db } from '../store/transaction.ts'
import { ConfigurationCache } from './configuration-cache.ts'
import { Docket } from './docket.ts'
import { buildEntry, withPresentVisit } from './record.ts'

/** A conversion's status, changed by hand. */
export type StatusChange = {
  readonly workspace: string
  readonly id: string
  readonly status: ConversionStatus
  readonly reason: string
  /** `user:ID` or `key:ID`. */
  readonly actor: string
}

export type StatusChangeResult = { readonly ok: true } | { readonly ok: false; readonly reason: string }

export type StatusChangeDeps = {
  readonly store: Store
  /** Host names of this installation, lower case, without port. */
  readonly ownHosts: readonly string[]
  /** Unix milliseconds. */
  readonly clock: () => number
}

/**
 * Changes a status with all that a hit's change causes: history, signed ledger rows and notifications, in one
 * transaction. The same status again changes nothing.
 * @throws what the store throws; nothing has changed then.
 */
export type StatusChanger = (change: StatusChange) => Promise<StatusChangeResult>

/** Many changes share one reading of the configuration: it is larger than all else that a change reads. */
export function createStatusChanger(deps: StatusChangeDeps): StatusChanger {
  const cache = new ConfigurationCache()
  return (change) => changeStatus(deps, cache, change)
}

async function changeStatus(
  deps: StatusChangeDeps,
  cache: ConfigurationCache,
  change: StatusChange,
): Promise<StatusChangeResult> {
  const { store } = deps
  return await store.db.transaction().execute(async (db) => {
    const known = await lockConversion(db, store, change)
    if (known === undefined) return { ok: false, reason: 'there is no such conversion' }
    const verdict = decideTransition(known.status, change.status)
    if (!verdict.allowed) return { ok: false, reason: verdict.reason }
    if (known.status === change.status) return { ok: true }
    const docket = await Docket.open(db, [{ ...known.visit, numbered: false }])
    const at = deps.clock()
    const after = {
      ...withPresentVisit(known, docket),
      status: change.status,
      transitions: known.transitions + 1,
      updatedAt: at,
    }
    const cause = { at, hitId: '', actor: change.actor, reason: change.reason }
    const notifier = { configuration: await cache.load(db), ownHosts: deps.ownHosts, now: at }
    const isFirst = docket.conversionsOf(known.clickId)[0]?.id === known.id
    docket.enter(buildEntry({ ...cause, before: known, after, isFirst }, notifier))
    await docket.write(db)
    return { ok: true }
  })
}

/** Under the lock that hits of the same visit take, and read after it was granted. */
async function lockConversion(
  db: Db,
  store: Store,
  key: StatusChange,
): Promise<StoredConversion | undefined> {
  const found = await getConversionWithHistory(db, key)
  if (found === undefined) return undefined
  await lockKeys(db, store.engine, [found.conversion.clickId])
  return (await getConversionWithHistory(db, key))?.conversion
}
