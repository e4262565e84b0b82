import assert from 'node:assert/strict'
import { z } from 'zod'
import {
  type AffiliateNetworkTemplate,
  KEY_CHARS_MAX,
  type TrafficSourceTemplate,
} from '../catalogue/catalogue-schema.ts'
import { fillPlaceholders } from '../catalogue/fill-placeholders.ts'
import { loadCatalogue } from '../catalogue/load-catalogue.ts'
import { type AffiliateNetworkFields, createAffiliateNetwork } from '../store/affiliate-networks.ts'
import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import {
  createNotificationTarget,
  type NotificationTargetFields,
  type StoredTarget,
} from '../store/notification-targets.ts'
import {
  createTrafficSource,
  type TrafficSource,
  type TrafficSourceFields,
} from '../store/traffic-sources.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import {
  affiliateNetworkSchema,
  checkAffiliateNetwork,
  toAffiliateNetworkViews,
} from './affiliate-networks.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf } from './caller.ts'
import { currencyField, nameField } from './fields.ts'
import { OWN_TARGET, targetCreateBody, targetSchema } from './notification-target-fields.ts'
import { toTargetViews } from './notification-target-view.ts'
import { invalidFields } from './problem.ts'
import { secretField } from './sender-fields.ts'
import { splitSecrets } from './target-secrets.ts'
import { tokenLocks } from './token-checks.ts'
import { checkTrafficSource, toTrafficSourceView, trafficSourceSchema } from './traffic-sources.ts'
import { withWorkspaceCurrency } from './workspace-currency.ts'

const REPLACEMENTS_MAX = 20
const VALUE_CHARS_MAX = 200

const body = {
  template: z.string().max(KEY_CHARS_MAX).describe('Key in the catalogue'),
  name: nameField.optional().describe("The template's name unless told"),
  replacements: z
    .record(z.string().max(KEY_CHARS_MAX), z.string().trim().max(VALUE_CHARS_MAX))
    .refine((given) => Object.keys(given).length <= REPLACEMENTS_MAX, `at most ${REPLACEMENTS_MAX}`)
    .default({})
    .describe('Placeholder of the template → your own value'),
}
const sourceBody = z.strictObject({ ...body, currency: currencyField.optional().describe('Of the price') })
const networkBody = z.strictObject({ ...body, token: secretField.default('') })

const createdSource = trafficSourceSchema
  .extend({ notificationTargets: z.array(targetSchema) })
  .meta({ id: 'TrafficSourceFromTemplate' })

/** Traffic sources and affiliate networks made as the catalogue knows them. */
export function fromTemplateRoutes(app: ApiApp, deps: ApiDeps): void {
  sourceRoute(app, deps)
  networkRoute(app, deps)
}

function sourceRoute(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/traffic-sources/from-template', {
    schema: {
      tags: ['traffic-sources'],
      summary: 'Create a traffic source and its notification targets as the catalogue knows them',
      body: sourceBody,
      response: { 201: createdSource },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { template: key, name, replacements, currency } = request.body
      const { trafficSources } = await loadCatalogue(deps.dataDir)
      const template = filled(trafficSources.get(key), key, replacements)
      const fields = sourceFields(template, { name, currency })
      checkTrafficSource(fields)
      const targets = template.targets.map(targetFields)
      const created = await inTransaction(deps.store.db, (db) =>
        createSource(db, caller, { fields, targets, now: deps.clock() }),
      )
      const viewing = { db: deps.store.db, vault: deps.vault, now: deps.clock() }
      const notificationTargets = await toTargetViews(viewing, created.targets)
      return await reply.code(201).send({ ...toTrafficSourceView(created.source), notificationTargets })
    },
  })
}

function networkRoute(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/affiliate-networks/from-template', {
    schema: {
      tags: ['affiliate-networks'],
      summary: 'Create an affiliate network as the catalogue knows it',
      body: networkBody,
      response: { 201: affiliateNetworkSchema },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { template: key, name, replacements, token } = request.body
      const { affiliateNetworks } = await loadCatalogue(deps.dataDir)
      const template = filled(affiliateNetworks.get(key), key, replacements)
      const fields = networkFields(template, { name, token })
      const network = await inTransaction(deps.store.db, async (db) => {
        const complete = await withWorkspaceCurrency(db, caller.workspace, fields)
        await lockKeys(db, deps.store.engine, tokenLocks([token]))
        await checkAffiliateNetwork(db, caller.workspace, complete)
        const now = deps.clock()
        const created = await createAffiliateNetwork(db, caller.workspace, complete, now)
        await audit(db, caller, { what: 'affiliate network', id: created.id, template: key, now })
        return created
      })
      const [view] = await toAffiliateNetworkViews([network], deps, caller)
      assert(view !== undefined, 'one network has one view')
      return await reply.code(201).send(view)
    },
  })
}

/** @throws Problem 422 that names every placeholder without a value of its own. */
function filled<Template extends AffiliateNetworkTemplate | TrafficSourceTemplate>(
  template: Template | undefined,
  key: string,
  replacements: Readonly<Record<string, string>>,
): Template {
  if (template === undefined) {
    throw invalidFields([{ field: 'template', message: `the catalogue has no template "${key}"` }])
  }
  const result = fillPlaceholders(template, replacements)
  if (!result.ok) {
    throw invalidFields(
      result.problems.map(({ name, message }) => ({ field: `replacements.${name}`, message })),
    )
  }
  const { currency } = result.template
  if (currency !== '' && !currencyField.safeParse(currency).success) {
    throw invalidFields([
      { field: 'replacements', message: `"${currency}" is not an ISO 4217 currency code` },
    ])
  }
  return result.template
}

type Wishes = { readonly name: string | undefined; readonly currency: string | undefined }

function sourceFields(template: TrafficSourceTemplate, { name, currency }: Wishes): TrafficSourceFields {
  const { externalId, cost, tokens } = template
  return {
    name: name ?? template.name,
    externalIdParam: externalId?.param ?? '',
    externalIdMacro: externalId?.macro ?? '',
    costParam: cost?.param ?? '',
    costMacro: cost?.macro ?? '',
    currency: currency ?? template.currency.toUpperCase(),
    tokens,
    template: template.key,
    timeZone: '',
    trafficLossPercent: 0,
  }
}

/** Judged by the rules of targets that are made by hand: a template of the operator's own may break them. */
function targetFields(
  { type, url, events, statuses }: TrafficSourceTemplate['targets'][number],
  index: number,
): Omit<NotificationTargetFields, 'ownerType' | 'ownerId'> {
  const parsed = targetCreateBody.safeParse({ type, url, events, statuses })
  if (parsed.success) {
    return { ...OWN_TARGET, ...splitSecrets(parsed.data).fields, sealedSecrets: '' }
  }
  throw invalidFields(
    parsed.error.issues.map(({ path, message }) => ({
      field: `template.targets.${index}.${path.join('.')}`,
      message,
    })),
  )
}

function networkFields(
  template: AffiliateNetworkTemplate,
  { name, token }: { readonly name: string | undefined; readonly token: string },
): AffiliateNetworkFields {
  const { clickId, statusMap } = template
  return {
    name: name ?? template.name,
    clickIdParam: clickId.where === 'query' ? clickId.param : '',
    token,
    signingSecret: '',
    ipAllowlist: [],
    referrerAllowlist: [],
    statusMap,
    duplicatePolicy: 'update',
    eventPolicies: {},
    template: template.key,
    currency: template.currency.toUpperCase(),
    clickToConversionMinMs: 0,
    clickToConversionMaxMs: 0,
  }
}

type NewSource = {
  readonly fields: TrafficSourceFields
  readonly targets: readonly Omit<NotificationTargetFields, 'ownerType' | 'ownerId'>[]
  readonly now: number
}

async function createSource(
  db: Db,
  caller: Caller,
  { fields, targets, now }: NewSource,
): Promise<{ readonly source: TrafficSource; readonly targets: readonly StoredTarget[] }> {
  const { workspace } = caller
  const complete = await withWorkspaceCurrency(db, workspace, fields)
  const source = await createTrafficSource(db, workspace, complete, now)
  const created: StoredTarget[] = []
  for (const target of targets) {
    const owned = { ...target, ownerType: 'traffic_source', ownerId: source.id } as const
    created.push(await createNotificationTarget(db, workspace, owned, now))
  }
  await audit(db, caller, { what: 'traffic source', id: source.id, template: fields.template, now })
  return { source, targets: created }
}

type Made = { readonly what: string; readonly id: string; readonly template: string; readonly now: number }

async function audit(db: Db, { workspace, actor }: Caller, { what, id, template, now }: Made): Promise<void> {
  const action = `${what.replaceAll(' ', '_')}.create`
  const subject = { subjectType: what, subjectId: id, detail: { template } }
  await appendAudit(db, { workspace, at: now, actor, action, ...subject })
}
