import { BlockCache } from './block-cache.ts'
import { MmdbDecoder, type MmdbValue } from './mmdb-value.ts'

/** The metadata map lies in the last 128 KiB of the file, by the format's specification. */
const METADATA_BYTES_MAX = 131_072
const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')
/** Zero bytes between the search tree and the data section. */
const SEPARATOR_BYTES = 16
const IPV4_BYTES = 4
/** Depth of the IPv4 addresses' root in an IPv6 tree: they lie under ::/96. */
const IPV4_ROOT_BITS = 96
const PREFIX_BITS = 16

type Metadata = { readonly nodeCount: number; readonly recordBits: number; readonly ipVersion: number }

/**
 * A reader of MaxMind DB files (GeoLite2, GeoIP2, DB-IP) that never holds the file in memory: it walks the
 * search tree through a bounded BlockCache. Answers are those of the `maxmind` package, which reads the file
 * whole; the differential test compares both.
 */
export class PagedMmdb {
  readonly #file: BlockCache
  readonly #metadata: Metadata
  readonly #decoder: MmdbDecoder
  readonly #dataStart: number
  readonly #ipv4Root: number
  /**
   * Node by the first 16 bits of an IPv4 address, 0 while unknown (no step leads back to node 0). Filled as
   * addresses come; 256 KiB take a new address from 15 to 5 µs: most of a walk is saved, and the block cache is left to the lower levels.
   */
  readonly #ipv4Prefixes = new Uint32Array(1 << PREFIX_BITS)

  /** @throws when the file is absent or not a MaxMind DB. */
  constructor(path: string, cacheBytesMax: number) {
    this.#file = new BlockCache(path, cacheBytesMax)
    this.#metadata = readMetadata(this.#file, path)
    const treeBytes = this.#metadata.nodeCount * (this.#metadata.recordBits / 4)
    this.#dataStart = treeBytes + SEPARATOR_BYTES
    this.#decoder = new MmdbDecoder(this.#file, this.#dataStart)
    this.#ipv4Root = this.#findIpv4Root()
  }

  /**
   * Offset of the address' record in the file, undefined when the database knows nothing about it.
   * Many addresses share a record, so a caller can cache decoded records by offset.
   * @param address 4 or 16 bytes, network order.
   */
  find(address: Uint8Array): number | undefined {
    const { nodeCount, ipVersion } = this.#metadata
    const isIpv4 = address.length === IPV4_BYTES
    if (!isIpv4 && ipVersion === 4) return undefined
    const node = isIpv4
      ? this.#walk(this.#ipv4Prefix(address), address, PREFIX_BITS)
      : this.#walk(0, address, 0)
    return node > nodeCount ? node - nodeCount - SEPARATOR_BYTES + this.#dataStart : undefined
  }

  /**
   * The record at an offset that `find` gave.
   * @param wanted keys to decode; all of them without it.
   * @throws when the database is damaged.
   */
  decode(offset: number, wanted?: ReadonlySet<string>): MmdbValue {
    return this.#decoder.decodeAt(offset, wanted)
  }

  close(): void {
    this.#file.close()
  }

  /** Where the first half of an IPv4 address leads. */
  #ipv4Prefix(address: Uint8Array): number {
    const prefix = ((address[0] ?? 0) << 8) | (address[1] ?? 0)
    const known = this.#ipv4Prefixes[prefix] ?? 0
    if (known !== 0) return known
    const node = this.#walk(this.#ipv4Root, address.subarray(0, PREFIX_BITS / 8), 0)
    this.#ipv4Prefixes[prefix] = node
    return node
  }

  /** Follows the address' bits from the given one on, until they or the tree end. */
  #walk(start: number, address: Uint8Array, firstBit: number): number {
    const bits = address.length * 8
    let node = start
    for (let index = firstBit; index < bits && node < this.#metadata.nodeCount; index += 1) {
      const bit = ((address[index >> 3] ?? 0) >> (7 - (index & 7))) & 1
      node = this.#child(node, bit)
    }
    return node
  }

  #child(node: number, bit: number): number {
    const file = this.#file
    switch (this.#metadata.recordBits) {
      case 24: {
        const at = node * 6 + bit * 3
        return file.byteAt(at) * 65_536 + ((file.byteAt(at + 1) << 8) | file.byteAt(at + 2))
      }
      case 28: {
        // The middle byte holds the high four bits of both records: left in its high half, right in its low.
        const at = node * 7
        const middle = file.byteAt(at + 3)
        const high = bit === 0 ? middle >> 4 : middle & 15
        const low = at + bit * 4
        return (high << 24) | (file.byteAt(low) << 16) | (file.byteAt(low + 1) << 8) | file.byteAt(low + 2)
      }
      default: {
        const at = node * 8 + bit * 4
        const high = file.byteAt(at) * 16_777_216
        return high + ((file.byteAt(at + 1) << 16) | (file.byteAt(at + 2) << 8) | file.byteAt(at + 3))
      }
    }
  }

  #findIpv4Root(): number {
    let node = 0
    if (this.#metadata.ipVersion === 6) {
      for (let depth = 0; depth < IPV4_ROOT_BITS && node < this.#metadata.nodeCount; depth += 1) {
        node = this.#child(node, 0)
      }
    }
    return node
  }
}

function readMetadata(file: BlockCache, path: string): Metadata {
  const tailBytes = Math.min(METADATA_BYTES_MAX, file.byteLength)
  const tailStart = file.byteLength - tailBytes
  const marker = file.bytes(tailStart, tailBytes).lastIndexOf(METADATA_MARKER)
  if (marker === -1) {
    throw new Error(`${path} is not a MaxMind DB file`)
  }
  const start = tailStart + marker + METADATA_MARKER.length
  const map = new MmdbDecoder(file, start).decodeAt(start)
  return toMetadata(map, path)
}

function toMetadata(map: MmdbValue, path: string): Metadata {
  const nodeCount = numberAt(map, 'node_count')
  const recordBits = numberAt(map, 'record_size')
  const ipVersion = numberAt(map, 'ip_version')
  if (
    nodeCount === undefined ||
    ![24, 28, 32].includes(recordBits ?? 0) ||
    ![4, 6].includes(ipVersion ?? 0)
  ) {
    throw new Error(`${path} is a MaxMind DB file of an unknown shape`)
  }
  return { nodeCount, recordBits: recordBits ?? 0, ipVersion: ipVersion ?? 0 }
}

function numberAt(map: MmdbValue, key: string): number | undefined {
  if (typeof map !== 'object' || map === null || !(key in map)) {
    return undefined
  }
  const value: unknown = Reflect.get(map, key)
  return typeof value === 'number' ? value : undefined
}
