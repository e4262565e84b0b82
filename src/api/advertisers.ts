import { z } from 'zod'
import { NO_BILLING } from '../domain/affiliate.ts'
import {
  type Advertiser,
  type AdvertiserFields,
  archiveAdvertiser,
  createAdvertiser,
  getAdvertiser,
  listAdvertisers,
  restoreAdvertiser,
  updateAdvertiser,
} from '../store/advertisers.ts'
import type { Db } from '../store/transaction.ts'
import { roleSuffices } from './access-table.ts'
import { globalPostbackUrl, tokenToHandOver } from './advertiser-snippets.ts'
import { billingField, billingSchema, toBillingView } from './affiliate-fields.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { checkAdvertiserArchive } from './archive-checks.ts'
import type { Caller } from './caller.ts'
import { currencyField, nameField, optionalParamField, tagsField } from './fields.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { type FieldError, invalidFields } from './problem.ts'
import { secretField, senderDefaults, senderFields, senderViewFields } from './sender-fields.ts'
import { findTakenToken, tokenLocks } from './token-checks.ts'
import { CURRENCY_OF_WORKSPACE, withWorkspaceCurrency } from './workspace-currency.ts'

const NOTE_CHARS_MAX = 5_000
const STATUSES = ['active', 'paused'] as const

/** How far its token is: none ─generate─▶ offered ─enforce─▶ enforced ─generate─▶ replacing ─enforce─▶ enforced */
const TOKEN_STAGES = ['none', 'offered', 'enforced', 'replacing'] as const
type TokenStage = (typeof TOKEN_STAGES)[number]

const fields = {
  name: nameField,
  status: z.enum(STATUSES).describe('paused: none of its offers can be run'),
  email: z.union([z.literal(''), z.email().max(254)]),
  billing: billingField,
  clickIdParam: optionalParamField.describe(
    "Query parameter of its offers' URLs that gets the click id; '' for none",
  ),
  ...senderFields,
  token: secretField.describe("Secret that its hits must carry in `token`; '' while none is enforced"),
  nextToken: secretField.describe("A new secret that is accepted already, and not required yet; '' for none"),
  currency: currencyField.describe(
    "Of amounts that come without one; on creation the workspace's unless told",
  ),
  tags: tagsField,
  note: z.string().max(NOTE_CHARS_MAX),
}

const createBody = z.strictObject({
  ...fields,
  ...senderDefaults,
  status: fields.status.default('active'),
  email: fields.email.default(''),
  billing: fields.billing.default(NO_BILLING),
  clickIdParam: fields.clickIdParam.default(''),
  token: fields.token.default(''),
  nextToken: fields.nextToken.default(''),
  currency: fields.currency.default(CURRENCY_OF_WORKSPACE),
  tags: fields.tags.default([]),
  note: fields.note.default(''),
})

export const advertiserSchema = z
  .object({
    ...ownedFields,
    name: z.string(),
    status: z.enum(STATUSES),
    email: z.string(),
    billing: billingSchema,
    clickIdParam: z.string(),
    ...senderViewFields,
    nextToken: z.string().nullable().describe('Null for viewers'),
    tokenStage: z
      .enum(TOKEN_STAGES)
      .describe(
        'offered: accepted, not required; enforced: required; replacing: as enforced, and the next one is accepted too',
      ),
    currency: z.string(),
    tags: z.array(z.string()),
    note: z.string(),
    postbackUrl: z.string().describe('For all of its offers; its own values go where the braces are'),
  })
  .meta({ id: 'Advertiser' })

export function advertiserRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<Advertiser, AdvertiserFields>(app, deps, {
    path: 'advertisers',
    what: 'advertiser',
    createBody,
    updateBody: z.strictObject(fields).partial(),
    itemSchema: advertiserSchema,
    create: createAdvertiser,
    update: updateAdvertiser,
    archive: archiveAdvertiser,
    restore: restoreAdvertiser,
    secretFields: ['token', 'nextToken', 'signingSecret', 'billing', 'note'],
    get: getAdvertiser,
    list: listAdvertisers,
    complete: withWorkspaceCurrency,
    toViews: async (_db, items, caller) => items.map((item) => toAdvertiserView(item, deps, caller)),
    locks: ({ token, nextToken }) => tokenLocks([token, nextToken]),
    check: checkAdvertiser,
    checkArchive: checkAdvertiserArchive,
  })
}

async function checkAdvertiser(
  db: Db,
  workspace: string,
  { token, nextToken }: AdvertiserFields,
  own?: string,
): Promise<void> {
  const errors: FieldError[] = [
    ...(await findTakenToken(db, workspace, { field: 'token', token, own })),
    ...(await findTakenToken(db, workspace, { field: 'nextToken', token: nextToken, own })),
  ]
  if (errors.length > 0) throw invalidFields(errors)
}

export function toAdvertiserView(
  advertiser: Advertiser,
  { publicUrl }: Pick<ApiDeps, 'publicUrl'>,
  caller: Caller,
): z.input<typeof advertiserSchema> {
  const isTrusted = roleSuffices(caller.role, 'manager')
  const { name, status, email, clickIdParam, statusMap, duplicatePolicy, eventPolicies } = advertiser
  return {
    ...toOwnedView(advertiser),
    name,
    status,
    email,
    billing: toBillingView(advertiser.billing),
    clickIdParam,
    token: isTrusted ? advertiser.token : null,
    nextToken: isTrusted ? advertiser.nextToken : null,
    tokenStage: tokenStage(advertiser),
    signingSecret: isTrusted ? advertiser.signingSecret : null,
    ipAllowlist: [...advertiser.ipAllowlist],
    referrerAllowlist: [...advertiser.referrerAllowlist],
    statusMap,
    duplicatePolicy,
    eventPolicies,
    currency: advertiser.currency,
    tags: [...advertiser.tags],
    note: advertiser.note,
    postbackUrl: globalPostbackUrl(publicUrl, isTrusted ? tokenToHandOver(advertiser) : ''),
  }
}

function tokenStage({ token, nextToken }: Pick<Advertiser, 'token' | 'nextToken'>): TokenStage {
  if (token === '') return nextToken === '' ? 'none' : 'offered'
  return nextToken === '' ? 'enforced' : 'replacing'
}
