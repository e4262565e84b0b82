import { describe, expect, it } from 'vitest'
import { isHostingNetwork } from './hosting-networks.ts'

describe('a network', () => {
  it.each([
    [16_509, ''],
    [0, 'DIGITALOCEAN-ASN'],
    [0, 'Hosting Concepts B.V.'],
    [0, 'Equinix Data Center'],
    [0, 'OVH SAS'],
    [Number.NaN, 'Alibaba Cloud Computing Ltd.'],
  ])('%s %s is a datacenter', (asn, organization) => {
    expect(isHostingNetwork(asn, organization)).toBe(true)
  })

  it.each([
    [3_320, 'Deutsche Telekom AG'],
    [7_922, 'COMCAST-7922'],
    [55_836, 'Reliance Jio Infocomm Limited'],
    [0, 'Ghosting Mobile'],
    [0, ''],
    [Number.NaN, ''],
  ])('%s %s is none', (asn, organization) => {
    expect(isHostingNetwork(asn, organization)).toBe(false)
  })
})
