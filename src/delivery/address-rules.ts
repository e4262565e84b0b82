import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ReturnType<typeof ipaddr.parse>
type Range = readonly [address: Address, prefixBits: number]

/** Addresses and ranges that the operator lets notifications reach although they are not public. */
export type Allowlist = readonly Range[]

/**
 * Public by the registries, and yet inside: Azure answers metadata and DNS at this address on every virtual
 * machine (learn.microsoft.com, "What is IP address 168.63.129.16?").
 */
const REFUSED_PUBLIC: readonly Range[] = [ipaddr.parseCIDR('168.63.129.16/32')]

/** Everything that IANA gave out for the public internet so far (RFC 4291, section 2.4). */
const IPV6_GLOBAL_UNICAST: Range = ipaddr.parseCIDR('2000::/3')

/**
 * Reads the operator's list of addresses and CIDR ranges.
 * @throws RangeError naming the first entry that is neither.
 */
export function parseAllowlist(entries: readonly string[]): Allowlist {
  return entries.map((entry) => {
    // isIP takes the usual form alone: ipaddr.js would read "10.0.0" as one address, not as a range.
    const family = isIP(entry.replace(/\/\d+$/, ''))
    const range = entry.includes('/') ? entry : `${entry}/${family === 4 ? 32 : 128}`
    if (family === 0 || !ipaddr.isValidCIDR(range)) {
      throw new RangeError(`${entry || 'an empty entry'} is neither an address nor a CIDR range`)
    }
    return ipaddr.parseCIDR(range)
  })
}

/**
 * Whether a connection to an address may be opened: it is public, or the operator allows it.
 *
 * Public is an allowlist itself: IPv4 and IPv6 that belong to no special range. IPv6 forms that carry an IPv4
 * address (mapped, NAT64, 6to4, Teredo, the old compatible form) are special, whatever is inside: a gateway
 * would take the packet to that inner address, and no public host needs to be called this way.
 */
export function isReachable(address: string, allowlist: Allowlist): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  return isPublic(parsed) || allowlist.some((range) => isInside(parsed, range))
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false
  if (address.kind() === 'ipv6' && !isInside(address, IPV6_GLOBAL_UNICAST)) return false
  return !REFUSED_PUBLIC.some((range) => isInside(address, range))
}

function isInside(address: Address, [network, prefixBits]: Range): boolean {
  return address.kind() === network.kind() && address.match(network, prefixBits)
}
