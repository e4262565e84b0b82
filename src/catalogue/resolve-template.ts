import type { z } from 'zod'
import {
  type AffiliateNetworkTemplate,
  type affiliateNetworkEntrySchema,
  affiliateNetworkTemplateSchema,
  type Families,
  type TrafficSourceTemplate,
  type trafficSourceEntrySchema,
  trafficSourceTemplateSchema,
} from './catalogue-schema.ts'

export type Origin = 'built-in' | 'own'

export type Resolved<Template> =
  | { readonly ok: true; readonly template: Template }
  /** One sentence for each thing that is wrong. */
  | { readonly ok: false; readonly problems: readonly string[] }

const ABOUT = { placeholders: [], confidence: 'low', source: 'not stated', notes: '' } as const

const SOURCE_DEFAULTS = {
  ...ABOUT,
  formats: [],
  externalId: null,
  cost: null,
  currency: '',
  tokens: [],
  targets: [],
} as const

const INCOMING_DEFAULTS = { clickId: '', payout: '', txid: '', status: '', event: '', currency: '' } as const

const NETWORK_DEFAULTS = {
  ...ABOUT,
  kind: 'network',
  clickId: { where: 'unknown' },
  offerParams: [],
  values: [],
  statusMap: {},
  urls: [],
  reporting: 'postback',
  currency: '',
} as const

/** Completes an entry by its family and the defaults. */
export function resolveTrafficSource(
  entry: z.infer<typeof trafficSourceEntrySchema>,
  families: Families,
  origin: Origin,
): Resolved<TrafficSourceTemplate> {
  const { family = '', host, ...own } = entry
  const found = families.trafficSources[family]
  if (family !== '' && found === undefined) return unknownFamily(family)
  const facts = { ...SOURCE_DEFAULTS, ...found?.template, ...own, family, origin }
  const targets = (facts.targets ?? []).map((target) => ({ ...target, url: withHost(target.url, host) }))
  return parsed(trafficSourceTemplateSchema, { ...facts, targets })
}

/** Completes an entry by its family and the defaults; macros of postbacks are inherited one by one. */
export function resolveAffiliateNetwork(
  entry: z.infer<typeof affiliateNetworkEntrySchema>,
  families: Families,
  origin: Origin,
): Resolved<AffiliateNetworkTemplate> {
  const { family = '', ...own } = entry
  const found = families.affiliateNetworks[family]
  if (family !== '' && found === undefined) return unknownFamily(family)
  const incoming = { ...INCOMING_DEFAULTS, ...found?.template.incoming, ...own.incoming }
  const facts = { ...NETWORK_DEFAULTS, ...found?.template, ...own, incoming, family, origin }
  return parsed(affiliateNetworkTemplateSchema, facts)
}

/** What a schema found, as sentences that say where. */
export function describeIssues(error: z.ZodError): readonly string[] {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
}

function parsed<Template>(schema: z.ZodType<Template>, facts: unknown): Resolved<Template> {
  const result = schema.safeParse(facts)
  return result.success
    ? { ok: true, template: result.data }
    : { ok: false, problems: describeIssues(result.error) }
}

function withHost(url: string, host: string | undefined): string {
  return host === undefined ? url : url.replace('{host}', host)
}

function unknownFamily(family: string): { readonly ok: false; readonly problems: readonly string[] } {
  return { ok: false, problems: [`family: there is no family "${family}"`] }
}
