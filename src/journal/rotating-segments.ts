import type { Position } from './position.ts'
import { type SegmentOptions, SegmentWriter } from './segment-writer.ts'

/**
 * The row of segments as one place to write to: starts a segment when there is none, leaves it when it is full,
 * and gives it up when a failed write may have left something in it.
 *
 *   none ──write──▶ open ──full──▶ finish ──▶ none
 *                   │  ▲
 *         failed,   │  └── failed, nothing was seen: cut
 *         exposed   └────▶ abandon (cut) ──▶ none
 *
 * A segment is created by the first write that needs it, so that opening a journal needs no space on a full disk
 * and restarts leave no empty files. After a failure writes are unseen until one succeeds: else a nearly full disk,
 * where each write fails half-way, would cost a segment per batch.
 */
export class RotatingSegments {
  readonly #options: SegmentOptions
  #lastNumber: number
  #segment: SegmentWriter | undefined
  #isCautious = false

  /** @param lastNumber the highest segment number in use; the next one is this plus one */
  constructor(lastNumber: number, options: SegmentOptions) {
    this.#options = options
    this.#lastNumber = lastNumber
  }

  /**
   * Writes the first `length` bytes as one piece of one segment, durably if each write is synced.
   * @returns where they start. When it throws, none of them will be read as acknowledged, and the next call is safe.
   */
  async write(bytes: Buffer, length: number): Promise<Position> {
    try {
      const segment = await this.#segmentFor(length)
      const offset = segment.end
      if (this.#isCautious) await segment.appendUnseen(bytes, length)
      else await segment.append(bytes, length)
      this.#isCautious = false
      return { segment: segment.number, offset }
    } catch (error) {
      await this.#recover()
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
    this.#segment = undefined
    await segment.finish()
    return await this.#start()
  }

  /** The number is used up even when the creation fails: what a failed creation left on disk is not known. */
  async #start(): Promise<SegmentWriter> {
    this.#lastNumber += 1
    this.#segment = await SegmentWriter.create(this.#lastNumber, this.#options)
    return this.#segment
  }

  async #recover(): Promise<void> {
    this.#isCautious = true
    const segment = this.#segment
    if (segment === undefined) return
    if (!segment.isExposed && (await segment.cut())) return
    this.#segment = undefined
    await segment.abandon()
  }
}
