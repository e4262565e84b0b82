import type { BlockCache } from './block-cache.ts'

/** A decoded value of the MaxMind DB format; numbers over 32 bits are bigint. */
export type MmdbValue =
  | string
  | number
  | bigint
  | boolean
  | Buffer
  | readonly MmdbValue[]
  | { readonly [key: string]: MmdbValue }

const TYPE = {
  extended: 0,
  pointer: 1,
  string: 2,
  double: 3,
  bytes: 4,
  uint16: 5,
  uint32: 6,
  map: 7,
  int32: 8,
  uint64: 9,
  uint128: 10,
  array: 11,
  boolean: 14,
  float: 15,
} as const

/** Values nest a few levels in real databases; a damaged file must not recurse without end. */
const DEPTH_MAX = 32
/** Names of fields that are kept by where they lie in the file; a real database has a few dozen. */
const KEYS_CACHED_MAX = 1_000
/** First value of each pointer size, by the format's specification. */
const POINTER_BASES = [0, 2_048, 526_336, 0] as const

/**
 * Decodes values of the data section (https://maxmind.github.io/MaxMind-DB/, version 2.0).
 * One decoder per file; `offset` is where the next value starts.
 */
export class MmdbDecoder {
  readonly #file: BlockCache
  readonly #pointerBase: number
  readonly #keys = new Map<number, string>()
  #offset = 0
  #wanted: ReadonlySet<string> | undefined

  /** @param pointerBase offset in the file which pointers count from: the start of the data section. */
  constructor(file: BlockCache, pointerBase: number) {
    this.#file = file
    this.#pointerBase = pointerBase
  }

  /**
   * The value at an offset of the file.
   * @param wanted keys to decode, of maps at any depth; what lies under others is passed over, which saves a
   *   third of the time of a DB-IP record and more of a GeoIP2 one (names in eight languages). Without it everything is decoded.
   * @throws when the database is damaged.
   */
  decodeAt(offset: number, wanted?: ReadonlySet<string>): MmdbValue {
    this.#offset = offset
    this.#wanted = wanted
    return this.#value(0)
  }

  #value(depth: number): MmdbValue {
    if (depth > DEPTH_MAX) {
      throw new RangeError('values of the address database nest too deeply')
    }
    const control = this.#byte()
    const type = control >> 5
    if (type === TYPE.pointer) {
      return this.#followed(control, depth)
    }
    const finalType = type === TYPE.extended ? this.#byte() + 7 : type
    return this.#typed(finalType, this.#size(control), depth)
  }

  #typed(type: number, size: number, depth: number): MmdbValue {
    switch (type) {
      case TYPE.string:
        return this.#text(size)
      case TYPE.map:
        return this.#map(size, depth)
      case TYPE.array:
        return Array.from({ length: this.#checkedCount(size) }, () => this.#value(depth + 1))
      case TYPE.boolean:
        return size !== 0
      case TYPE.double:
        return this.#bytes(size).readDoubleBE(0)
      case TYPE.float:
        return this.#bytes(size).readFloatBE(0)
      case TYPE.bytes:
        return this.#bytes(size)
      case TYPE.int32:
        return Number(this.#unsigned(size)) | 0
      case TYPE.uint16:
      case TYPE.uint32:
        return Number(this.#unsigned(size))
      case TYPE.uint64:
      case TYPE.uint128:
        return this.#unsigned(size)
      default:
        throw new RangeError(`the address database holds a value of the unknown type ${type}`)
    }
  }

  #map(size: number, depth: number): MmdbValue {
    const map: Record<string, MmdbValue> = {}
    for (let left = this.#checkedCount(size); left > 0; left -= 1) {
      const key = this.#key(depth + 1)
      if (this.#wanted === undefined || this.#wanted.has(key)) map[key] = this.#value(depth + 1)
      else this.#skip(depth + 1)
    }
    return map
  }

  /** Keys are pointers to shared strings: each is read once and then known by its place. */
  #key(depth: number): string {
    const at = this.#offset
    const control = this.#byte()
    if (control >> 5 !== TYPE.pointer) {
      this.#offset = at
      return this.#string(depth)
    }
    const target = this.#pointerTarget(control)
    const known = this.#keys.get(target)
    if (known !== undefined) return known
    const behind = this.#offset
    this.#offset = target
    const key = this.#string(depth)
    this.#offset = behind
    if (this.#keys.size < KEYS_CACHED_MAX) this.#keys.set(target, key)
    return key
  }

  #string(depth: number): string {
    const value = this.#value(depth)
    if (typeof value !== 'string') throw new RangeError('the address database has a key that is no string')
    return value
  }

  /** Passes over a value. What a pointer leads to lies elsewhere. */
  #skip(depth: number): void {
    if (depth > DEPTH_MAX) throw new RangeError('values of the address database nest too deeply')
    const control = this.#byte()
    const type = control >> 5
    if (type === TYPE.pointer) {
      this.#pointerTarget(control)
      return
    }
    const finalType = type === TYPE.extended ? this.#byte() + 7 : type
    const size = this.#size(control)
    if (finalType === TYPE.map || finalType === TYPE.array) {
      const values = this.#checkedCount(size) * (finalType === TYPE.map ? 2 : 1)
      for (let left = values; left > 0; left -= 1) this.#skip(depth + 1)
    } else if (finalType !== TYPE.boolean) {
      this.#offset += size
    }
  }

  /** Reads the value a pointer leads to, then goes on behind the pointer. */
  #followed(control: number, depth: number): MmdbValue {
    const target = this.#pointerTarget(control)
    const behind = this.#offset
    this.#offset = target
    const value = this.#value(depth + 1)
    this.#offset = behind
    return value
  }

  #pointerTarget(control: number): number {
    const size = (control >> 3) & 3
    const high = size === 3 ? 0 : control & 7
    const value = high * 256 ** (size + 1) + Number(this.#unsigned(size + 1))
    return this.#pointerBase + value + (POINTER_BASES[size] ?? 0)
  }

  #size(control: number): number {
    const size = control & 0x1f
    if (size < 29) {
      return size
    }
    const bases = [29, 285, 65_821]
    return (bases[size - 29] ?? 0) + Number(this.#unsigned(size - 28))
  }

  /** A count of elements that the file could hold at all: each takes a byte or more. */
  #checkedCount(count: number): number {
    if (count > this.#file.byteLength) {
      throw new RangeError('the address database names more elements than it can hold')
    }
    return count
  }

  #unsigned(size: number): bigint | number {
    if (size > 6) {
      const hex = this.#bytes(size).toString('hex')
      return BigInt(`0x${hex}`)
    }
    let value = 0
    for (let left = size; left > 0; left -= 1) {
      value = value * 256 + this.#byte()
    }
    return value
  }

  #text(size: number): string {
    const text = this.#file.text(this.#offset, size)
    this.#offset += size
    return text
  }

  #bytes(size: number): Buffer {
    const bytes = this.#file.bytes(this.#offset, size)
    this.#offset += size
    return bytes
  }

  #byte(): number {
    const byte = this.#file.byteAt(this.#offset)
    this.#offset += 1
    return byte
  }
}
