import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const BLOCK_BITS = 12
const BLOCK_BYTES = 1 << BLOCK_BITS
const BLOCK_MASK = BLOCK_BYTES - 1
const NO_SLOT = -1

/**
 * A file read in 4 KiB blocks into a bounded number of slots. Holding a 63 MB address database whole in every
 * edge process would cost more memory than the rest of the product; the kernel's page cache holds it once for
 * all of them, so a missed block is a pread of about a microsecond.
 *
 * The clock algorithm evicts: a slot used since the hand last passed gets a second chance. Block → slot is a
 * plain typed array, because a tree walk asks some 25 times for each address.
 */
export class BlockCache {
  readonly byteLength: number
  readonly #file: number
  readonly #slots: Buffer
  readonly #slotOfBlock: Int32Array
  readonly #blockOfSlot: Int32Array
  readonly #usedSlots: Uint8Array
  #hand = 0

  /** @throws when the file cannot be opened. */
  constructor(path: string, cacheBytesMax: number) {
    this.#file = openSync(path, 'r')
    this.byteLength = fstatSync(this.#file).size
    const blocks = Math.ceil(this.byteLength / BLOCK_BYTES)
    const slots = Math.max(1, Math.min(blocks, cacheBytesMax >> BLOCK_BITS))
    this.#slots = Buffer.allocUnsafeSlow(slots * BLOCK_BYTES)
    this.#slotOfBlock = new Int32Array(blocks).fill(NO_SLOT)
    this.#blockOfSlot = new Int32Array(slots).fill(NO_SLOT)
    this.#usedSlots = new Uint8Array(slots)
  }

  /** The byte at an offset. @throws RangeError outside of the file: a damaged database. */
  byteAt(offset: number): number {
    const slot = this.#slotOf(offset)
    return this.#slots[(slot << BLOCK_BITS) | (offset & BLOCK_MASK)] ?? 0
  }

  /** A range as UTF-8 text. Names are short, so that nearly all lie in one block and need no copy. */
  text(offset: number, length: number): string {
    const start = offset & BLOCK_MASK
    if (start + length > BLOCK_BYTES || length > this.byteLength - offset) {
      return this.bytes(offset, length).toString('utf8')
    }
    const from = (this.#slotOf(offset) << BLOCK_BITS) + start
    return this.#slots.toString('utf8', from, from + length)
  }

  /** A copy of a range, which may lie in several blocks. */
  bytes(offset: number, length: number): Buffer {
    if (length > this.byteLength - offset) {
      throw new RangeError('a value reaches past the end of the address database')
    }
    const copy = Buffer.allocUnsafe(length)
    let done = 0
    while (done < length) {
      const slot = this.#slotOf(offset + done)
      const start = (offset + done) & BLOCK_MASK
      const taken = Math.min(BLOCK_BYTES - start, length - done)
      const from = (slot << BLOCK_BITS) + start
      this.#slots.copy(copy, done, from, from + taken)
      done += taken
    }
    return copy
  }

  close(): void {
    closeSync(this.#file)
  }

  #slotOf(offset: number): number {
    const block = Math.floor(offset / BLOCK_BYTES)
    const slot = this.#slotOfBlock[block]
    if (slot === undefined) {
      throw new RangeError('an offset lies outside of the address database')
    }
    if (slot === NO_SLOT) {
      return this.#load(block)
    }
    this.#usedSlots[slot] = 1
    return slot
  }

  #load(block: number): number {
    const slot = this.#evict()
    readSync(this.#file, this.#slots, slot << BLOCK_BITS, BLOCK_BYTES, block * BLOCK_BYTES)
    this.#slotOfBlock[block] = slot
    this.#blockOfSlot[slot] = block
    this.#usedSlots[slot] = 1
    return slot
  }

  #evict(): number {
    while (this.#usedSlots[this.#hand] === 1) {
      this.#usedSlots[this.#hand] = 0
      this.#advance()
    }
    const slot = this.#hand
    const previous = this.#blockOfSlot[slot] ?? NO_SLOT
    if (previous !== NO_SLOT) {
      this.#slotOfBlock[previous] = NO_SLOT
    }
    this.#advance()
    return slot
  }

  #advance(): void {
    this.#hand = this.#hand + 1 === this.#usedSlots.length ? 0 : this.#hand + 1
  }
}
