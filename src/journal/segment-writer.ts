import { join } from 'node:path'
import type { JournalFile, JournalFiles } from './files.ts'
import { FRAME_START_BYTES } from './frame.ts'
import { RESERVE_BATCHES_MIN, RESERVE_BYTES } from './limits.ts'
import { segmentName } from './segment-names.ts'

const ZEROS = Buffer.alloc(RESERVE_BYTES)

export type SegmentOptions = {
  readonly files: JournalFiles
  readonly dir: string
  /** Whether each append waits for a sync. */
  readonly syncEach: boolean
  readonly segmentBytesMax: number
  /** Zeros written ahead, at most RESERVE_BYTES; 0 where overwriting is not cheaper (copy-on-write systems). */
  readonly reserveBytes: number
}

/**
 * The segment being written. `end` is where acknowledged records end; anything behind it belongs to a batch that
 * is being written, or that failed.
 */
export class SegmentWriter {
  readonly number: number
  readonly #file: JournalFile
  readonly #options: SegmentOptions
  #end = 0
  /** Up to here the file has blocks; behind `end` they hold zeros, which no reader takes for a record. */
  #reserved = 0
  #isExposed = false

  private constructor(number: number, file: JournalFile, options: SegmentOptions) {
    this.number = number
    this.#file = file
    this.#options = options
  }

  /**
   * Creates the file. Its directory entry is durable before its first byte can be read by a consumer: else a power
   * loss could take the segment, its number would be used again, and a stored position would point into other data.
   */
  static async create(number: number, options: SegmentOptions): Promise<SegmentWriter> {
    const file = await options.files.create(join(options.dir, segmentName(number)))
    try {
      await options.files.syncDir(options.dir)
    } catch (error) {
      await file.close()
      throw error
    }
    return new SegmentWriter(number, file, options)
  }

  get end(): number {
    return this.#end
  }

  /** Whether a reader may have seen bytes behind the end, or a failed sync has lost them: then `end` is final. */
  get isExposed(): boolean {
    return this.#isExposed
  }

  /** Writes the first `length` bytes behind the end, syncs them, and moves the end. */
  async append(bytes: Buffer, length: number): Promise<void> {
    await this.#writeExposed(bytes, 0, length)
    if (this.#end + length > this.#reserved) await this.#reserveBehind(length)
    await this.#commit(length)
  }

  /**
   * Like append, but no reader can see anything before everything has found room: one write more, and a failed one
   * leaves nothing that the segment would have to be given up for.
   */
  async appendUnseen(bytes: Buffer, length: number): Promise<void> {
    for (let done = FRAME_START_BYTES; done < length; ) done += await this.#write(bytes, done, length)
    await this.#writeExposed(bytes, 0, FRAME_START_BYTES)
    await this.#commit(length)
  }

  /** Takes a failed write back, and the space it holds. Says whether that worked. */
  async cut(): Promise<boolean> {
    try {
      await this.#file.truncate(this.#end)
      this.#reserved = this.#end
      return true
    } catch {
      // Readers skip a tail that stays behind as soon as a newer segment exists.
      return false
    }
  }

  /**
   * Closes a full segment, without its reserve. Synced in every mode: a power loss then takes a suffix of the
   * journal, never a hole.
   */
  async finish(): Promise<void> {
    try {
      if (this.#reserved > this.#end) await this.cut()
      await this.#file.sync()
    } finally {
      await this.#file.close()
    }
  }

  /**
   * Gives the segment up after a failure. Nothing may be written behind its end again: readers may have seen the
   * rejected bytes, and after a failed sync the kernel may have dropped them and call them clean. The bytes are
   * rejected whether or not the cut becomes durable, so that a failure to sync or close tells nobody anything.
   */
  async abandon(): Promise<void> {
    await this.cut()
    await this.#file.sync().catch(() => undefined)
    await this.#file.close().catch(() => undefined)
  }

  /** Makes room behind a batch. Failing is no matter: the next batches then extend the file themselves. */
  async #reserveBehind(batchBytes: number): Promise<void> {
    const { syncEach, reserveBytes, segmentBytesMax } = this.#options
    this.#reserved = this.#end + batchBytes
    if (!syncEach || batchBytes * RESERVE_BATCHES_MIN > reserveBytes) return
    const target = Math.min(this.#reserved + Math.min(reserveBytes, ZEROS.length), segmentBytesMax)
    try {
      while (this.#reserved < target) {
        const length = target - this.#reserved
        const count = await this.#file.write(ZEROS, 0, length, this.#reserved)
        if (count === 0) return
        this.#reserved += count
      }
    } catch {
      // The disk is full or failing; the sync that follows says whether the batch is safe.
    }
  }

  async #writeExposed(bytes: Buffer, from: number, to: number): Promise<void> {
    for (let done = from; done < to; ) {
      done += await this.#write(bytes, done, to)
      this.#isExposed = true
    }
  }

  async #write(bytes: Buffer, from: number, to: number): Promise<number> {
    const count = await this.#file.write(bytes, from, to - from, this.#end + from)
    if (count === 0) throw new Error('the file takes no more bytes')
    return count
  }

  async #commit(length: number): Promise<void> {
    if (this.#options.syncEach) await this.#file.sync()
    this.#end += length
    this.#isExposed = false
  }
}
