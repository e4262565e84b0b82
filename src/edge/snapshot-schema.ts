import { z } from 'zod'
import { AFFILIATE_STATUSES } from '../domain/affiliate.ts'
import { type Condition, type FlowPath, type FlowRule, STICKY_LEVELS } from '../domain/flow.ts'
import { FRAUD_FLAGS } from '../domain/fraud.ts'
import { OFFER_PROTOCOLS, STORED_OFFER_STATUSES } from '../domain/offer-terms.ts'
import type { Snapshot, SnapshotAffiliate, SnapshotCampaign, SnapshotOffer } from '../domain/snapshot.ts'

const text = z.string()
const texts = z.array(text)
const owned = { id: text, workspace: text, name: text }

const costModel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('cpc'), amountMicros: z.number(), currency: text }),
  z.object({
    type: z.literal('cpm'),
    amountMicros: z.number(),
    currency: text,
    per: z.enum(['visits', 'impressions']),
  }),
  z.object({ type: z.literal('cpa'), amountMicros: z.number(), currency: text }),
  z.object({ type: z.literal('revshare'), percent: z.number() }),
  z.object({ type: z.literal('token') }),
])

/**
 * Flows are nearly all of a snapshot, and checking and copying each weight of them takes longer than reading the JSON:
 * they are taken as they are. Core checks them when they are saved; a condition that is none is not served
 * (indexed-flow.ts).
 */
const flow = {
  rules: z.custom<readonly FlowRule[]>(Array.isArray),
  paths: z.custom<readonly FlowPath[]>(Array.isArray),
  sticky: z.enum(STICKY_LEVELS),
}

const fraud = z.object({
  botFlags: z.array(z.enum(FRAUD_FLAGS)),
  repeatedAddressVisits: z.number(),
  repeatedAddressMinutes: z.number(),
  tooFastSeconds: z.number(),
  badReferrers: texts,
})

const campaign = z.object({
  ...owned,
  slug: text,
  status: z.enum(['active', 'paused']),
  trafficSourceId: text,
  redirectMode: z.enum(['302', '307', 'meta', 'double_meta', 'js']),
  costModel,
  fallbackUrl: text,
  flowId: text,
  ...flow,
  uniqueHours: z.number(),
  legacyIds: texts,
})

const clickPrice = z.object({ revenue: z.number(), payout: z.number() })
const clickPayout = { visitMicros: z.number(), impressionMicros: z.number() }

/** A condition is taken as it is, as those of flows are. */
const terms = z.object({
  status: z.enum(STORED_OFFER_STATUSES),
  expiresAt: z.number().nullable(),
  advertiserActive: z.boolean(),
  protocol: z.enum(OFFER_PROTOCOLS),
  openToAll: z.boolean(),
  affiliates: text,
  targeting: z.custom<Condition | null>((value) => typeof value === 'object'),
  visitMicros: clickPrice,
  impressionMicros: clickPrice,
  tierPayouts: z.array(z.object({ tier: text, ...clickPayout })),
  customPayouts: z.array(z.object({ affiliate: z.number(), ...clickPayout })),
  cappedAffiliates: z.array(z.object({ affiliate: z.number(), until: z.number() })),
  convertedUrl: text,
  landingPages: z.array(z.object({ id: text, url: text })),
  deepLinkDomains: texts,
  clickIdParam: text,
})

const offer = z.object({
  ...owned,
  affiliateNetworkId: text,
  affiliateNetworkName: text,
  url: text,
  campaignId: text,
  payoutMicros: z.number().nullable(),
  currency: text,
  countries: texts,
  cappedUntil: z.number(),
  fallbackOfferId: text,
  legacyIds: texts,
  advertiserId: text,
  terms: terms.nullable(),
})

const affiliate = z.object({
  ...owned,
  status: z.enum(AFFILIATE_STATUSES),
  tier: text,
  blockedSources: texts,
  legacyIds: texts,
})

/** Unknown properties are dropped: a newer core may send more than this edge knows. */
const snapshotSchema = z.object({
  format: z.literal(3),
  version: z.number(),
  workspaces: z.array(
    z.object({
      id: text,
      currency: text,
      timeZone: text,
      fallbackUrl: text,
      attributionWindowDays: z.number(),
      uniqueHours: z.number(),
      fraud,
    }),
  ),
  trafficSources: z.array(
    z.object({
      ...owned,
      externalIdParam: text,
      costParam: text,
      currency: text,
      tokens: z.array(z.object({ name: text, param: text })),
      trafficLossPercent: z.number(),
    }),
  ),
  offers: z.array(offer),
  landers: z.array(
    z.object({
      ...owned,
      url: text,
      ctaCount: z.number(),
      protection: z.object({ secret: text, minutes: z.number() }).nullable(),
      legacyIds: texts,
    }),
  ),
  flows: z.array(z.object({ ...owned, ...flow })),
  campaigns: z.array(campaign),
  domains: z.array(z.object({ host: text, workspace: text, defaultCampaignId: text, fallbackUrl: text })),
  affiliates: z.array(affiliate),
  ratesMicros: z.record(text, z.number()),
})

/** Reads a snapshot from JSON text. @throws when it is none, or of a format this edge does not know. */
export function parseSnapshot(json: string): Snapshot {
  return snapshotSchema.parse(JSON.parse(json))
}

/** Reads one campaign of a snapshot from JSON text. @throws when it is none. */
export function parseCampaign(json: string): SnapshotCampaign {
  return campaign.parse(JSON.parse(json))
}

/** Reads one offer of a snapshot from JSON text. @throws when it is none. */
export function parseOffer(json: string): SnapshotOffer {
  return offer.parse(JSON.parse(json))
}

/** Reads one affiliate of a snapshot from JSON text. @throws when it is none. */
export function parseAffiliate(json: string): SnapshotAffiliate {
  return affiliate.parse(JSON.parse(json))
}
