import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import type { Snapshot } from '../../src/domain/snapshot.ts'

/** As many as an affiliate runs side by side. */
const CAMPAIGNS = 20

/** Campaigns that lead directly to one offer, with a source that passes a click id, a price and two tokens. */
export const BENCH_SNAPSHOT: Snapshot = {
  format: 3,
  version: 1,
  workspaces: [
    {
      id: 'bench',
      currency: 'USD',
      timeZone: 'UTC',
      uniqueHours: 0,
      fraud: DEFAULT_FRAUD_SETTINGS,
      fallbackUrl: '',
      attributionWindowDays: 30,
    },
  ],
  trafficSources: [
    {
      id: 'source',
      workspace: 'bench',
      name: 'Source',
      externalIdParam: 'subid',
      costParam: 'bid',
      currency: 'USD',
      tokens: [
        { name: 'zone', param: 'zone' },
        { name: 'creative', param: 'creative' },
      ],
      trafficLossPercent: 0,
    },
  ],
  offers: [
    {
      id: 'offer',
      workspace: 'bench',
      name: 'Offer',
      affiliateNetworkId: 'network',
      affiliateNetworkName: 'Network',
      url: 'https://offer.example/landing?s2={clickid}&zone={token.zone}',
      payoutMicros: null,
      currency: 'USD',
      campaignId: '',
      countries: [],
      cappedUntil: 0,
      fallbackOfferId: '',
      legacyIds: [],
      advertiserId: '',
      terms: null,
    },
  ],
  landers: [],
  campaigns: Array.from({ length: CAMPAIGNS }, (_, n) => ({
    id: `campaign${n}`,
    workspace: 'bench',
    slug: `bench-${n}`,
    name: `Campaign ${n}`,
    status: 'active',
    trafficSourceId: 'source',
    redirectMode: '302',
    costModel: { type: 'token' },
    fallbackUrl: '',
    flowId: '',
    rules: [],
    sticky: 'none',
    uniqueHours: 0,
    legacyIds: [],
    paths: [{ id: `path${n}`, weight: 1, landers: [], offers: [{ id: 'offer', weight: 1 }] }],
  })),
  flows: [],
  domains: [],
  affiliates: [],
  ratesMicros: {},
}

/** Puts the snapshot where an edge finds it when core is away. */
export function writeBenchSnapshot(dataDir: string, snapshot: Snapshot = BENCH_SNAPSHOT): void {
  mkdirSync(join(dataDir, 'edge'), { recursive: true })
  writeFileSync(join(dataDir, 'edge', 'snapshot.json'), JSON.stringify(snapshot))
}

/** The path of visit n, as the source's link has it. */
export function benchVisitPath(n: number): string {
  return `/c/bench-${n % CAMPAIGNS}?subid=src-${n}&bid=0.0123&zone=zone-${n % 13}&creative=banner-${n % 4}`
}
