import { getConversionWithHistory, type StoredConversion } from '../store/conversions.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { Store } from '../store/open-store.ts'
import type { OwnedId } from '../store/owned.ts'
import type { Db } from '../store/transaction.ts'
import type { ConfigurationCache } from './configuration-cache.ts'
import { lockOfConversion } from './conversion-lock.ts'
import { Docket } from './docket.ts'
import { buildEntry, withPresentVisit } from './record.ts'

export type ChangeDeps = {
  readonly store: Store
  /** Host names of this installation, lower case, without port. */
  readonly ownHosts: readonly string[]
  /** Unix milliseconds. */
  readonly clock: () => number
}

/** Who changes which conversion, and why. */
export type Deed = OwnedId & {
  readonly reason: string
  /** `user:ID` or `key:ID`. */
  readonly actor: string
}

export type Refusal = { readonly ok: false; readonly reason: string }

/** What a change makes of a conversion; without fields it stays as it is. */
export type ChangeDecision<Refused extends Refusal> =
  | { readonly ok: true; readonly fields?: ChangedFields }
  | Refused

type ChangedFields = Partial<
  Pick<
    StoredConversion,
    | 'status'
    | 'reason'
    | 'revenueMicros'
    | 'originalMicros'
    | 'originalCurrency'
    | 'rateMicros'
    | 'costMicros'
    | 'payoutMicros'
    | 'saleMicros'
  >
>

/**
 * Changes a conversion by hand, with all that a hit's change causes: history, signed ledger rows and notifications, in
 * one transaction, under the lock that hits of the same visit take.
 * @param decide what becomes of it as it is now.
 * @throws what the store throws; nothing has changed then.
 */
export async function changeConversion<Refused extends Refusal>(
  deps: ChangeDeps & { readonly cache: ConfigurationCache },
  deed: Deed,
  decide: (known: StoredConversion, configuration: Configuration) => ChangeDecision<Refused>,
): Promise<{ readonly ok: true } | Refused | Refusal> {
  const { store, cache, ownHosts } = deps
  return await store.db.transaction().execute(async (db) => {
    const known = await lockConversion(db, store, deed)
    if (known === undefined) return { ok: false, reason: 'there is no such conversion' }
    const configuration = await cache.load(db)
    const decision = decide(known, configuration)
    if (!decision.ok) return decision
    if (decision.fields === undefined) return { ok: true }
    const docket = await Docket.open(db, [{ ...known.visit, numbered: false }])
    const at = deps.clock()
    const present = withPresentVisit(known, docket)
    const after = { ...present, ...decision.fields, transitions: known.transitions + 1, updatedAt: at }
    const cause = { at, hitId: '', actor: deed.actor, reason: deed.reason }
    const isFirst = docket.isFirst(known)
    const { toldBefore } = docket
    await toldBefore.load(db, [known], configuration)
    const notifier = { configuration, ownHosts, now: at, toldBefore }
    docket.enter(buildEntry({ ...cause, before: known, after, isFirst }, notifier))
    await docket.write(db)
    return { ok: true }
  })
}

/** Read again after the lock was granted. */
async function lockConversion(db: Db, store: Store, key: OwnedId): Promise<StoredConversion | undefined> {
  const found = await getConversionWithHistory(db, key)
  if (found === undefined) return undefined
  await lockKeys(db, store.engine, [lockOfConversion(found.conversion)])
  return (await getConversionWithHistory(db, key))?.conversion
}
