import { z } from 'zod'
import type { LedgerDimensions, LedgerRow } from '../domain/ledger-row.ts'
import { timeField, toTime } from './fields.ts'

/** Dimensions of a visit that are plain text, API name → column. */
const TEXTS = {
  campaignId: 'campaign_id',
  trafficSourceId: 'traffic_source_id',
  affiliateNetworkId: 'affiliate_network_id',
  offerId: 'offer_id',
  landerId: 'lander_id',
  pathId: 'path_id',
  externalId: 'external_id',
  country: 'country',
  region: 'region',
  city: 'city',
  isp: 'isp',
  deviceType: 'device_type',
  deviceBrand: 'device_brand',
  os: 'os',
  osVersion: 'os_version',
  browser: 'browser',
  browserVersion: 'browser_version',
  language: 'language',
  referrer: 'referrer',
  referrerDomain: 'referrer_domain',
  ip: 'ip',
  userAgent: 'user_agent',
  bot: 'bot',
  sub1: 'sub1',
  sub2: 'sub2',
  sub3: 'sub3',
  sub4: 'sub4',
  sub5: 'sub5',
  sub6: 'sub6',
  sub7: 'sub7',
  sub8: 'sub8',
  sub9: 'sub9',
  sub10: 'sub10',
} as const satisfies Readonly<Record<string, keyof LedgerDimensions>>

type TextName = keyof typeof TEXTS
const TEXT_NAMES = Object.keys(TEXTS).filter((name): name is TextName => Object.hasOwn(TEXTS, name))

/** Every text is always there; '' where nothing is known. */
const textsSchema = z.record(z.enum(TEXT_NAMES), z.string())

export const visitSchema = z
  .object({
    clickId: z.string(),
    at: timeField,
    cost: z.string(),
    isBot: z.boolean(),
    facts: textsSchema.describe("What is known of the visit; '' where nothing is"),
    tokens: z.record(z.string(), z.string()).describe("The traffic source's named tokens"),
    params: z.record(z.string(), z.string()).describe('Every other query parameter'),
  })
  .meta({ id: 'Visit' })

export const visitEventSchema = z
  .object({
    kind: z.string().describe('visit, click, lander_view, impression, conversion or cost'),
    at: timeField,
    offerId: z.string(),
    landerId: z.string(),
    event: z.string(),
    status: z.string(),
    conversionId: z.string(),
    revenue: z.string(),
    cost: z.string(),
  })
  .meta({ id: 'VisitEvent' })

export function toVisitView(row: LedgerRow): z.input<typeof visitSchema> {
  const texts = TEXT_NAMES.map((name): [TextName, string] => [name, row[TEXTS[name]] ?? ''])
  return {
    clickId: row.click_id,
    at: toTime(row.visit_at),
    cost: row.cost ?? '0',
    isBot: (row.bot ?? '') !== '',
    facts: Object.fromEntries(texts) as Record<TextName, string>, // every name of TEXT_NAMES is in it
    tokens: row.tokens ?? {},
    params: row.params ?? {},
  }
}

export function toVisitEvent(row: LedgerRow): z.input<typeof visitEventSchema> {
  return {
    kind: row.kind,
    at: toTime(row.at),
    offerId: row.offer_id ?? '',
    landerId: row.lander_id ?? '',
    event: row.event ?? '',
    status: row.status ?? '',
    conversionId: row.conversion_id ?? '',
    revenue: row.revenue ?? '0',
    cost: row.cost ?? '0',
  }
}
