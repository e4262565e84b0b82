import { answerOf, api } from './api.ts'
import type { components } from './api-types.ts'

type Schemas = components['schemas']
export type SourceTemplate = Schemas['TrafficSourceTemplate']
export type NetworkTemplate = Schemas['AffiliateNetworkTemplate']
export type ListedTemplate = {
  readonly key: string
  readonly name: string
  readonly family: string
  readonly origin: 'built-in' | 'own'
  readonly confidence: 'high' | 'medium' | 'low'
  readonly placeholders: readonly string[]
  readonly hasPostback?: boolean
  readonly reporting?: 'postback' | 'api' | 'unknown'
}
/** What both kinds of template have. */
export type Template = Pick<SourceTemplate, 'key' | 'name' | 'confidence' | 'notes' | 'source'> & {
  readonly placeholders: readonly { readonly name: string; readonly hint: string }[]
}
export type FromTemplate = {
  readonly template: string
  readonly name: string
  readonly replacements: Record<string, string>
}

/** What the product knows about the platforms of one kind, and how to make one of them. */
export type Catalogue<T extends Template> = {
  /** Part of addresses: of the API's catalogue, and of the screens of what is made. */
  readonly name: 'traffic-sources' | 'affiliate-networks'
  readonly list: (words: string) => Promise<readonly ListedTemplate[]>
  readonly get: (key: string) => Promise<T>
  /** Resolves to the id of the new thing. */
  readonly create: (body: FromTemplate) => Promise<string>
}

export const sourceCatalogue: Catalogue<SourceTemplate> = {
  name: 'traffic-sources',
  list: async (q) =>
    (await answerOf(api.GET('/api/v1/catalogue/traffic-sources', { params: { query: { q } } }))).items,
  get: (key) => answerOf(api.GET('/api/v1/catalogue/traffic-sources/{key}', { params: { path: { key } } })),
  create: async (body) => (await answerOf(api.POST('/api/v1/traffic-sources/from-template', { body }))).id,
}

export const networkCatalogue: Catalogue<NetworkTemplate> = {
  name: 'affiliate-networks',
  list: async (q) =>
    (await answerOf(api.GET('/api/v1/catalogue/affiliate-networks', { params: { query: { q } } }))).items,
  get: (key) =>
    answerOf(api.GET('/api/v1/catalogue/affiliate-networks/{key}', { params: { path: { key } } })),
  create: async (body) => (await answerOf(api.POST('/api/v1/affiliate-networks/from-template', { body }))).id,
}
