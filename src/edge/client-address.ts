import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'
import QuickLRU from 'quick-lru'

/** Proxies and visitors seen lately. */
const KNOWN_ADDRESSES_MAX = 10_000
/** Hops of X-Forwarded-For that are looked at, from the nearest. */
const FORWARDED_HOPS_MAX = 20
/** IPv6 with an embedded IPv4 address is the longest. */
const ADDRESS_CHARS_MAX = 45
const MAPPED_PREFIX = '::ffff:'

/** What an address of the forwarding chain is. */
type HopKind = 'proxy' | 'visitor' | 'no address'
type Judge = (address: string) => HopKind
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
  const judge = createJudgement(trustedProxies)
  return {
    address(request) {
      const peer = toPlainAddress(request.socket.remoteAddress ?? '')
      const forwarded = request.headers['x-forwarded-for']
      return forwarded === undefined || judge(peer) !== 'proxy'
        ? peer
        : rightmostVisitor(headerText(forwarded), peer, judge)
    },
    isHttps(request) {
      const forwarded = request.headers['x-forwarded-proto']
      const peer = toPlainAddress(request.socket.remoteAddress ?? '')
      if (forwarded === undefined || judge(peer) !== 'proxy') return publicHttps
      // The left-most label is the visitor's own hop. A visitor who forges it harms only their own cookies.
      return headerText(forwarded).split(',')[0]?.trim().toLowerCase() === 'https'
    },
  }
}

/** Asked for every hop of every request: an answer is remembered, because parsing an address takes 1 µs. */
function createJudgement(trustedProxies: readonly string[]): Judge {
  if (trustedProxies.length === 0) return () => 'visitor'
  const ranges = trustedProxies.map(parseRange)
  const known = new QuickLRU<string, HopKind>({ maxSize: KNOWN_ADDRESSES_MAX })
  return (address) => {
    if (address.length > ADDRESS_CHARS_MAX) return 'no address'
    const before = known.get(address)
    if (before !== undefined) return before
    const kind = judgeHop(address, ranges)
    known.set(address, kind)
    return kind
  }
}

function judgeHop(address: string, ranges: readonly Range[]): HopKind {
  // ipaddr.js takes '1' and '0x7f.1' for addresses as well.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return 'no address'
  return isInRanges(address, ranges) ? 'proxy' : 'visitor'
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
function rightmostVisitor(header: string, peer: string, judge: Judge): string {
  let nearest = peer
  let end = header.length
  for (let hops = 0; end > 0 && hops < FORWARDED_HOPS_MAX; hops += 1) {
    const comma = header.lastIndexOf(',', end - 1)
    const hop = toPlainAddress(withoutPort(header.slice(comma + 1, end).trim()))
    const kind = judge(hop)
    if (kind === 'no address') return nearest
    if (kind === 'visitor') return hop
    nearest = hop
    end = comma
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
