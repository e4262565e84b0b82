import { join } from 'node:path'
import { isMissing, JournalPositionError } from './errors.ts'
import type { JournalFile, JournalFiles } from './files.ts'
import { READ_BYTES_MAX } from './limits.ts'
import { nodeFiles } from './node-files.ts'
import type { Position } from './position.ts'
import { listSegments, segmentName } from './segment-names.ts'
import { type JournalRecord, type ReadFrames, readFrames } from './segment-reader.ts'

export type JournalReaderOptions = {
  readonly dir: string
  /** A consumer's checkpoint; undefined starts at the oldest record there is. */
  readonly from: Position | undefined
  readonly files?: JournalFiles
}

export type ReadLimit = { readonly recordsMax: number; readonly bytesMax: number }

export type JournalBatch = {
  readonly records: readonly JournalRecord[]
  /** Start of the first record and end of the last one: both in one segment, and what readRange takes. */
  readonly from: Position
  readonly to: Position
}

/**
 * Reads a journal in order while it is being written, from any process.
 *
 * Records appear as soon as they are written, so a reader may see one whose append is not acknowledged yet, or is
 * rejected later (a phantom). It stops before anything incomplete, and passes it only when a newer segment exists:
 * a writer starts one only when the older is final. Positions stay valid for ever; deleted segments are passed over.
 */
export class JournalReader {
  readonly #files: JournalFiles
  readonly #dir: string
  #position: Position | undefined
  #open: { readonly segment: number; readonly file: JournalFile } | undefined
  #skippedBytes = 0

  private constructor(files: JournalFiles, dir: string, from: Position | undefined) {
    this.#files = files
    this.#dir = dir
    this.#position = from
  }

  /** The directory need not exist yet. */
  static async open({ dir, from, files = nodeFiles }: JournalReaderOptions): Promise<JournalReader> {
    return new JournalReader(files, dir, from)
  }

  /** Where the next record is looked for; undefined until a segment was seen. */
  get position(): Position | undefined {
    return this.#position
  }

  /**
   * Bytes passed over because they were no records although a newer segment exists. A tail that a failing disk
   * kept the writer from cutting; anything else is damage to the files, and worth an alarm.
   */
  get skippedBytes(): number {
    return this.#skippedBytes
  }

  /**
   * The next records, at least one and then within the limits; undefined when there is nothing new.
   * @throws JournalPositionError when the checkpoint lies behind the newest segment: another journal's, or lost files
   */
  async next(limit: ReadLimit): Promise<JournalBatch | undefined> {
    for (;;) {
      const found = await this.#read(limit)
      if (found !== undefined) return found
      const newer = await this.#newerSegment()
      if (newer === undefined) return undefined
      // The segment became final before the newer one appeared, but perhaps after it was read above.
      const rest = await this.#read(limit)
      if (rest !== undefined) return rest
      await this.#moveTo(newer)
    }
  }

  /**
   * The records between two positions that `next` returned, byte for byte: for repeating a batch after a crash.
   * Records that were never acknowledged and went missing with a power loss are missing here too.
   * @throws JournalPositionError when the range's segment is gone
   */
  async readRange(from: Position, to: Position): Promise<readonly JournalRecord[]> {
    const segments = await listSegments(this.#files, this.#dir)
    if (!segments.includes(to.segment)) throw new JournalPositionError(`segment ${to.segment} is gone`)
    const records: JournalRecord[] = []
    for (const segment of segments) {
      if (segment < from.segment || segment > to.segment) continue
      const start = segment === from.segment ? from.offset : 0
      const end = segment === to.segment ? to.offset : Infinity
      await this.#collect(segment, { start, end }, records)
    }
    return records
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.file.close()
  }

  async #read(limit: ReadLimit): Promise<JournalBatch | undefined> {
    if (this.#position === undefined) return undefined
    const { segment, offset } = this.#position
    const file = await this.#fileOf(segment)
    if (file === undefined) return undefined
    const { records, end } = await readFrames(file, segment, { offset, ...limit })
    if (records.length === 0) return undefined
    this.#position = { segment, offset: end }
    return { records, from: { segment, offset }, to: this.#position }
  }

  /** The file of the segment, kept open while it is the current one; undefined when it is deleted. */
  async #fileOf(segment: number): Promise<JournalFile | undefined> {
    if (this.#open?.segment === segment) return this.#open.file
    await this.close()
    try {
      const file = await this.#files.open(join(this.#dir, segmentName(segment)), 'read')
      this.#open = { segment, file }
      return file
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async #newerSegment(): Promise<number | undefined> {
    const segments = await listSegments(this.#files, this.#dir)
    const current = this.#position?.segment ?? 0
    const newest = segments.at(-1)
    if (newest !== undefined && newest < current) {
      throw new JournalPositionError(`the checkpoint is in segment ${current}, the newest one is ${newest}`)
    }
    return segments.find((segment) => segment > current)
  }

  async #moveTo(segment: number): Promise<void> {
    if (this.#open !== undefined && this.#position !== undefined) {
      this.#skippedBytes += Math.max(0, (await this.#open.file.size()) - this.#position.offset)
    }
    this.#position = { segment, offset: 0 }
  }

  async #collect(
    segment: number,
    range: { start: number; end: number },
    into: JournalRecord[],
  ): Promise<void> {
    const file = await this.#files.open(join(this.#dir, segmentName(segment)), 'read')
    try {
      for (let offset = range.start; offset < range.end; ) {
        const bytesMax = Math.min(READ_BYTES_MAX, range.end - offset)
        const read: ReadFrames = await readFrames(file, segment, { offset, recordsMax: Infinity, bytesMax })
        if (read.records.length === 0 || read.end > range.end) break
        for (const record of read.records) into.push(record)
        offset = read.end
      }
    } finally {
      await file.close()
    }
  }
}
