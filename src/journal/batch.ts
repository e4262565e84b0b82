import { frameBytes, writeFrame } from './frame.ts'
import { BATCH_BYTES_MAX, RECORD_PAYLOAD_BYTES_MAX } from './limits.ts'
import type { Position } from './position.ts'

type Waiter = {
  readonly offset: number
  readonly resolve: (position: Position) => void
  readonly reject: (error: Error) => void
}

/**
 * The appends that share one write and one sync. Frames are encoded straight into one buffer, which is used again
 * for later batches; 1 MiB of untouched memory costs nothing until it is filled.
 */
export class Batch {
  readonly #buffer = Buffer.allocUnsafeSlow(Math.max(BATCH_BYTES_MAX, frameBytes(RECORD_PAYLOAD_BYTES_MAX)))
  #waiters: Waiter[] = []
  #bytes = 0

  get buffer(): Buffer {
    return this.#buffer
  }

  get bytes(): number {
    return this.#bytes
  }

  get records(): number {
    return this.#waiters.length
  }

  /** The first record always fits, so that a limit below a record's size delays it rather than stops it. */
  fits(recordBytes: number, bytesMax: number): boolean {
    return this.#bytes === 0 || this.#bytes + recordBytes <= bytesMax
  }

  add(type: number, payload: Buffer): Promise<Position> {
    const offset = this.#bytes
    writeFrame(this.#buffer, offset, type, payload)
    this.#bytes = offset + frameBytes(payload.length)
    return new Promise((resolve, reject) => {
      this.#waiters.push({ offset, resolve, reject })
    })
  }

  /** The batch is durable from `start` of the segment on. Leaves the batch empty. */
  resolve(start: Position): void {
    for (const waiter of this.#empty()) {
      waiter.resolve({ segment: start.segment, offset: start.offset + waiter.offset })
    }
  }

  /** Nothing of the batch is durable. Leaves the batch empty. */
  reject(error: Error): void {
    for (const waiter of this.#empty()) waiter.reject(error)
  }

  #empty(): readonly Waiter[] {
    const waiters = this.#waiters
    this.#waiters = []
    this.#bytes = 0
    return waiters
  }
}
