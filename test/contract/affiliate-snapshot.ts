import type { SnapshotAffiliate, SnapshotOffer, SnapshotTerms } from '../../src/domain/snapshot.ts'
import { offer } from './edge-rig.ts'

export const PLAIN_TERMS: SnapshotTerms = {
  status: 'active',
  expiresAt: null,
  advertiserActive: true,
  protocol: 'postback',
  openToAll: true,
  affiliates: '',
  targeting: null,
  visitMicros: { revenue: 0, payout: 0 },
  impressionMicros: { revenue: 0, payout: 0 },
  tierPayouts: [],
  customPayouts: [],
  cappedAffiliates: [],
  convertedUrl: '',
  landingPages: [],
  deepLinkDomains: [],
  clickIdParam: '',
}

/** An advertiser's offer that every affiliate may run. */
export function advertiserOffer(
  id: string,
  terms: Partial<SnapshotTerms> = {},
  changes: Partial<SnapshotOffer> = {},
): SnapshotOffer {
  return {
    ...offer(id, `https://${id}.example/?cid={clickid}`),
    affiliateNetworkId: '',
    affiliateNetworkName: '',
    advertiserId: 'adv1',
    terms: { ...PLAIN_TERMS, ...terms },
    ...changes,
  }
}

export function affiliate(id: string, changes: Partial<SnapshotAffiliate> = {}): SnapshotAffiliate {
  return {
    id,
    workspace: 'w1',
    name: `Affiliate ${id}`,
    status: 'active',
    tier: '',
    blockedSources: [],
    legacyIds: [],
    ...changes,
  }
}

/** The bits of some places, as a snapshot writes them. */
export function placeBits(...places: readonly number[]): string {
  const bytes = Buffer.alloc(places.length === 0 ? 0 : (Math.max(...places) >>> 3) + 1)
  for (const place of places) bytes[place >>> 3] = (bytes[place >>> 3] ?? 0) | (1 << (place & 7))
  return bytes.toString('base64')
}
