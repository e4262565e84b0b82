import { z } from 'zod'
import type { AffiliateNetworkTemplate } from '../catalogue/catalogue-schema.ts'
import { type Catalogue, loadCatalogue } from '../catalogue/load-catalogue.ts'
import {
  type AffiliateNetwork,
  type AffiliateNetworkFields,
  archiveAffiliateNetwork,
  createAffiliateNetwork,
  getAffiliateNetwork,
  listAffiliateNetworks,
  restoreAffiliateNetwork,
  updateAffiliateNetwork,
} from '../store/affiliate-networks.ts'
import type { Db } from '../store/transaction.ts'
import { roleSuffices } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import type { Caller } from './caller.ts'
import { currencyField, nameField, optionalParamField } from './fields.ts'
import { firstSnippet, incomingSnippets } from './incoming-snippets.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { invalidFields } from './problem.ts'
import { senderDefaults, senderFields, senderViewFields } from './sender-fields.ts'
import { findTakenToken, tokenLocks } from './token-checks.ts'
import { CURRENCY_OF_WORKSPACE, withWorkspaceCurrency } from './workspace-currency.ts'

const TEMPLATE_CHARS_MAX = 100
const WINDOW_MS_MAX = 366 * 24 * 3_600_000

const fields = {
  name: nameField,
  clickIdParam: optionalParamField.describe(
    "Query parameter of offer URLs that gets the click id; '' for none",
  ),
  ...senderFields,
  template: z.string().max(TEMPLATE_CHARS_MAX).describe("Name of the catalogue's template; '' for none"),
  currency: currencyField.describe(
    "Of amounts that come without one; on creation the workspace's unless told",
  ),
  clickToConversionMinMs: z.int().min(0).max(WINDOW_MS_MAX),
  clickToConversionMaxMs: z.int().min(0).max(WINDOW_MS_MAX).describe('0 for no maximum'),
}

const createBody = z.strictObject({
  ...fields,
  clickIdParam: fields.clickIdParam.default(''),
  ...senderDefaults,
  template: fields.template.default(''),
  currency: fields.currency.default(CURRENCY_OF_WORKSPACE),
  clickToConversionMinMs: fields.clickToConversionMinMs.default(0),
  clickToConversionMaxMs: fields.clickToConversionMaxMs.default(0),
})

const byScheme = z.object({ https: z.string(), http: z.string() })

export const affiliateNetworkSchema = z
  .object({
    ...ownedFields,
    name: z.string(),
    clickIdParam: z.string(),
    ...senderViewFields,
    template: z.string(),
    currency: z.string(),
    clickToConversionMinMs: z.int(),
    clickToConversionMaxMs: z.int(),
    postbackUrl: z.string().describe('Give it to the network; its own macros go where the braces are'),
    imagePixel: z.string().describe('HTML for the advertiser’s thank-you page'),
    iframePixel: z.string(),
    scriptPixel: z.string(),
    snippets: z
      .array(
        z.object({
          title: z.string().describe("The network's field for it; '' when it has one alone"),
          postbackUrl: byScheme,
          imagePixel: byScheme,
          iframePixel: byScheme,
          scriptPixel: byScheme,
        }),
      )
      .describe('With the macros of the template; one for each state when the network needs that'),
    offerUrlParts: z
      .object({ path: z.string(), query: z.string() })
      .describe("What else the network's offer URLs carry, besides the click id parameter"),
  })
  .meta({ id: 'AffiliateNetwork' })

export function affiliateNetworkRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<AffiliateNetwork, AffiliateNetworkFields>(app, deps, {
    path: 'affiliate-networks',
    what: 'affiliate network',
    createBody,
    updateBody: z.strictObject(fields).partial(),
    itemSchema: affiliateNetworkSchema,
    create: createAffiliateNetwork,
    update: updateAffiliateNetwork,
    archive: archiveAffiliateNetwork,
    restore: restoreAffiliateNetwork,
    secretFields: ['token', 'signingSecret'],
    get: getAffiliateNetwork,
    list: listAffiliateNetworks,
    complete: withWorkspaceCurrency,
    toViews: async (_db, items, caller) => await toAffiliateNetworkViews(items, deps, caller),
    locks: ({ token }) => tokenLocks([token]),
    check: checkAffiliateNetwork,
  })
}

export async function checkAffiliateNetwork(
  db: Db,
  workspace: string,
  network: AffiliateNetworkFields,
  id?: string,
): Promise<void> {
  const { token, clickToConversionMinMs: min, clickToConversionMaxMs: max } = network
  const errors = [...(await findTakenToken(db, workspace, { field: 'token', token, own: id }))]
  if (max !== 0 && max < min) {
    errors.push({ field: 'clickToConversionMaxMs', message: 'is below clickToConversionMinMs' })
  }
  if (errors.length > 0) throw invalidFields(errors)
}

/** Each with the snippets of its template; a template that is gone leaves general ones. */
export async function toAffiliateNetworkViews(
  networks: readonly AffiliateNetwork[],
  deps: Pick<ApiDeps, 'dataDir' | 'publicUrl'>,
  caller: Caller,
): Promise<readonly z.input<typeof affiliateNetworkSchema>[]> {
  const { affiliateNetworks } = await loadCatalogue(deps.dataDir)
  return networks.map((network) => toView(network, { ...deps, affiliateNetworks, caller }))
}

type Surroundings = {
  readonly publicUrl: string
  readonly affiliateNetworks: Catalogue['affiliateNetworks']
  readonly caller: Caller
}

function toView(
  network: AffiliateNetwork,
  { publicUrl, affiliateNetworks, caller }: Surroundings,
): z.input<typeof affiliateNetworkSchema> {
  // Who may not change the configuration need not be able to forge a conversion either.
  const isTrusted = roleSuffices(caller.role, 'manager')
  const template = affiliateNetworks.get(network.template)
  const token = isTrusted ? network.token : ''
  const snippets = incomingSnippets({ publicUrl, token, template })
  return {
    ...toOwnedView(network),
    name: network.name,
    clickIdParam: network.clickIdParam,
    token: isTrusted ? network.token : null,
    signingSecret: isTrusted ? network.signingSecret : null,
    ipAllowlist: [...network.ipAllowlist],
    referrerAllowlist: [...network.referrerAllowlist],
    statusMap: network.statusMap,
    duplicatePolicy: network.duplicatePolicy,
    eventPolicies: network.eventPolicies,
    template: network.template,
    currency: network.currency,
    clickToConversionMinMs: network.clickToConversionMinMs,
    clickToConversionMaxMs: network.clickToConversionMaxMs,
    ...firstSnippet(snippets, publicUrl),
    snippets: snippets.map((snippet) => ({ ...snippet })),
    offerUrlParts: offerUrlParts(template),
  }
}

function offerUrlParts(template: AffiliateNetworkTemplate | undefined) {
  const { clickId, offerParams = [] } = template ?? {}
  return {
    path: clickId?.where === 'path' ? clickId.text : '',
    query: offerParams.map(({ param, value }) => `${param}=${value}`).join('&'),
  }
}
