import { join } from 'node:path'
import { isOutOfSpace } from './errors.ts'
import type { JournalFiles } from './files.ts'
import type { Position } from './position.ts'
import { segmentName } from './segment-names.ts'
import { SegmentWriter } from './segment-writer.ts'

export type RotatingSegmentsOptions = {
  readonly files: JournalFiles
  readonly dir: string
  readonly syncEach: boolean
  readonly segmentBytesMax: number
  /** The highest segment number in use; the next one is this plus one. */
  readonly lastNumber: number
}

/**
 * The row of segments as one place to write to: starts a segment when there is none, leaves it when it is full,
 * and gives it up when a write failed in it.
 *
 *   none ──write──▶ open ──full──▶ finish ──▶ none
 *                    └──failed──▶ abandon (cut) ──▶ none
 *
 * A segment is created by the first write that needs it, so that opening a journal needs no space on a full disk
 * and restarts leave no empty files.
 */
export class RotatingSegments {
  readonly #options: RotatingSegmentsOptions
  #lastNumber: number
  #segment: SegmentWriter | undefined
  #abandonedEmpty: number | undefined

  constructor(options: RotatingSegmentsOptions) {
    this.#options = options
    this.#lastNumber = options.lastNumber
  }

  /**
   * Writes the first `length` bytes as one piece of one segment, durably if each write is synced.
   * @returns where they start. When it throws, none of them will be read as acknowledged, and the next call is safe.
   */
  async write(bytes: Buffer, length: number): Promise<Position> {
    try {
      const segment = await this.#segmentFor(length)
      const offset = segment.end
      await segment.append(bytes, length)
      return { segment: segment.number, offset }
    } catch (error) {
      await this.#giveUpAfter(error)
      throw error
    }
  }

  async close(): Promise<void> {
    const segment = this.#segment
    this.#segment = undefined
    await segment?.finish()
  }

  async #segmentFor(length: number): Promise<SegmentWriter> {
    const segment = this.#segment
    if (segment === undefined) return await this.#start()
    if (segment.end === 0 || segment.end + length <= this.#options.segmentBytesMax) return segment
    await segment.finish()
    this.#segment = undefined
    return await this.#start()
  }

  /** The number is used up even when the creation fails: what a failed creation left on disk is not known. */
  async #start(): Promise<SegmentWriter> {
    this.#lastNumber += 1
    this.#segment = await SegmentWriter.create({ ...this.#options, number: this.#lastNumber })
    await this.#removeAbandonedEmpty()
    return this.#segment
  }

  /** A disk that took not one byte left nothing to cut: the segment goes on once there is space. */
  async #giveUpAfter(error: unknown): Promise<void> {
    const segment = this.#segment
    if (segment === undefined || (isOutOfSpace(error) && segment.isClean)) return
    this.#segment = undefined
    await segment.abandon()
    if (segment.end === 0) this.#abandonedEmpty = segment.number
  }

  /**
   * A nearly full disk would else collect one empty file per failed batch. It is removed only now that a higher
   * number exists, because the highest number is what a restart counts on from.
   */
  async #removeAbandonedEmpty(): Promise<void> {
    const number = this.#abandonedEmpty
    if (number === undefined) return
    this.#abandonedEmpty = undefined
    try {
      await this.#options.files.remove(join(this.#options.dir, segmentName(number)))
    } catch {
      // An empty file that stays holds no record and is deleted with its neighbours.
    }
  }
}
