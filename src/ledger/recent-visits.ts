import type { LedgerRow } from '../domain/ledger-row.ts'
import type { LedgerRecords, PlacedClick } from './journal-batch.ts'

/** Reads the row of a visit; JSON that the edge wrote and a checksum kept. */
export function parseVisitRow(json: Buffer): LedgerRow {
  return JSON.parse(json.toString('utf8')) as LedgerRow
}

/** One read of a journal, of which each visit and click is remembered until the whole of it is forgotten. */
type Read = {
  readonly clickIds: readonly string[]
  readonly clickedIds: readonly string[]
  readonly bytes: number
  readonly isLoaded: () => boolean
}

/**
 * The visits and clicks read from journals lately, by click id: all of those that the ledger does not have yet, and
 * some more. Visits are kept as the bytes that were read; whole reads are forgotten at a time, oldest first, because
 * a slice of a read keeps all of it in memory.
 */
export class RecentVisits {
  readonly #bytesMax: number
  readonly #visits = new Map<string, Buffer>()
  readonly #clicks = new Map<string, PlacedClick[]>()
  #reads: Read[] = []
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** @param isLoaded whether the ledger has all of it: what it does not have is not forgotten. */
  add(found: Pick<LedgerRecords, 'visits' | 'clicks' | 'bytes'>, isLoaded: () => boolean): void {
    const { visits, clicks, bytes } = found
    if (visits.length === 0 && clicks.length === 0) return
    for (const { clickId, json } of visits) this.#visits.set(clickId, json)
    for (const click of clicks) {
      const known = this.#clicks.get(click.clickId)
      if (known === undefined) this.#clicks.set(click.clickId, [click])
      else known.push(click)
    }
    const clickIds = visits.map(({ clickId }) => clickId)
    this.#reads.push({ clickIds, clickedIds: clicks.map(({ clickId }) => clickId), bytes, isLoaded })
    this.#bytes += bytes
    if (this.#bytes > this.#bytesMax) this.#forgetLoaded()
  }

  visit(clickId: string): Buffer | undefined {
    return this.#visits.get(clickId)
  }

  /** Clicks of the visit in the order they were read. The first of all is the visit's first click, if it has none in the ledger. */
  clicks(clickId: string): readonly PlacedClick[] {
    return this.#clicks.get(clickId) ?? []
  }

  #forgetLoaded(): void {
    this.#reads = this.#reads.filter((read) => {
      if (this.#bytes <= this.#bytesMax || !read.isLoaded()) return true
      for (const clickId of read.clickIds) this.#visits.delete(clickId)
      for (const clickId of read.clickedIds) this.#clicks.delete(clickId)
      this.#bytes -= read.bytes
      return false
    })
  }
}
