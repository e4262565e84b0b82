import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'
import QuickLRU from 'quick-lru'

/** Proxies seen lately; an operator has a handful. */
const KNOWN_ADDRESSES_MAX = 1_000
/** Hops of X-Forwarded-For that are looked at, from the nearest. */
const FORWARDED_HOPS_MAX = 20
const MAPPED_PREFIX = '::ffff:'

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Where a request came from, as far as trusted proxies vouch for it. */
export type ClientAddressReader = {
  /** The visitor's address; '' when the socket is already gone. */
  address(request: IncomingMessage): string
  /** Whether the visitor spoke https. */
  isHttps(request: IncomingMessage): boolean
}

/**
 * Believes X-Forwarded-For and X-Forwarded-Proto only when the peer is a trusted proxy. The visitor is the
 * right-most address that is not itself a trusted proxy: everything left of it is the visitor's own claim.
 * @param publicHttps the scheme of the public URL, for requests that no trusted proxy labels.
 * @throws when an entry is neither an address nor a CIDR range.
 */
export function createClientAddressReader(
  trustedProxies: readonly string[],
  publicHttps: boolean,
): ClientAddressReader {
  const isTrusted = createTrustCheck(trustedProxies)
  return {
    address(request) {
      const peer = toPlainAddress(request.socket.remoteAddress ?? '')
      const forwarded = request.headers['x-forwarded-for']
      return forwarded === undefined || !isTrusted(peer)
        ? peer
        : rightmostUntrusted(headerText(forwarded), peer, isTrusted)
    },
    isHttps(request) {
      const forwarded = request.headers['x-forwarded-proto']
      if (forwarded === undefined || !isTrusted(toPlainAddress(request.socket.remoteAddress ?? ''))) {
        return publicHttps
      }
      // The left-most label is the visitor's own hop. A visitor who forges it harms only their own cookies.
      return headerText(forwarded).split(',')[0]?.trim().toLowerCase() === 'https'
    },
  }
}

function createTrustCheck(trustedProxies: readonly string[]): (address: string) => boolean {
  if (trustedProxies.length === 0) {
    return () => false
  }
  const ranges = trustedProxies.map(parseRange)
  const known = new QuickLRU<string, boolean>({ maxSize: KNOWN_ADDRESSES_MAX })
  return (address) => {
    const before = known.get(address)
    if (before !== undefined) {
      return before
    }
    const trusted = ipaddr.isValid(address) && isInRanges(address, ranges)
    known.set(address, trusted)
    return trusted
  }
}

function parseRange(text: string): Range {
  if (text.includes('/')) {
    return ipaddr.parseCIDR(text)
  }
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

function isInRanges(address: string, ranges: readonly Range[]): boolean {
  const parsed = ipaddr.process(address)
  return ranges.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match(base, bits))
}

/** Stops at an entry that is no address: the proxy behind it is then the best that is known. */
function rightmostUntrusted(header: string, peer: string, isTrusted: (address: string) => boolean): string {
  const hops = header.split(',')
  let nearest = peer
  for (let index = hops.length - 1; index >= Math.max(0, hops.length - FORWARDED_HOPS_MAX); index -= 1) {
    const hop = toPlainAddress(withoutPort(hops[index]?.trim() ?? ''))
    if (!ipaddr.isValid(hop)) {
      return nearest
    }
    if (!isTrusted(hop)) {
      return hop
    }
    nearest = hop
  }
  return nearest
}

/** Some proxies write `1.2.3.4:5678` or `[2001:db8::1]:5678`. */
function withoutPort(hop: string): string {
  if (hop.startsWith('[')) {
    return hop.slice(1, hop.indexOf(']'))
  }
  const colon = hop.indexOf(':')
  return colon !== -1 && colon === hop.lastIndexOf(':') ? hop.slice(0, colon) : hop
}

/** A dual-stack socket reports IPv4 visitors as ::ffff:1.2.3.4. */
function toPlainAddress(address: string): string {
  return address.startsWith(MAPPED_PREFIX) && address.includes('.')
    ? address.slice(MAPPED_PREFIX.length)
    : address
}

function headerText(header: string | string[]): string {
  return typeof header === 'string' ? header : header.join(',')
}
