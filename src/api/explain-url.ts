import { z } from 'zod'
import { findPlaceholders } from '../catalogue/find-placeholders.ts'
import { type Catalogue, loadCatalogue } from '../catalogue/load-catalogue.ts'
import { networksOfMacros, sourcesOfHost } from '../catalogue/recognise-url.ts'
import { explainUrl } from '../domain/explain-url.ts'
import { isIncoming, URL_PURPOSES, type UrlContext, type UrlParty } from '../domain/explain-url-types.ts'
import { getAdvertiser } from '../store/advertisers.ts'
import { getAffiliateNetwork } from '../store/affiliate-networks.ts'
import { listDomains } from '../store/domains.ts'
import { getTrafficSource } from '../store/traffic-sources.ts'
import { roleSuffices } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf } from './caller.ts'
import { notFound } from './problem.ts'

const TEXT_CHARS_MAX = 16_384
const DOMAINS_MAX = 500

const idField = z.string().max(100).default('')

const explainBody = z.strictObject({
  text: z.string().max(TEXT_CHARS_MAX).describe('The URL, as it was pasted'),
  purpose: z.enum(URL_PURPOSES).describe('What it is for, which says who fills its macros'),
  pageUrl: z.string().max(TEXT_CHARS_MAX).default('').describe('The page that carries the pixel'),
  affiliateNetworkId: idField.describe('Compare with what this network fills and must send'),
  advertiserId: idField.describe('Compare with what this advertiser must send'),
  trafficSourceId: idField.describe('Compare with what this source fills'),
})
type Explain = z.output<typeof explainBody>

const explainedSchema = z
  .object({
    findings: z
      .array(
        z.object({
          level: z.enum(['error', 'warning', 'info']),
          code: z.string().describe('A stable word, e.g. unknown_macro'),
          start: z.int().describe('First character that it is about; with end 0 it is about the whole'),
          end: z.int(),
          message: z.string(),
          suggestion: z.string().describe("What to write there; '' when nothing can be told"),
        }),
      )
      .describe('In the order of the text'),
    parts: z
      .array(
        z.object({
          kind: z.enum(['literal', 'macro', 'foreign']).describe('macro: we fill it; foreign: we do not'),
          start: z.int(),
          end: z.int(),
          name: z.string(),
          meaning: z.string(),
          sample: z.string(),
        }),
      )
      .describe('Put together they are the text'),
  })
  .meta({ id: 'ExplainedUrl' })

/** "Explain this URL": what each part of it is, and what is wrong with it. */
export function explainUrlRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/inspector/explain-url', {
    schema: {
      tags: ['inspector'],
      summary: 'Explain a URL: its macros, and what is wrong with it',
      body: explainBody,
      response: { 200: explainedSchema },
    },
    handler: async (request) => {
      const context = await contextOf(deps, callerOf(request), request.body)
      const { findings, parts } = explainUrl(request.body.text, context)
      return { findings: [...findings], parts: [...parts] }
    },
  })
}

async function contextOf(deps: ApiDeps, caller: Caller, wanted: Explain): Promise<UrlContext> {
  const { text, purpose, pageUrl } = wanted
  const catalogue = await loadCatalogue(deps.dataDir)
  const domains = await listDomains(deps.store.db, caller.workspace, { limit: DOMAINS_MAX })
  return {
    purpose,
    publicUrl: deps.publicUrl,
    ownHosts: [...deps.ownHosts, ...domains.items.map(({ name }) => name)],
    pageUrl,
    refusal: (url) => {
      const verdict = deps.guard.checkUrl(url)
      return verdict.ok ? '' : verdict.reason
    },
    placeholders: findPlaceholders,
    party: await loadParty(deps, caller, { wanted, catalogue }),
    looksLike: isIncoming(purpose) ? networksOfMacros(catalogue, text) : sourcesOfHost(catalogue, text),
  }
}

async function loadParty(
  { store: { db } }: ApiDeps,
  caller: Caller,
  { wanted, catalogue }: { readonly wanted: Explain; readonly catalogue: Catalogue },
): Promise<UrlParty | undefined> {
  const { workspace, role } = caller
  const isTokenShown = roleSuffices(role, 'manager')
  const { affiliateNetworkId, advertiserId, trafficSourceId } = wanted
  if (affiliateNetworkId !== '') {
    const found = await getAffiliateNetwork(db, { workspace, id: affiliateNetworkId })
    if (found === undefined) throw notFound('affiliate network', affiliateNetworkId)
    const { incoming, values } = catalogue.affiliateNetworks.get(found.template) ?? {
      incoming: {},
      values: [],
    }
    const macros = [...Object.values(incoming), ...values.map(({ macro }) => macro)]
    return {
      name: found.name,
      token: found.token,
      isTokenShown,
      macros: macros.filter((macro) => macro !== ''),
    }
  }
  if (advertiserId !== '') {
    const found = await getAdvertiser(db, { workspace, id: advertiserId })
    if (found === undefined) throw notFound('advertiser', advertiserId)
    return { name: found.name, token: found.token, isTokenShown, macros: [] }
  }
  if (trafficSourceId === '') return undefined
  const found = await getTrafficSource(db, { workspace, id: trafficSourceId })
  if (found === undefined) throw notFound('traffic source', trafficSourceId)
  const macros = [found.externalIdMacro, found.costMacro, ...found.tokens.map(({ macro }) => macro)]
  return { name: found.name, token: '', isTokenShown, macros: macros.filter((macro) => macro !== '') }
}
