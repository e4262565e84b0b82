import { join } from 'node:path'
import type { JournalFile, JournalFiles } from './files.ts'
import { segmentName } from './segment-names.ts'

/**
 * The segment being written. `end` is where acknowledged records end; anything behind it belongs to a batch that
 * is being written, or that failed.
 */
export class SegmentWriter {
  readonly number: number
  readonly #file: JournalFile
  readonly #syncEach: boolean
  #end = 0
  #written = 0

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

  /** Whether nothing lies behind the acknowledged end: then a failed write left no trace. */
  get isClean(): boolean {
    return this.#written === this.#end
  }

  /** Writes the first `length` bytes behind the end, syncs them, and moves the end. */
  async append(bytes: Buffer, length: number): Promise<void> {
    for (let done = 0; done < length; ) {
      const count = await this.#file.write(bytes, done, length - done, this.#end + done)
      if (count === 0) throw new Error('the file takes no more bytes')
      done += count
      this.#written = this.#end + done
    }
    if (this.#syncEach) await this.#file.sync()
    this.#end = this.#written
  }

  /** Closes a full segment. Synced in every mode: then a power loss takes a suffix of the journal, never a hole. */
  async finish(): Promise<void> {
    if (!this.#syncEach) await this.#file.sync()
    await this.#file.close()
  }

  /**
   * Cuts what lies behind the acknowledged end and gives the segment up. Nothing may be written here again: readers
   * may have seen the rejected bytes, and after a failed sync the kernel may have dropped them and call them clean.
   */
  async abandon(): Promise<void> {
    try {
      await this.#file.truncate(this.#end)
      await this.#file.sync()
    } catch {
      // A tail that cannot be cut stays behind: readers skip it as soon as a newer segment exists.
    }
    try {
      await this.#file.close()
    } catch {
      // The descriptor is gone either way.
    }
  }
}
