import type { Telling } from '../domain/notification.ts'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { listTellings } from '../store/tellings.ts'
import type { Db } from '../store/transaction.ts'
import type { Entry } from './docket.ts'
import { targetsOf } from './targets-of.ts'

/**
 * What targets were told of conversions before, as one transaction knows it: what was written, and what it enters
 * itself. Read for those targets alone whose system is told of a conversion once: plain postbacks cost no query.
 */
export class ToldBefore {
  /** By conversion and target, the oldest first. */
  readonly #tellings = new Map<string, Telling[]>()
  readonly #loaded = new Set<string>()

  /** Reads what is not known yet of the conversions. The transaction holds their locks. */
  async load(db: Db, conversions: readonly StoredConversion[], configuration: Configuration): Promise<void> {
    const targetIds = new Set<string>()
    const wanted: string[] = []
    for (const conversion of conversions) {
      if (this.#loaded.has(conversion.id)) continue
      const concerned = targetsOf(configuration, conversion).filter(isToldOnce)
      if (concerned.length === 0) continue
      this.#loaded.add(conversion.id)
      wanted.push(conversion.id)
      for (const { id } of concerned) targetIds.add(id)
    }
    if (wanted.length === 0) return
    const tellings = Map.groupBy(await listTellings(db, wanted, [...targetIds]), keyOf)
    // What this transaction entered already is later than all that was written.
    for (const [key, written] of tellings) this.#tellings.set(key, [...written, ...this.#of(key)])
  }

  /** What the target was to hear of the conversion, the oldest first. */
  tellingsOf(conversionId: string, targetId: string): readonly Telling[] {
    return this.#of(keyOf({ conversionId, targetId }))
  }

  enter({ transition, deliveries }: Pick<Entry, 'transition' | 'deliveries'>): void {
    for (const { conversion_id: conversionId, target_id: targetId, state } of deliveries) {
      const key = keyOf({ conversionId, targetId })
      this.#tellings.set(key, [...this.#of(key), { status: transition.toStatus, state }])
    }
  }

  #of(key: string): readonly Telling[] {
    return this.#tellings.get(key) ?? []
  }
}

function isToldOnce({ system }: ReturnType<typeof targetsOf>[number]): boolean {
  return system !== '' && rulesOf(system)?.isToldOnce === true
}

function keyOf({ conversionId, targetId }: { readonly conversionId: string; readonly targetId: string }) {
  return `${conversionId} ${targetId}`
}
