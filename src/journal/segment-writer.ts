import { join } from 'node:path'
import type { JournalFile, JournalFiles } from './files.ts'
import { segmentName } from './segment-names.ts'

/** A frame without its first bytes (length and CRC) is invisible: readers find a length of 0 in their place. */
const UNSEEN_WITHOUT_BYTES = 8

/**
 * The segment being written. `end` is where acknowledged records end; anything behind it belongs to a batch that
 * is being written, or that failed.
 */
export class SegmentWriter {
  readonly number: number
  readonly #file: JournalFile
  readonly #syncEach: boolean
  #end = 0
  #isExposed = false

  private constructor(number: number, file: JournalFile, syncEach: boolean) {
    this.number = number
    this.#file = file
    this.#syncEach = syncEach
  }

  /**
   * Creates the file. Its directory entry is durable before its first byte can be read by a consumer: else a power
   * loss could take the segment, its number would be used again, and a stored position would point into other data.
   */
  static async create(o: {
    files: JournalFiles
    dir: string
    number: number
    syncEach: boolean
  }): Promise<SegmentWriter> {
    const file = await o.files.create(join(o.dir, segmentName(o.number)))
    try {
      await o.files.syncDir(o.dir)
    } catch (error) {
      await file.close()
      throw error
    }
    return new SegmentWriter(o.number, file, o.syncEach)
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
    await this.#commit(length)
  }

  /**
   * Like append, but no reader can see anything before everything has found room: one write more, and a failed one
   * leaves nothing that the segment would have to be given up for.
   */
  async appendUnseen(bytes: Buffer, length: number): Promise<void> {
    for (let done = UNSEEN_WITHOUT_BYTES; done < length; ) done += await this.#write(bytes, done, length)
    await this.#writeExposed(bytes, 0, UNSEEN_WITHOUT_BYTES)
    await this.#commit(length)
  }

  /** Takes a failed write back, and the space it holds. Says whether that worked. */
  async cut(): Promise<boolean> {
    try {
      await this.#file.truncate(this.#end)
      return true
    } catch {
      // Readers skip a tail that stays behind as soon as a newer segment exists.
      return false
    }
  }

  /** Closes a full segment. Synced in every mode: then a power loss takes a suffix of the journal, never a hole. */
  async finish(): Promise<void> {
    try {
      if (!this.#syncEach) await this.#file.sync()
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
    if (this.#syncEach) await this.#file.sync()
    this.#end += length
    this.#isExposed = false
  }
}
