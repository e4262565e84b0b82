import { clickIdTime } from '../domain/click-id.ts'
import { type FoundVisit, findInLedger } from './find-in-ledger.ts'
import { type Ledger, LedgerUnavailableError } from './ledger.ts'
import { LOOKUP_IDS_MAX, LOOKUP_WAIT_MS, LOOKUPS_WAITING_MAX, RECENT_VISIT_MS } from './limits.ts'
import type { Loader } from './loader.ts'
import { parseVisitRow, type RecentVisits } from './recent-visits.ts'

export type ClickLookup = {
  /**
   * The visits of verified click ids; those that are nowhere are absent. Also finds a visit whose redirect was
   * answered a moment ago: it is in a journal by then.
   * @throws LedgerUnavailableError
   */
  findVisits(clickIds: readonly string[]): Promise<ReadonlyMap<string, FoundVisit>>
}

type Wanted = Pick<PromiseWithResolvers<FoundVisit | undefined>, 'resolve' | 'reject'>

/**
 * Looks visits up: among the recent ones, then in the ledger, then, when an id is young, among the recent ones again
 * after the journals were read to their ends. Look-ups that come within a few milliseconds share one query.
 */
export function createClickLookup(options: {
  readonly ledger: Pick<Ledger, 'lookUp'>
  readonly loader: Pick<Loader, 'recent' | 'readAhead' | 'hasRead'>
  readonly clock: () => number
}): ClickLookup {
  const { loader, clock } = options
  const { recent } = loader
  const queries = new SharedQueries(options.ledger)
  const isYoung = (clickId: string) => clock() - clickIdTime(clickId) < RECENT_VISIT_MS

  return {
    async findVisits(clickIds) {
      const older = await queries.findAll(clickIds.filter((id) => recent.visit(id) === undefined))
      const find = (id: string) => combine(recent, id, older.get(id))
      if (clickIds.some((id) => isYoung(id) && isIncomplete(find(id)))) await loader.readAhead()
      const missing = clickIds.filter((id) => isYoung(id) && find(id) === undefined)
      if (missing.some((id) => !loader.hasRead(clickIdTime(id)))) throw new LedgerUnavailableError(BEHIND)
      // One that was loaded and forgotten since the first look.
      for (const [id, visit] of await queries.findAll(missing)) older.set(id, visit)
      return new Map(clickIds.flatMap((id) => entry(id, find(id))))
    },
  }
}

const BEHIND = new Error('the journals are far ahead of the ledger, and the visit may be in one of them')

/** What memory and ledger know together. */
function combine(
  recent: RecentVisits,
  clickId: string,
  older: FoundVisit | undefined,
): FoundVisit | undefined {
  const json = recent.visit(clickId)
  const visit = json === undefined ? older?.visit : parseVisitRow(json)
  if (visit === undefined) return undefined
  const clicks = recent.clicks(clickId)
  const last = clicks.at(-1)
  return {
    visit,
    lastClickOfferId: last?.offerId ?? older?.lastClickOfferId ?? '',
    lastClickNetworkId: last?.affiliateNetworkId ?? older?.lastClickNetworkId ?? '',
    clicks: Math.max(older?.clicks ?? visit.clicks ?? 0, (visit.clicks ?? 0) + clicks.length),
  }
}

/** Nowhere yet, or on a lander from which it may have gone on a moment ago, which decides the offer. */
function isIncomplete(found: FoundVisit | undefined): boolean {
  return found === undefined || (found.clicks === 0 && (found.visit.lander_id ?? '') !== '')
}

function entry(clickId: string, visit: FoundVisit | undefined): (readonly [string, FoundVisit])[] {
  return visit === undefined ? [] : [[clickId, visit]]
}

const CROWDED = new Error('too many look-ups wait for the ledger')

/** Gathers ids for LOOKUP_WAIT_MS and asks for all of them in one query. */
class SharedQueries {
  readonly #ledger: Pick<Ledger, 'lookUp'>
  #wanted = new Map<string, Wanted[]>()
  #waiting = 0

  constructor(ledger: Pick<Ledger, 'lookUp'>) {
    this.#ledger = ledger
  }

  async findAll(clickIds: readonly string[]): Promise<Map<string, FoundVisit>> {
    const found = await Promise.all(clickIds.map(async (id) => entry(id, await this.#find(id))))
    return new Map(found.flat())
  }

  #find(clickId: string): Promise<FoundVisit | undefined> {
    if (this.#waiting >= LOOKUPS_WAITING_MAX) return Promise.reject(new LedgerUnavailableError(CROWDED))
    const { promise, resolve, reject } = Promise.withResolvers<FoundVisit | undefined>()
    if (this.#wanted.size === 0) setTimeout(() => void this.#ask(), LOOKUP_WAIT_MS)
    this.#wanted.set(clickId, [...(this.#wanted.get(clickId) ?? []), { resolve, reject }])
    this.#waiting += 1
    return promise
  }

  async #ask(): Promise<void> {
    const wanted = [...this.#wanted]
    this.#wanted = new Map()
    for (let start = 0; start < wanted.length; start += LOOKUP_IDS_MAX) {
      await this.#askPart(wanted.slice(start, start + LOOKUP_IDS_MAX))
    }
  }

  async #askPart(wanted: readonly (readonly [string, readonly Wanted[]])[]): Promise<void> {
    try {
      const found = await findInLedger(
        this.#ledger,
        wanted.map(([clickId]) => clickId),
      )
      for (const [clickId, all] of wanted) for (const { resolve } of all) resolve(found.get(clickId))
    } catch (error) {
      for (const [, all] of wanted) for (const { reject } of all) reject(error)
    } finally {
      this.#waiting -= wanted.reduce((sum, [, all]) => sum + all.length, 0)
    }
  }
}
