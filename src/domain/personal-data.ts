import type { LedgerRow } from './ledger-row.ts'

/**
 * Addresses and user agents that are old are made to tell less. What was treated can be told from what was not, and
 * treating it again changes nothing:
 *
 * ```
 *              203.0.113.9       2001:db8:1:2::5    Mozilla/5.0 … Chrome/120.0.6099.71 …
 *  truncate    203.0.113.0/24    2001:db8:1::/48    Chrome 120
 *  hash        hash:5f2c…        hash:91d0…         hash:07aa…
 * ```
 */
export type Treatment = {
  readonly address: (ip: string) => string
  /** @param coarse family and major version, as far as the caller knows them. */
  readonly userAgent: (userAgent: string, coarse: string) => string
}

/** In front of a keyed hash. */
export const HASH_MARK = 'hash:'

/** Whether the address is one, and not what a treatment or an erasure has left of it. */
export function isWholeAddress(ip: string): boolean {
  return ip !== '' && !ip.startsWith(HASH_MARK) && !ip.includes('/')
}

/** The visit's address, for whom it is passed on to; '' for what a treatment or an erasure has left of it. */
export function wholeAddressOf({ ip = '' }: Pick<Partial<LedgerRow>, 'ip'>): string {
  return isWholeAddress(ip) ? ip : ''
}

/** The same of its user agent. Browsers name themselves as product/version; what a treatment leaves has no slash. */
export function wholeUserAgentOf(row: Partial<LedgerRow>): string {
  const { user_agent: userAgent = '' } = row
  if (userAgent.startsWith(HASH_MARK)) return ''
  return userAgent.includes('/') || userAgent !== coarseOf(row) ? userAgent : ''
}

/** Cuts addresses to /24 (IPv4) or /48 (IPv6), user agents to the browser's family and major version. */
export const TRUNCATION: Treatment = {
  address: (ip) => (isWholeAddress(ip) ? truncateAddress(ip) : ip),
  userAgent: (text, coarse) => (text === '' || text.startsWith(HASH_MARK) ? text : coarse),
}

/** @param hash keyed; its answer begins with HASH_MARK. */
export function hashing(hash: (text: string) => string): Treatment {
  return {
    address: (ip) => (isWholeAddress(ip) ? hash(ip) : ip),
    userAgent: (text) => (text === '' || text.startsWith(HASH_MARK) ? text : hash(text)),
  }
}

/** '' for what is no address. */
function truncateAddress(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip
  const [, network] = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(mapped) ?? []
  if (network !== undefined) return `${network}.0/24`
  return /^[\da-f:.]+$/i.test(ip) && ip.includes(':') ? `${firstGroups(ip)}/48` : ''
}

/** The first 48 bits of an IPv6 address, as inet_ntop writes them. */
function firstGroups(ip: string): string {
  const [head = '', tail] = ip.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const afterLength = after.length + (after.at(-1)?.includes('.') ? 1 : 0)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - afterLength)
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 3)
  const plain = groups.map((group) => group.replace(/^0+(?=.)/, ''))
  while (plain.at(-1) === '0') plain.pop()
  return `${plain.join(':')}::`
}

/** Names in user agents, the more special first: Edge and Opera call themselves Chrome too, Chrome calls itself Safari. */
const BROWSERS: readonly (readonly [family: string, pattern: RegExp])[] = [
  ['Edge', /\b(?:Edg|EdgA|EdgiOS|Edge)\/(\d+)/],
  ['Opera', /\b(?:OPR|OPiOS|Opera)\/(\d+)/],
  ['Samsung Internet', /\bSamsungBrowser\/(\d+)/],
  ['Yandex', /\bYaBrowser\/(\d+)/],
  ['UC Browser', /\bUCBrowser\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /\b(?:Chrome|CriOS|Chromium)\/(\d+)/],
  ['Safari', /\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//],
]
const OTHER = 'other'
const COARSE = /^(?:[A-Z][A-Za-z]+ ){1,2}\d+$/

/** 'Chrome 120'; 'other' for what is none of the common browsers, '' for ''. */
export function coarseUserAgent(userAgent: string): string {
  if (userAgent === '' || COARSE.test(userAgent)) return userAgent
  for (const [family, pattern] of BROWSERS) {
    const [, version] = pattern.exec(userAgent) ?? []
    if (version !== undefined) return `${family} ${version}`
  }
  return OTHER
}

/**
 * A visit's row with address and user agent treated, and without the URL that it was sent to: a template writes either
 * of them there under any name, in any form. What is absent stays absent. Its browser is known already: the ledger does
 * the same by the same columns (ledger/treat-visits.ts).
 */
export function treatRow<Row extends Partial<LedgerRow>>(row: Row, treatment: Treatment): Row {
  const coarse = coarseOf(row)
  return {
    ...row,
    ...(row.ip !== undefined && { ip: treatment.address(row.ip) }),
    ...(row.user_agent !== undefined && { user_agent: treatment.userAgent(row.user_agent, coarse) }),
    ...(row.location !== undefined && { location: '' }),
  }
}

/** What truncation leaves of the row's user agent. */
function coarseOf({ browser = '', browser_version: version = '' }: Partial<LedgerRow>): string {
  return browser === '' ? OTHER : `${browser} ${version.split('.', 1)[0]}`.trimEnd()
}

/** A visit's row without its parameters, and without the URL that it was sent to, which repeats them. */
export function withoutParams<Row extends Partial<LedgerRow>>(row: Row): Row {
  return { ...row, params: {}, ...(row.location !== undefined && { location: '' }) }
}
