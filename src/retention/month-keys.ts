import { createHmac, hkdfSync } from 'node:crypto'
import { HASH_MARK, hashing, TRUNCATION, type Treatment } from '../domain/personal-data.ts'
import type { MonthKey } from '../ledger/treat-visits.ts'

const KEY_BYTES = 32
/** Of SHA-256. */
const BLOCK_BYTES = 64
const HASH_HEX_CHARS = 20
/** Binds a key to its use and month: the same instance secret signs click ids and seals secrets under other names. */
const PURPOSE = 'trailpost personal data'

/**
 * Keys that addresses and user agents are hashed with, one for each month of the data.
 *
 * There are only 2³² IPv4 addresses: a hash without a key is undone by trying them all. With a key that is made of the
 * installation's secret (HKDF, RFC 5869) only who holds the secret could; and since each month has its own, visits of a
 * month can be told apart, but a visitor can not be followed from month to month.
 */
export type MonthKeys = {
  /** How values of that moment are treated. */
  treatment(mode: 'truncate' | 'hash', atMs: number): Treatment
  /** @param month e.g. 202611 */
  keyOf(month: number): MonthKey
}

/** @param instanceSecret of the installation, 32 bytes or more. */
export function createMonthKeys(instanceSecret: Uint8Array): MonthKeys {
  const keys = new Map<number, Buffer>()
  const keyBytes = (month: number): Buffer => {
    const known = keys.get(month)
    if (known !== undefined) return known
    const info = `${PURPOSE} ${month}`
    const key = Buffer.from(hkdfSync('sha256', instanceSecret, new Uint8Array(), info, KEY_BYTES))
    keys.set(month, key)
    return key
  }
  return {
    treatment: (mode, atMs) =>
      mode === 'truncate' ? TRUNCATION : hashing((text) => hash(keyBytes(monthOf(atMs)), text)),
    keyOf: (month) => ({
      month,
      innerHex: padded(keyBytes(month), 0x36),
      outerHex: padded(keyBytes(month), 0x5c),
    }),
  }
}

/** In UTC, as the ledger is divided into months. */
export function monthOf(atMs: number): number {
  const date = new Date(atMs)
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1
}

function hash(key: Buffer, text: string): string {
  return HASH_MARK + createHmac('sha256', key).update(text).digest('hex').slice(0, HASH_HEX_CHARS)
}

function padded(key: Buffer, pad: number): string {
  const block = Buffer.alloc(BLOCK_BYTES)
  key.copy(block)
  return Buffer.from(block.map((byte) => byte ^ pad)).toString('hex')
}
