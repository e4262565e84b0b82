import { clickIdTime } from '../domain/click-id.ts'
import { JournalReader } from '../journal/journal-reader.ts'
import { comparePositions, type Position } from '../journal/position.ts'
import type { JournalRecord } from '../journal/segment-reader.ts'
import { type LedgerRecords, toLedgerRecords } from './journal-batch.ts'
import { CLOCK_SLACK_MS, READ_AHEAD_BYTES_MAX, READ_BYTES_MAX, READ_RECORDS_MAX } from './limits.ts'
import type { RecentVisits } from './recent-visits.ts'

/**
 * Remembers what one journal tells of visits and clicks, each record once, whoever reads it first: the loader on its
 * way into the ledger, or this reader, which runs ahead when somebody must know of every visit up to now.
 */
export class ReadAhead {
  readonly #edge: string
  readonly #dir: string
  readonly #recent: RecentVisits
  #reader: JournalReader | undefined
  /** Everything before is remembered. */
  #seenTo: Position | undefined
  #loadedTo: Position | undefined
  /** Reads that the ledger does not have yet, oldest first. */
  #unloaded: { readonly to: Position; readonly bytes: number }[] = []
  #latestVisitMs = 0
  #isAtEnd = false

  constructor(options: {
    readonly edge: string
    readonly dir: string
    readonly recent: RecentVisits
    readonly from: Position | undefined
  }) {
    this.#edge = options.edge
    this.#dir = options.dir
    this.#recent = options.recent
    this.#seenTo = options.from
    this.#loadedTo = options.from
  }

  /** Sorts the records of a read that ends at `to`, and remembers those that are new. */
  remember(records: readonly JournalRecord[], to: Position): LedgerRecords {
    const all = toLedgerRecords(this.#edge, records)
    const seenTo = this.#seenTo
    if (seenTo !== undefined && comparePositions(to, seenTo) <= 0) return all
    const isNew = ({ position }: JournalRecord) =>
      seenTo === undefined || comparePositions(position, seenTo) >= 0
    const found = records.every(isNew) ? all : toLedgerRecords(this.#edge, records.filter(isNew))
    this.#recent.add(found, () => this.#isLoaded(to))
    this.#seenTo = to
    this.#unloaded.push({ to, bytes: found.bytes })
    const last = found.visits.at(-1)
    if (last !== undefined) this.#latestVisitMs = clickIdTime(last.clickId)
    return all
  }

  /** The ledger has everything before. */
  loaded(to: Position): void {
    this.#loadedTo = to
    const waiting = this.#unloaded.findIndex((read) => comparePositions(read.to, to) > 0)
    this.#unloaded = waiting < 0 ? [] : this.#unloaded.slice(waiting)
  }

  /**
   * Reads on to the end of the journal, or as far as memory allows. Not to be called again before it is done.
   */
  async run(): Promise<void> {
    const reader = await this.#readerAtSeen()
    let isAtEnd = false
    while (!isAtEnd && this.#unloadedBytes() < READ_AHEAD_BYTES_MAX) {
      const found = await reader.next({ recordsMax: READ_RECORDS_MAX, bytesMax: READ_BYTES_MAX })
      if (found === undefined) isAtEnd = true
      else this.remember(found.records, found.to)
    }
    this.#isAtEnd = isAtEnd
  }

  /** Whether every visit of that time is remembered, as of the last run. */
  hasRead(timeMs: number): boolean {
    return this.#isAtEnd || this.#latestVisitMs > timeMs + CLOCK_SLACK_MS
  }

  /** How far the last run came, when it came to the end: what `hasLoaded` is asked for. */
  end(): Position | undefined | 'not reached' {
    return this.#isAtEnd ? this.#seenTo : 'not reached'
  }

  /** Whether the ledger has everything before. */
  hasLoaded(to: Position | undefined): boolean {
    return to === undefined || this.#isLoaded(to)
  }

  async close(): Promise<void> {
    await this.#reader?.close()
    this.#reader = undefined
  }

  async #readerAtSeen(): Promise<JournalReader> {
    const position = this.#reader?.position
    const seenTo = this.#seenTo
    const isBehind =
      seenTo !== undefined && (position === undefined || comparePositions(position, seenTo) < 0)
    if (isBehind) await this.close()
    this.#reader ??= await JournalReader.open({ dir: this.#dir, from: seenTo })
    return this.#reader
  }

  #isLoaded(to: Position): boolean {
    return this.#loadedTo !== undefined && comparePositions(to, this.#loadedTo) <= 0
  }

  #unloadedBytes(): number {
    return this.#unloaded.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}
