import type { Insertable } from 'kysely'
import type { LedgerRow } from '../domain/ledger-row.ts'
import type { FoundVisit } from '../ledger/find-in-ledger.ts'
import {
  appendTransitions,
  conversionsOfClicks,
  insertConversions,
  type StoredConversion,
  type Transition,
  updateConversion,
} from '../store/conversions.ts'
import { enqueueDeliveries } from '../store/deliveries.ts'
import { type JudgedHit, saveHits } from '../store/hits.ts'
import { appendToOutbox } from '../store/ledger-outbox.ts'
import type { Database } from '../store/schema.ts'
import type { Db } from '../store/transaction.ts'

/** One transition with everything that is written because of it. */
export type Entry = {
  readonly conversion: StoredConversion
  readonly transition: Transition
  readonly deliveries: readonly Insertable<Database['deliveries']>[]
  readonly ledgerRows: readonly LedgerRow[]
}

/**
 * What one transaction knows of its visits' conversions, and what it will write. Reading and writing for all
 * hits at once takes a third of the time of doing it hit by hit; a hit sees what an earlier hit of the same
 * transaction entered.
 */
export class Docket {
  /** By click id, oldest first. */
  readonly #conversions = new Map<string, StoredConversion[]>()
  readonly #entries: Entry[] = []
  readonly #new = new Set<string>()
  readonly #hits: JudgedHit[] = []

  /** The transaction holds the locks of the visits' click ids. */
  static async open(db: Db, visits: readonly FoundVisit[]): Promise<Docket> {
    const docket = new Docket()
    const byWorkspace = Map.groupBy(visits, ({ visit }) => visit.workspace)
    for (const [workspace, own] of byWorkspace) {
      const clickIds = [...new Set(own.map(({ visit }) => visit.click_id))]
      for (const conversion of await conversionsOfClicks(db, workspace, clickIds)) docket.#put(conversion)
    }
    return docket
  }

  /** Conversions of the visit, oldest first. */
  conversionsOf(clickId: string): readonly StoredConversion[] {
    return this.#conversions.get(clickId) ?? []
  }

  enter(entry: Entry): void {
    this.#entries.push(entry)
    if (entry.transition.n === 1) this.#new.add(entry.conversion.id)
    this.#put(entry.conversion)
  }

  enterHit(hit: JudgedHit): void {
    this.#hits.push(hit)
  }

  /** Writes all of it. A conversion that changed several times is written as it is at last. */
  async write(db: Db): Promise<void> {
    const latest = new Map(this.#entries.map(({ conversion }) => [conversion.id, conversion]))
    const [added, changed] = partition([...latest.values()], ({ id }) => this.#new.has(id))
    await insertConversions(db, added)
    for (const conversion of changed) await updateConversion(db, conversion)
    await appendTransitions(db, this.#entries)
    await enqueueDeliveries(
      db,
      this.#entries.flatMap((entry) => entry.deliveries),
    )
    await appendToOutbox(
      db,
      this.#entries.flatMap((entry) => entry.ledgerRows),
    )
    await saveHits(db, this.#hits)
  }

  #put(conversion: StoredConversion): void {
    const known = this.#conversions.get(conversion.clickId) ?? []
    const index = known.findIndex(({ id }) => id === conversion.id)
    if (index === -1) known.push(conversion)
    else known[index] = conversion
    this.#conversions.set(conversion.clickId, known)
  }
}

function partition<T>(items: readonly T[], first: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(first), items.filter((item) => !first(item))]
}
