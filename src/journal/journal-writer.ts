import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { Batch } from './batch.ts'
import {
  JournalClosedError,
  type JournalError,
  JournalOverloadedError,
  JournalRecordTooLargeError,
  toAppendError,
} from './errors.ts'
import type { JournalFiles, JournalLock } from './files.ts'
import { frameBytes } from './frame.ts'
import {
  BATCH_BYTES_MAX,
  PENDING_BYTES_MAX,
  RECORD_PAYLOAD_BYTES_MAX,
  RESERVE_BYTES,
  SEGMENT_BYTES_MAX,
  SPARE_BATCHES_MAX,
  WAITER_BYTES,
} from './limits.ts'
import { nodeFiles } from './node-files.ts'
import type { Position } from './position.ts'
import { recoverJournal } from './recovery.ts'
import { RotatingSegments } from './rotating-segments.ts'

export type JournalWriterOptions = {
  readonly dir: string
  /** disk: an append waits for fdatasync. os: for the write alone; a power loss may take a suffix of the journal. */
  readonly durability: 'disk' | 'os'
  readonly segmentBytesMax?: number
  /** Waiting bytes, each append counted with WAITER_BYTES on top. */
  readonly pendingBytesMax?: number
  /** Zeros written ahead of the records; 0 where that does not pay, such as on copy-on-write file systems. */
  readonly reserveBytes?: number
  readonly files?: JournalFiles
}

type WriterLimits = { readonly batchBytesMax: number; readonly pendingBytesMax: number }

/** What the writer has done since it was opened. */
export type JournalCounters = {
  readonly records: number
  readonly bytes: number
  /** Batches written; with durability 'disk' each is one fdatasync. */
  readonly batches: number
  readonly rejectedRecords: number
}

/**
 * Appends records to the segments of one directory.
 *
 * Invariants:
 *  1. A resolved append is durable: its bytes, its segment's size and its segment's directory entry were synced.
 *  2. Records are on disk in the order of the append calls. A batch is written only when all earlier ones are
 *     acknowledged or rejected, so an un-synced tail is never longer than one batch.
 *  3. An offset is written once, as far as a reader can tell. After any failure that may have shown bytes to one (a
 *     short write, a failed sync, a crash) the tail is cut and the segment is given up, because a consumer may have
 *     stored a position behind those bytes. The next batch starts a new segment with a number never used before.
 *  4. A failed sync is final. It is never repeated: the kernel may have dropped the data and report success.
 *  5. A rejected or never answered append may be found in the journal (a phantom), whole and in its place, or not.
 *     An acknowledged one is always found, and never before an earlier acknowledged one (no hole).
 *
 *   append ─▶ filling batch ─▶ queue ─▶ write ─▶ fdatasync ─▶ resolve
 *              (joined by every append while the disk is busy)
 */
export class JournalWriter {
  readonly #segments: RotatingSegments
  readonly #lock: JournalLock
  readonly #batchBytesMax: number
  readonly #pendingBytesMax: number
  /** Not being written yet; the last one is being filled. */
  readonly #queue: Batch[] = []
  readonly #spare: Batch[] = []
  readonly #counters = { records: 0, bytes: 0, batches: 0, rejectedRecords: 0 }
  #pendingBytes = 0
  #draining: Promise<void> | undefined
  #closing: Promise<void> | undefined

  private constructor(segments: RotatingSegments, lock: JournalLock, limits: WriterLimits) {
    this.#segments = segments
    this.#lock = lock
    this.#batchBytesMax = limits.batchBytesMax
    this.#pendingBytesMax = limits.pendingBytesMax
  }

  /**
   * Locks and recovers the directory, which is made when missing.
   * @throws JournalLockedError when another writer, alive, holds the directory
   */
  static async open(options: JournalWriterOptions): Promise<JournalWriter> {
    const { dir, durability, segmentBytesMax = SEGMENT_BYTES_MAX, files = nodeFiles } = options
    await files.makeDir(dir)
    const lock = await files.lock(dir)
    try {
      const lastNumber = await recoverJournal(files, dir)
      const syncEach = durability === 'disk'
      const reserveBytes = options.reserveBytes ?? RESERVE_BYTES
      const segmentOptions = { files, dir, syncEach, segmentBytesMax, reserveBytes }
      const segments = new RotatingSegments(lastNumber, segmentOptions)
      return new JournalWriter(segments, lock, {
        batchBytesMax: Math.min(BATCH_BYTES_MAX, segmentBytesMax),
        pendingBytesMax: options.pendingBytesMax ?? PENDING_BYTES_MAX,
      })
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  get counters(): JournalCounters {
    return this.#counters
  }

  /**
   * Appends one record; the payload is copied before the call returns.
   * @param type a byte
   * @returns where the record lies, once it is durable. Rejects with JournalFullError, JournalOverloadedError,
   *   JournalWriteError, JournalClosedError or JournalRecordTooLargeError; later appends may succeed all the same.
   */
  append(type: number, payload: Buffer): Promise<Position> {
    assert(Number.isInteger(type) && type >= 0 && type <= 0xff, 'a record type is a byte')
    const recordBytes = frameBytes(payload.length)
    const refusal = this.#refusal(recordBytes)
    if (refusal !== undefined) {
      this.#counters.rejectedRecords += 1
      return Promise.reject(refusal)
    }
    this.#pendingBytes += recordBytes + WAITER_BYTES
    this.#draining ??= this.#drain()
    return this.#fillingBatch(recordBytes).add(type, payload)
  }

  /** Writes what waits, then gives the directory free. Appends from now on are refused. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #refusal(recordBytes: number): JournalError | undefined {
    if (this.#closing !== undefined) return new JournalClosedError()
    if (recordBytes > frameBytes(RECORD_PAYLOAD_BYTES_MAX)) return new JournalRecordTooLargeError(recordBytes)
    if (this.#pendingBytes + recordBytes + WAITER_BYTES > this.#pendingBytesMax) {
      return new JournalOverloadedError(this.#pendingBytes)
    }
    return undefined
  }

  #fillingBatch(recordBytes: number): Batch {
    const last = this.#queue.at(-1)
    if (last?.fits(recordBytes, this.#batchBytesMax)) return last
    const batch = this.#spare.pop() ?? new Batch()
    this.#queue.push(batch)
    return batch
  }

  /** Waits for the rest of the event loop's turn first, so that the requests of one turn share the first sync. */
  async #drain(): Promise<void> {
    await setImmediate()
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      await this.#commit(batch)
      if (this.#spare.length < SPARE_BATCHES_MAX) this.#spare.push(batch)
    }
    this.#draining = undefined
  }

  async #commit(batch: Batch): Promise<void> {
    const { records, bytes } = batch
    let start: Position
    try {
      start = await this.#segments.write(batch.buffer, bytes)
    } catch (error) {
      this.#pendingBytes -= bytes + records * WAITER_BYTES
      this.#counters.rejectedRecords += records
      batch.reject(toAppendError(error))
      return
    }
    this.#pendingBytes -= bytes + records * WAITER_BYTES
    this.#counters.batches += 1
    this.#counters.records += records
    this.#counters.bytes += bytes
    batch.resolve(start)
  }

  async #close(): Promise<void> {
    try {
      await this.#draining
      await this.#segments.close()
    } finally {
      await this.#lock.release()
    }
  }
}
