const BYTES_MIN = 16

/** A set of small integers, one bit for each: number n is bit `n % 8` of byte `floor(n / 8)`. Grows as needed. */
export class BitSet {
  #bytes = new Uint8Array(BYTES_MIN)

  /** Bytes behind the last number may be zero; the array is the set's own. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  set(number: number, isIn: boolean): void {
    const at = number >>> 3
    if (at >= this.#bytes.length) this.#grow(at + 1)
    const bit = 1 << (number & 7)
    const byte = this.#bytes[at] ?? 0
    this.#bytes[at] = isIn ? byte | bit : byte & ~bit
  }

  #grow(bytesNeeded: number): void {
    const grown = new Uint8Array(Math.max(bytesNeeded, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

/** Without the zeros at the end. */
export function trimBytes(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return bytes.subarray(0, end)
}
