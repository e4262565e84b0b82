import { type JournalBatch, JournalReader } from '../journal/journal-reader.ts'
import { comparePositions, type Position } from '../journal/position.ts'
import type { JournalRecord } from '../journal/segment-reader.ts'
import { buildClickRows, type ClickRowsContext } from './click-rows.ts'
import { type LedgerRecords, toLedgerRecords } from './journal-batch.ts'
import { BATCH_WAIT_MS, INSERT_BYTES_MAX, POLL_MS, READ_BYTES_MAX, READ_RECORDS_MAX } from './limits.ts'
import type { QuarantiningInserter } from './quarantine.ts'
import type { RecentVisits } from './recent-visits.ts'

export type LoaderBatch = { readonly from: Position; readonly to: Position; readonly token: string }

/** Where a loader's progress is kept, durably (store/loader-progress.ts). */
export type LoaderProgress = {
  load(edge: string): Promise<{ readonly checkpoint?: Position; readonly open?: LoaderBatch }>
  begin(edge: string, batch: LoaderBatch): Promise<void>
  finish(edge: string, to: Position): Promise<void>
}

export type JournalLoaderOptions = {
  readonly edge: string
  readonly dir: string
  readonly progress: LoaderProgress
  readonly inserter: QuarantiningInserter
  readonly clicks: ClickRowsContext
  readonly recent: RecentVisits
  readonly clock: () => number
  readonly onOrphans: (clicks: number) => void
}

/** A batch on its way. Its rows are built once, so that an insert which is repeated repeats the same rows. */
type Prepared = { readonly batch: LoaderBatch; readonly rows: readonly Buffer[]; begun: boolean }

/**
 * Loads one edge's journal into the ledger, exactly once.
 *
 * ```
 * read ─▶ begin (range and token durable) ─▶ insert under the token ─▶ finish (checkpoint durable, batch gone)
 *           crash: read from the checkpoint    crash: the same range and token again, dropped if it was in
 * ```
 *
 * A second reader runs ahead for whoever must know of every visit up to now (`readAhead`); it adds to the recent
 * visits and to nothing else.
 */
export class JournalLoader {
  readonly #options: JournalLoaderOptions
  readonly #reader: JournalReader
  #ahead: JournalReader
  /** Begun before a crash: comes before everything else. */
  #open: LoaderBatch | undefined
  /** Read, and not yet prepared: a round that fails in between goes on here, since the reader has moved on. */
  #found: JournalBatch | undefined
  #prepared: Prepared | undefined
  #waitingSince: number | undefined

  private constructor(
    options: JournalLoaderOptions,
    readers: { readonly reader: JournalReader; readonly ahead: JournalReader },
    open: LoaderBatch | undefined,
  ) {
    this.#options = options
    this.#reader = readers.reader
    this.#ahead = readers.ahead
    this.#open = open
  }

  static async open(options: JournalLoaderOptions): Promise<JournalLoader> {
    const { checkpoint, open } = await options.progress.load(options.edge)
    const { dir } = options
    const reader = await JournalReader.open({ dir, from: open?.to ?? checkpoint })
    const ahead = await JournalReader.open({ dir, from: checkpoint })
    return new JournalLoader(options, { reader, ahead }, open)
  }

  /** How long the oldest record that was read waits for the ledger already; 0 when none does. */
  lagMs(): number {
    return this.#waitingSince === undefined ? 0 : this.#options.clock() - this.#waitingSince
  }

  /** @returns how long to wait before the next round. */
  async round(): Promise<number> {
    this.#prepared ??= (await this.#prepareOpen()) ?? (await this.#prepareNext())
    if (this.#prepared === undefined) return POLL_MS
    const bytes = await this.#load(this.#prepared)
    this.#prepared = undefined
    this.#waitingSince = undefined
    // Small inserts cost as much as large ones: let some gather.
    return bytes > READ_BYTES_MAX / 2 ? 0 : BATCH_WAIT_MS
  }

  /** Reads to the end of the journal, so that the recent visits hold all there is. */
  async readAhead(): Promise<void> {
    const read = this.#reader.position
    const ahead = this.#ahead.position
    if (read !== undefined && (ahead === undefined || comparePositions(ahead, read) < 0)) {
      await this.#ahead.close()
      this.#ahead = await JournalReader.open({ dir: this.#options.dir, from: read })
    }
    for (;;) {
      const found = await this.#ahead.next({ recordsMax: READ_RECORDS_MAX, bytesMax: READ_BYTES_MAX })
      if (found === undefined) return
      this.#remember(toLedgerRecords(found.records))
    }
  }

  async close(): Promise<void> {
    await this.#reader.close()
    await this.#ahead.close()
  }

  /** A crash came between begin and finish: the same range and token again. */
  async #prepareOpen(): Promise<Prepared | undefined> {
    const open = this.#open
    if (open === undefined) return undefined
    this.#waitingSince ??= this.#options.clock()
    const records = await this.#reader.readRange(open.from, open.to)
    const prepared = await this.#prepare(open, records, true)
    this.#open = undefined
    return prepared
  }

  async #prepareNext(): Promise<Prepared | undefined> {
    this.#found ??= await this.#reader.next({ recordsMax: READ_RECORDS_MAX, bytesMax: INSERT_BYTES_MAX })
    if (this.#found === undefined) return undefined
    this.#waitingSince ??= this.#options.clock()
    const { from, to, records } = this.#found
    const token = `${this.#options.edge}-${from.segment}-${from.offset}-${to.segment}-${to.offset}`
    const prepared = await this.#prepare({ from, to, token }, records, false)
    this.#found = undefined
    return prepared
  }

  async #prepare(batch: LoaderBatch, records: readonly JournalRecord[], begun: boolean): Promise<Prepared> {
    const found = toLedgerRecords(records)
    this.#remember(found)
    return { batch, rows: [...found.rows, ...(await this.#clickRows(found))], begun }
  }

  async #clickRows({ clicks }: LedgerRecords): Promise<readonly Buffer[]> {
    if (clicks.length === 0) return []
    const { rows, orphans } = await buildClickRows(clicks, this.#options.clicks)
    if (orphans.length > 0) this.#options.onOrphans(orphans.length)
    return rows.map((row) => Buffer.from(JSON.stringify(row)))
  }

  #remember({ visits, bytes }: LedgerRecords): void {
    this.#options.recent.add(visits, bytes)
  }

  /** @returns the bytes that were inserted. */
  async #load(prepared: Prepared): Promise<number> {
    const { progress, edge, inserter } = this.#options
    const { batch, rows } = prepared
    if (rows.length > 0 && !prepared.begun) {
      await this.#begin(batch)
      prepared.begun = true
    }
    await inserter.insert(rows, batch.token)
    await progress.finish(edge, batch.to)
    return rows.reduce((bytes, row) => bytes + row.length, 0)
  }

  /** A begin whose answer was lost may have taken effect. */
  async #begin(batch: LoaderBatch): Promise<void> {
    const { progress, edge } = this.#options
    try {
      await progress.begin(edge, batch)
    } catch (error) {
      const { open } = await progress.load(edge)
      if (open?.token !== batch.token) throw error
    }
  }
}
