import { isIP } from 'node:net'
import { z } from 'zod'
import type { AffiliateNetworkTemplate } from '../catalogue/catalogue-schema.ts'
import { type Catalogue, loadCatalogue } from '../catalogue/load-catalogue.ts'
import { CONVERSION_STATUSES, DUPLICATE_POLICIES } from '../domain/conversion-types.ts'
import {
  type AffiliateNetwork,
  type AffiliateNetworkFields,
  archiveAffiliateNetwork,
  createAffiliateNetwork,
  getAffiliateNetwork,
  listAffiliateNetworks,
  updateAffiliateNetwork,
} from '../store/affiliate-networks.ts'
import type { Db } from '../store/transaction.ts'
import { roleSuffices } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import type { Caller } from './caller.ts'
import { currencyField, eventField, nameField, optionalParamField } from './fields.ts'
import { firstSnippet, incomingSnippets } from './incoming-snippets.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { type FieldError, invalidFields } from './problem.ts'
import { CURRENCY_OF_WORKSPACE, withWorkspaceCurrency } from './workspace-currency.ts'

const SECRET_CHARS_MAX = 200
const ALLOWLIST_MAX = 500
const STATUS_WORDS_MAX = 100
const EVENT_POLICIES_MAX = 50
const TEMPLATE_CHARS_MAX = 100
const WINDOW_MS_MAX = 366 * 24 * 3_600_000

export const secretField = z
  .string()
  .max(SECRET_CHARS_MAX)
  .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')

/** Keys are compared in lower case, as conversions does. */
const statusMapField = z
  .record(z.string().min(1).max(64), z.enum([...CONVERSION_STATUSES, 'ignore']))
  .refine((map) => Object.keys(map).length <= STATUS_WORDS_MAX, `at most ${STATUS_WORDS_MAX} words`)
  .transform((map) =>
    Object.fromEntries(Object.entries(map).map(([word, status]) => [word.toLowerCase(), status])),
  )

const fields = {
  name: nameField,
  clickIdParam: optionalParamField.describe(
    "Query parameter of offer URLs that gets the click id; '' for none",
  ),
  token: secretField.describe("Secret that its postbacks must carry in `token`; '' for none"),
  signingSecret: secretField.describe("HMAC-SHA256 secret of `sig`; '' for unsigned"),
  ipAllowlist: z
    .array(z.string().refine(isAddressRange, 'must be an IP address or a CIDR range'))
    .max(ALLOWLIST_MAX)
    .describe('Where postbacks may come from; empty for anywhere'),
  referrerAllowlist: z
    .array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'must be a domain in lower case'))
    .max(ALLOWLIST_MAX)
    .describe("Domains a pixel's page may be on; empty for any"),
  statusMap: statusMapField.describe("The network's own status words → ours"),
  duplicatePolicy: z.enum(DUPLICATE_POLICIES).describe('What a repeated conversion does'),
  eventPolicies: z
    .record(eventField, z.enum(DUPLICATE_POLICIES))
    .refine((policies) => Object.keys(policies).length <= EVENT_POLICIES_MAX, `at most ${EVENT_POLICIES_MAX}`)
    .describe('Event → its own policy for repeated conversions'),
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
  token: fields.token.default(''),
  signingSecret: fields.signingSecret.default(''),
  ipAllowlist: fields.ipAllowlist.default([]),
  referrerAllowlist: fields.referrerAllowlist.default([]),
  statusMap: fields.statusMap.default({}),
  duplicatePolicy: fields.duplicatePolicy.default('update'),
  eventPolicies: fields.eventPolicies.default({}),
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
    token: z.string().nullable().describe('Null for viewers'),
    signingSecret: z.string().nullable().describe('Null for viewers'),
    ipAllowlist: z.array(z.string()),
    referrerAllowlist: z.array(z.string()),
    statusMap: z.record(z.string(), z.string()),
    duplicatePolicy: z.enum(DUPLICATE_POLICIES),
    eventPolicies: z.record(z.string(), z.enum(DUPLICATE_POLICIES)),
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
    get: getAffiliateNetwork,
    list: listAffiliateNetworks,
    complete: withWorkspaceCurrency,
    toViews: async (_db, items, caller) => await toAffiliateNetworkViews(items, deps, caller),
    check: checkAffiliateNetwork,
  })
}

/** A pixel is known to be a network's by the token: two with the same one could not be told apart. */
export async function checkAffiliateNetwork(
  db: Db,
  workspace: string,
  network: AffiliateNetworkFields,
  id?: string,
): Promise<void> {
  const { token, clickToConversionMinMs: min, clickToConversionMaxMs: max } = network
  const errors: FieldError[] = []
  if (max !== 0 && max < min) {
    errors.push({ field: 'clickToConversionMaxMs', message: 'is below clickToConversionMinMs' })
  }
  const holders = await db
    .selectFrom('affiliate_networks')
    .select('id')
    .where('workspace', '=', workspace)
    .where('token', '=', token)
    .where('token', '<>', '')
    .where('archived_at', 'is', null)
    .execute()
  if (holders.some((holder) => holder.id !== id)) {
    errors.push({ field: 'token', message: 'is the token of another affiliate network' })
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

function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  if (prefix === undefined) return true
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)
}
