import { z } from 'zod'
import { affiliateNetworkTemplateSchema, trafficSourceTemplateSchema } from '../catalogue/catalogue-schema.ts'
import { findTemplates } from '../catalogue/find-template.ts'
import { loadCatalogue } from '../catalogue/load-catalogue.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { Problem } from './problem.ts'

const TAGS = ['catalogue']
const SEARCH_CHARS_MAX = 100

const searchQuery = z.strictObject({
  q: z.string().max(SEARCH_CHARS_MAX).default('').describe('Words of the name, key or family'),
})
const keyParams = z.object({ key: z.string() })

const entry = {
  key: z.string(),
  name: z.string(),
  family: z.string().describe("Engine that it runs on; '' when it is its own"),
  origin: z.enum(['built-in', 'own']),
  confidence: z.enum(['high', 'medium', 'low']),
  placeholders: z.array(z.string()).describe('Values that the user must give'),
}
const sourceEntry = z.object({ ...entry, formats: z.array(z.string()), hasPostback: z.boolean() })
const networkEntry = z.object({
  ...entry,
  kind: z.enum(['network', 'platform']),
  reporting: z.enum(['postback', 'api', 'unknown']),
})
const problemsField = z.array(z.string()).describe("What is wrong in the operator's own files")

const sourceList = z
  .object({ items: z.array(sourceEntry), problems: problemsField })
  .meta({ id: 'TrafficSourceTemplateList' })
const networkList = z
  .object({ items: z.array(networkEntry), problems: problemsField })
  .meta({ id: 'AffiliateNetworkTemplateList' })

/** Templates of traffic sources and affiliate networks: what is known of each, to make one from. */
export function catalogueRoutes(app: ApiApp, deps: ApiDeps): void {
  sourceRoutes(app, deps)
  networkRoutes(app, deps)
}

function sourceRoutes(app: ApiApp, { dataDir }: ApiDeps): void {
  app.get('/api/v1/catalogue/traffic-sources', {
    schema: {
      tags: TAGS,
      summary: 'Search the templates of traffic sources',
      querystring: searchQuery,
      response: { 200: sourceList },
    },
    handler: async (request) => {
      const { trafficSources, problems } = await loadCatalogue(dataDir)
      const items = findTemplates(trafficSources, request.query.q).map((template) => ({
        ...toEntry(template),
        formats: template.formats,
        hasPostback: template.targets.length > 0,
      }))
      return { items, problems: [...problems] }
    },
  })
  app.get('/api/v1/catalogue/traffic-sources/:key', {
    schema: {
      tags: TAGS,
      summary: 'One template of a traffic source',
      params: keyParams,
      response: { 200: trafficSourceTemplateSchema },
    },
    handler: async (request) => {
      const { key } = request.params
      const template = (await loadCatalogue(dataDir)).trafficSources.get(key)
      if (template === undefined) throw noTemplate(key)
      return template
    },
  })
}

function networkRoutes(app: ApiApp, { dataDir }: ApiDeps): void {
  app.get('/api/v1/catalogue/affiliate-networks', {
    schema: {
      tags: TAGS,
      summary: 'Search the templates of affiliate networks',
      querystring: searchQuery,
      response: { 200: networkList },
    },
    handler: async (request) => {
      const { affiliateNetworks, problems } = await loadCatalogue(dataDir)
      const items = findTemplates(affiliateNetworks, request.query.q).map((template) => ({
        ...toEntry(template),
        kind: template.kind,
        reporting: template.reporting,
      }))
      return { items, problems: [...problems] }
    },
  })
  app.get('/api/v1/catalogue/affiliate-networks/:key', {
    schema: {
      tags: TAGS,
      summary: 'One template of an affiliate network',
      params: keyParams,
      response: { 200: affiliateNetworkTemplateSchema },
    },
    handler: async (request) => {
      const { key } = request.params
      const template = (await loadCatalogue(dataDir)).affiliateNetworks.get(key)
      if (template === undefined) throw noTemplate(key)
      return template
    },
  })
}

function noTemplate(key: string): Problem {
  return new Problem(404, 'not_found', `The catalogue has no template "${key}".`)
}

type Known = Omit<z.infer<z.ZodObject<typeof entry>>, 'placeholders'> & {
  readonly placeholders: readonly { readonly name: string }[]
}

function toEntry({ key, name, family, origin, confidence, placeholders }: Known) {
  return { key, name, family, origin, confidence, placeholders: placeholders.map((each) => each.name) }
}
