import { randomUUID } from 'node:crypto'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { type JournalBatch, JournalReader } from '../journal/journal-reader.ts'
import type { Position } from '../journal/position.ts'
import type { JournalRecord } from '../journal/segment-reader.ts'
import { buildClickRows, buildViewRows, type ClickRowsContext } from './click-rows.ts'
import { type LedgerRecords, toInserts } from './journal-batch.ts'
import { BATCH_BYTES_MAX, BATCH_WAIT_MS, POLL_MS, READ_RECORDS_MAX } from './limits.ts'
import type { QuarantiningInserter } from './quarantine.ts'
import { ReadAhead } from './read-ahead.ts'
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
  readonly beforeLateRows?: LateRowsListener | undefined
  readonly clock: () => number
}

/**
 * Is told, before they are inserted, of rows that belong to visits which were recorded earlier: a visit may have
 * been corrected meanwhile, and what is remembered of it may be older than that.
 */
export type LateRowsListener = (rows: readonly LedgerRow[]) => Promise<void>

/** A batch on its way. Its rows are built once, so that an insert which is repeated repeats the same rows. */
type Prepared = {
  readonly batch: LoaderBatch
  readonly inserts: readonly Insert[]
  isBegun: boolean
  /** An insert was tried, and may have taken effect. */
  isRepeat: boolean
}

type Insert = { readonly rows: readonly Buffer[]; readonly token: string }

/** A batch of so much is followed by the next at once: what is left of the journal need not gather. */
const LARGE_BYTES = BATCH_BYTES_MAX / 4

/**
 * Loads one edge's journal into the ledger, exactly once.
 *
 * ```
 * read ─▶ begin (range and token durable) ─▶ insert under the token ─▶ finish (checkpoint durable, batch gone)
 *           crash: read from the checkpoint    crash: the same range under the same token (insert-once.ts)
 * ```
 *
 * A large batch is several inserts at a time, because one takes one core.
 */
export class JournalLoader {
  readonly #options: JournalLoaderOptions
  readonly #reader: JournalReader
  readonly #ahead: ReadAhead
  /** Begun before a crash: comes before everything else. */
  #open: LoaderBatch | undefined
  /** Read, and not yet prepared: a round that fails in between goes on here, since the reader has moved on. */
  #found: JournalBatch | undefined
  #prepared: Prepared | undefined
  #waitingSince: number | undefined

  private constructor(
    options: JournalLoaderOptions,
    readers: { readonly reader: JournalReader; readonly ahead: ReadAhead },
    open: LoaderBatch | undefined,
  ) {
    this.#options = options
    this.#reader = readers.reader
    this.#ahead = readers.ahead
    this.#open = open
  }

  static async open(options: JournalLoaderOptions): Promise<JournalLoader> {
    const { edge, dir, recent } = options
    const { checkpoint, open } = await options.progress.load(edge)
    const reader = await JournalReader.open({ dir, from: open?.to ?? checkpoint })
    const ahead = new ReadAhead({ edge, dir, recent, from: checkpoint })
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
    return bytes > LARGE_BYTES ? 0 : BATCH_WAIT_MS
  }

  /** Reads on to the end of the journal or as far as memory allows, so that the recent visits hold all there is. */
  async readAhead(): Promise<void> {
    await this.#ahead.run()
  }

  /** Whether the last `readAhead` came to the end, or past the time. */
  hasRead(timeMs: number): boolean {
    return this.#ahead.hasRead(timeMs)
  }

  /** How far the last `readAhead` came; undefined in an empty journal. */
  end(): Position | undefined | 'not reached' {
    return this.#ahead.end()
  }

  /** Whether the ledger has everything before. */
  hasLoaded(to: Position | undefined): boolean {
    return this.#ahead.hasLoaded(to)
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
    const inserts = await this.#inserts(records, open)
    this.#open = undefined
    return { batch: open, inserts, isBegun: true, isRepeat: true }
  }

  async #prepareNext(): Promise<Prepared | undefined> {
    this.#found ??= await this.#reader.next({ recordsMax: READ_RECORDS_MAX, bytesMax: BATCH_BYTES_MAX })
    if (this.#found === undefined) return undefined
    this.#waitingSince ??= this.#options.clock()
    const { from, to, records } = this.#found
    // Random, because a server may remember the tokens of an installation that was set up before on this machine.
    const token = `${this.#options.edge}-${from.segment}-${from.offset}-${randomUUID()}`
    const batch = { from, to, token }
    const inserts = await this.#inserts(records, batch)
    this.#found = undefined
    return { batch, inserts, isBegun: false, isRepeat: false }
  }

  async #inserts(records: readonly JournalRecord[], { to, token }: LoaderBatch): Promise<readonly Insert[]> {
    const found = this.#ahead.remember(records, to)
    for (const { payload, place } of found.unreadable) {
      await this.#options.inserter.putAside(payload, place, 'not a record of its type')
    }
    const clicks = await this.#clickRows(found)
    const views = await this.#viewRows(found)
    return [
      ...toInserts(found.rows).map((rows, i) => ({ rows, token: `${token}/rows-${i}` })),
      ...toInserts(clicks).map((rows, i) => ({ rows, token: `${token}/clicks-${i}` })),
      ...toInserts(views).map((rows, i) => ({ rows, token: `${token}/views-${i}` })),
    ]
  }

  async #clickRows({ clicks }: LedgerRecords): Promise<readonly Buffer[]> {
    if (clicks.length === 0) return []
    const { rows, orphans } = await buildClickRows(clicks, this.#options.clicks)
    await this.#putAside(orphans, 'a click of a visit that is nowhere')
    await this.#options.beforeLateRows?.(rows)
    return toLines(rows)
  }

  async #viewRows({ views }: LedgerRecords): Promise<readonly Buffer[]> {
    if (views.length === 0) return []
    const { rows, orphans } = await buildViewRows(views, this.#options.clicks)
    await this.#putAside(orphans, 'a lander view of a visit that is nowhere')
    await this.#options.beforeLateRows?.(rows)
    return toLines(rows)
  }

  async #putAside(orphans: readonly { readonly place: string }[], reason: string): Promise<void> {
    for (const orphan of orphans) {
      await this.#options.inserter.putAside(Buffer.from(JSON.stringify(orphan)), orphan.place, reason)
    }
  }

  /** @returns the bytes that were inserted. */
  async #load(prepared: Prepared): Promise<number> {
    const { progress, edge } = this.#options
    const { batch, inserts } = prepared
    if (inserts.length > 0) {
      if (!prepared.isBegun) await this.#begin(batch)
      prepared.isBegun = true
      await this.#insert(prepared)
    }
    await progress.finish(edge, batch.to)
    this.#ahead.loaded(batch.to)
    return inserts.flatMap(({ rows }) => rows).reduce((bytes, row) => bytes + row.length, 0)
  }

  /** Waits for all, also when one fails: an insert must not meet its own repeat. */
  async #insert(prepared: Prepared): Promise<void> {
    const { isRepeat } = prepared
    prepared.isRepeat = true
    const tries = prepared.inserts.map((insert) => this.#options.inserter.insert({ ...insert, isRepeat }))
    const failed = (await Promise.allSettled(tries)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
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

function toLines(rows: readonly LedgerRow[]): readonly Buffer[] {
  return rows.map((row) => Buffer.from(JSON.stringify(row)))
}
