import { describe, expect, it } from 'vitest'
import { isReachable, parseAllowlist } from './address-rules.ts'

const NOTHING_ALLOWED = parseAllowlist([])

describe('isReachable', () => {
  it.each([
    ['8.8.8.8', 'IPv4'],
    ['1.1.1.1', 'IPv4'],
    ['172.32.0.1', 'just above 172.16.0.0/12'],
    ['100.128.0.1', 'just above carrier-grade NAT'],
    ['2606:4700:4700::1111', 'IPv6'],
    ['2a00:1450:4001:80b::200e', 'IPv6'],
  ])('lets %s through (%s)', (address) => {
    expect(isReachable(address, NOTHING_ALLOWED)).toBe(true)
  })

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['0.0.0.0', 'this host'],
    ['0.1.2.3', 'this network'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['100.100.100.200', 'metadata of Alibaba, in carrier-grade NAT'],
    ['169.254.0.1', 'link-local'],
    ['169.254.169.254', 'metadata of AWS, Google, Azure'],
    ['168.63.129.16', 'metadata of Azure, formally public'],
    ['192.0.0.192', 'metadata of Oracle, in IETF protocol assignments'],
    ['192.0.2.1', 'documentation'],
    ['198.51.100.7', 'documentation'],
    ['203.0.113.9', 'documentation'],
    ['192.88.99.1', 'old 6to4 relay'],
    ['198.18.0.1', 'benchmarking'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.250', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with a zone'],
    ['fec0::1', 'old site-local'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'metadata of AWS'],
    ['ff02::1', 'multicast'],
    ['::ffff:127.0.0.1', 'mapped loopback'],
    ['::ffff:8.8.8.8', 'mapped, whatever is inside'],
    ['::ffff:0:7f00:1', 'translated (RFC 6145)'],
    ['::127.0.0.1', 'the old compatible form'],
    ['::8.8.8.8', 'the old compatible form, whatever is inside'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['64:ff9b:1::a00:1', 'NAT64 with a local prefix'],
    ['2002:7f00:1::', '6to4'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'Teredo'],
    ['2001:db8::1', 'documentation'],
    ['3fff::1', 'documentation'],
    ['2001:2::1', 'benchmarking'],
    ['2001:20::1', 'ORCHIDv2'],
    ['100::1', 'discard'],
    ['5f00::1', 'segment routing'],
    ['4000::1', 'not given out'],
    ['', 'no address'],
    ['example.com', 'a name'],
  ])('refuses %s (%s)', (address) => {
    expect(isReachable(address, NOTHING_ALLOWED)).toBe(false)
  })

  it('lets through what the operator allows, and nothing beside it', () => {
    const allowlist = parseAllowlist(['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32'])
    const verdicts = ['10.1.2.3', '10.2.0.1', '127.0.0.1', '127.0.0.2', 'fd00:1::9', 'fd00:2::9']
    expect(verdicts.map((address) => isReachable(address, allowlist))).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
    ])
  })

  it('does not take an allowed IPv4 range for its mapped form', () => {
    expect(isReachable('::ffff:127.0.0.1', parseAllowlist(['127.0.0.0/8']))).toBe(false)
  })
})

describe('parseAllowlist', () => {
  it.each(['localhost', '10.0.0.0/33', '10.0.0', ''])('refuses the entry %j by name', (entry) => {
    expect(() => parseAllowlist([entry])).toThrow(RangeError)
  })
})
