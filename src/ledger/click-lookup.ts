import { clickIdTime } from '../domain/click-id.ts'
import { type FoundVisit, findInLedger } from './find-in-ledger.ts'
import type { Ledger } from './ledger.ts'
import { LOOKUP_IDS_MAX, LOOKUP_WAIT_MS, LOOKUPS_WAITING_MAX, RECENT_VISIT_MS } from './limits.ts'
import type { Loader } from './loader.ts'
import { parseVisitRow, type RecentVisit } from './recent-visits.ts'

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
 * Looks visits up: among the recent ones, then in the ledger, then, when an id is young, after reading the journals
 * to their end. Look-ups that come within a few milliseconds share one query.
 */
export function createClickLookup(options: {
  readonly ledger: Pick<Ledger, 'lookUp'>
  readonly loader: Pick<Loader, 'recent' | 'catchUp'>
  readonly clock: () => number
}): ClickLookup {
  const { loader, clock } = options
  const queries = new SharedQueries(options.ledger)

  const findOlder = async (clickIds: readonly string[]) => {
    const found = await Promise.all(clickIds.map(async (id) => [id, await queries.find(id)] as const))
    return found.flatMap(([id, visit]) => (visit === undefined ? [] : [[id, visit] as const]))
  }
  const isYoung = (clickId: string) => clock() - clickIdTime(clickId) < RECENT_VISIT_MS

  return {
    async findVisits(clickIds) {
      // A visit on a lander may have clicked on a moment ago, which decides the offer.
      if (clickIds.some((id) => awaitsClick(loader.recent.get(id)))) await loader.catchUp()
      const found = new Map(clickIds.flatMap((id) => recentVisit(loader, id)))
      const older = await findOlder(clickIds.filter((id) => !found.has(id)))
      for (const [id, visit] of older) found.set(id, visit)
      const missing = clickIds.filter((id) => !found.has(id) && isYoung(id))
      if (missing.length === 0) return found
      await loader.catchUp()
      for (const [id, visit] of missing.flatMap((id) => recentVisit(loader, id))) found.set(id, visit)
      return found
    },
  }
}

function recentVisit({ recent }: Pick<Loader, 'recent'>, clickId: string): (readonly [string, FoundVisit])[] {
  const visit = recent.get(clickId)
  if (visit === undefined) return []
  const { lastClickOfferId, lastClickNetworkId, clicks, json } = visit
  const row = parseVisitRow(json)
  return [[clickId, { visit: row, lastClickOfferId, lastClickNetworkId, clicks: clicks + (row.clicks ?? 0) }]]
}

function awaitsClick(visit: RecentVisit | undefined): boolean {
  return visit !== undefined && visit.clicks === 0 && (parseVisitRow(visit.json).lander_id ?? '') !== ''
}

/** Gathers ids for LOOKUP_WAIT_MS and asks for all of them in one query. */
class SharedQueries {
  readonly #ledger: Pick<Ledger, 'lookUp'>
  #wanted = new Map<string, Wanted[]>()
  #waiting = 0

  constructor(ledger: Pick<Ledger, 'lookUp'>) {
    this.#ledger = ledger
  }

  find(clickId: string): Promise<FoundVisit | undefined> {
    if (this.#waiting >= LOOKUPS_WAITING_MAX)
      return Promise.reject(new Error('too many look-ups wait for the ledger'))
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
