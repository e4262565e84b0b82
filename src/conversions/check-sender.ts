import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { Hit } from '../domain/hit.ts'
import type { HitFields } from '../domain/hit-params.ts'
import { LIMITS } from '../domain/limits.ts'

/** What is wrong, or '' when nothing is. */
type Problem = string

/**
 * The secret in `token` is the sender's, or its next one. Compared without telling, by its time, how much of it was
 * right.
 */
export function tokenProblem(
  fields: HitFields,
  secrets: { readonly token: string; readonly nextToken: string } | undefined,
): Problem {
  if (secrets === undefined || secrets.token === '') return ''
  if (fields.token === '') return 'the token is missing'
  const given = sha256(fields.token)
  const isRight = timingSafeEqual(given, sha256(secrets.token))
  const isNext = secrets.nextToken !== '' && timingSafeEqual(given, sha256(secrets.nextToken))
  return isRight || isNext ? '' : 'the token is wrong'
}

/**
 * `sig` is the hex HMAC-SHA256, under the shared secret, of the query string as sent without `sig`; `ts` lies
 * within five minutes of the arrival.
 */
export function signatureProblem(hit: Hit, fields: HitFields, secret: string): Problem {
  if (secret === '') return ''
  if (fields.sig === '') return 'the signature is missing'
  if (fields.ts === undefined) return 'ts is missing'
  if (Math.abs(hit.at - fields.ts * 1_000) > LIMITS.signatureToleranceMs)
    return 'ts is more than 5 minutes off'
  const expected = createHmac('sha256', secret).update(signedQuery(hit.rawQuery)).digest()
  const given = Buffer.from(fields.sig, 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'the signature is wrong'
  return unsignedProblem(hit)
}

/** The signature's bytes as they were checked, however they were written: hex, lower case. */
export function canonicalSignature(sig: string): string {
  return Buffer.from(sig, 'hex').toString('hex')
}

/**
 * A signed hit says nothing outside what is signed: a body could otherwise add an amount, or fill one that was signed
 * empty. So no name comes more often than in the query.
 */
function unsignedProblem(hit: Hit): Problem {
  if (hit.dialect !== undefined) {
    // Its parameters are under our names by now, so that they can not be looked for in the query.
    return hit.method === 'GET' ? '' : 'a signed hit by the URL of another system has to be a GET'
  }
  const left = new Map<string, number>()
  for (const [name] of new URLSearchParams(hit.rawQuery)) left.set(name, (left.get(name) ?? 0) + 1)
  const outside = hit.params.find(([name]) => {
    const count = left.get(name) ?? 0
    left.set(name, count - 1)
    return count <= 0
  })
  return outside === undefined ? '' : `${outside[0]} is not covered by the signature: send it in the query`
}

/** The query's bytes in order, without the pair named sig. */
function signedQuery(rawQuery: string): string {
  return rawQuery
    .split('&')
    .filter((pair) => !/^sig(?:=|$)/i.test(pair))
    .join('&')
}

/** The address lies in one of the addresses or CIDR ranges; an empty list allows any. */
export function addressProblem(ip: string, allowlist: readonly string[]): Problem {
  if (allowlist.length === 0) return ''
  if (!ipaddr.isValid(ip)) return `${ip} is not an address`
  const address = ipaddr.process(ip)
  return allowlist.some((range) => liesIn(address, range))
    ? ''
    : `${ip} is not on the sender's list of addresses`
}

function liesIn(address: ipaddr.IPv4 | ipaddr.IPv6, range: string): boolean {
  if (!range.includes('/')) {
    return ipaddr.isValid(range) && ipaddr.process(range).toString() === address.toString()
  }
  if (!ipaddr.isValidCIDR(range)) return false
  const [network, bits] = ipaddr.parseCIDR(range)
  return network.kind() === address.kind() && address.match(network, bits)
}

/** The referrer's host is one of the domains or below one; an empty list allows any. */
export function referrerProblem(referrer: string, domains: readonly string[]): Problem {
  if (domains.length === 0) return ''
  if (!URL.canParse(referrer)) return 'no referrer, and the sender lists the domains it sends from'
  const host = new URL(referrer).hostname.replace(/\.$/, '')
  const listed = domains.some((domain) => {
    const lower = domain.toLowerCase()
    return host === lower || host.endsWith(`.${lower}`)
  })
  return listed ? '' : `${host} is not on the sender's list of domains`
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
