import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { NetworkSettings } from '../domain/affiliate.ts'
import { FRAUD_FLAGS } from '../domain/fraud.ts'
import { formatMicros } from '../domain/money.ts'
import { type AuditEntry, appendAudit } from '../store/audit-log.ts'
import { listBalanceAdjustments } from '../store/balance-adjustments.ts'
import { listConversions } from '../store/conversions.ts'
import { loadRates, saveRates } from '../store/currency-rates.ts'
import { listInvoices } from '../store/invoices.ts'
import { hasTerms } from '../store/offers.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { getWorkspace, updateWorkspace, type WorkspaceFields } from '../store/workspaces.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { auditedChanges, settableFields } from './audited-changes.ts'
import { type Caller, callerOf, workspaceOf } from './caller.ts'
import { currencyField, nameField, optionalUrlField, positiveAmountField, timeZoneField } from './fields.ts'
import { invalidFields, notFound } from './problem.ts'
import {
  alertSettingsBody,
  alertSettingsSchema,
  mergeAlertSettings,
  toAlertSettingsView,
} from './settings-alerts.ts'
import { networkSettingsBody, networkSettingsSchema, toNetworkSettingsView } from './settings-network.ts'
import {
  mergeRetentionSettings,
  retentionSettingsBody,
  retentionSettingsSchema,
} from './settings-retention.ts'

const PATH = '/api/v1/settings'
const TAGS = ['settings']
const WINDOW_DAYS_MAX = 400
const UNIQUE_HOURS_MAX = WINDOW_DAYS_MAX * 24
const FRAUD_COUNT_MAX = 1_000_000
const BAD_REFERRERS_MAX = 1_000

const fraudField = z.strictObject({
  botFlags: z.array(z.enum(FRAUD_FLAGS)).describe("Flags that make a visit a bot's"),
  repeatedAddressVisits: z.int().min(0).max(FRAUD_COUNT_MAX).describe('0: off'),
  repeatedAddressMinutes: z
    .int()
    .min(1)
    .max(24 * 60),
  tooFastSeconds: z.int().min(0).max(FRAUD_COUNT_MAX).describe('0: off'),
  badReferrers: z
    .array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'must be a domain in lower case'))
    .max(BAD_REFERRERS_MAX),
})

const settingsBody = z
  .strictObject({
    name: nameField,
    currency: currencyField,
    timeZone: timeZoneField,
    fallbackUrl: optionalUrlField.describe(
      "Where a visitor goes when nothing else is known; '' for a plain 404",
    ),
    attributionWindowDays: z.int().min(1).max(WINDOW_DAYS_MAX),
    uniqueHours: z
      .int()
      .min(0)
      .max(UNIQUE_HOURS_MAX)
      .describe('After so many hours a visitor is new again; 0: after the attribution window'),
    fraud: fraudField,
    network: networkSettingsBody,
    alerts: alertSettingsBody,
    retention: retentionSettingsBody,
    requireTwoFactor: z
      .boolean()
      .describe('Who signs in without a second factor reaches nothing but their own account'),
  })
  .partial()

const SETTABLE = settableFields(settingsBody)

const settingsSchema = z
  .object({
    workspace: z.string(),
    name: z.string(),
    currency: z.string(),
    timeZone: z.string(),
    fallbackUrl: z.string(),
    attributionWindowDays: z.int(),
    uniqueHours: z.int(),
    fraud: fraudField,
    network: networkSettingsSchema,
    alerts: alertSettingsSchema,
    retention: retentionSettingsSchema,
    requireTwoFactor: z.boolean(),
  })
  .meta({ id: 'Settings' })

const ratesSchema = z.object({
  perUsd: z.record(z.string(), z.string()).describe('Currency → units of it for one US dollar'),
})
const ratesBody = z.strictObject({
  perUsd: z
    .record(currencyField, positiveAmountField)
    .describe('Given currencies are set, the others stay as they are'),
})

/** The workspace's own settings, and the installation's currency rates. */
export function settingsRoutes(app: ApiApp, deps: ApiDeps): void {
  workspaceRoutes(app, deps)
  rateRoutes(app, deps)
}

function workspaceRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: { tags: TAGS, summary: 'Settings of the workspace', response: { 200: settingsSchema } },
    handler: async (request) => await toView(db, workspaceOf(request)),
  })
  app.patch(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Change the given settings',
      body: settingsBody,
      response: { 200: settingsSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const { network, alerts, retention, ...rest } = request.body
      const given = rest as Partial<WorkspaceFields> // checked by settingsBody
      return await inTransaction(db, async (trx) => {
        const now = deps.clock()
        if (given.requireTwoFactor === true) refuseLockOut(request)
        if (given.currency !== undefined) await refuseMixedCurrencies(trx, caller.workspace, given.currency)
        const changes = await withParts(trx, caller.workspace, { given, network, alerts, retention })
        const before = await toView(trx, caller.workspace)
        await updateWorkspace(trx, caller.workspace, changes, now)
        const after = await toView(trx, caller.workspace)
        const detail = { ...auditedChanges({ settable: SETTABLE, before, after }) }
        await audit(trx, caller, { now, action: 'settings.update', detail })
        return after
      })
    },
  })
}

function rateRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(`${PATH}/currency-rates`, {
    schema: { tags: TAGS, summary: 'Currency rates', response: { 200: ratesSchema } },
    handler: async () => ({ perUsd: toRatesView(await loadRates(db)) }),
  })
  app.patch(`${PATH}/currency-rates`, {
    schema: {
      tags: TAGS,
      summary: 'Set currency rates',
      body: ratesBody,
      response: { 200: ratesSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const { perUsd } = request.body
      if ('USD' in perUsd) throw invalidFields([{ field: 'perUsd.USD', message: 'one dollar is one dollar' }])
      return await inTransaction(db, async (trx) => {
        const now = deps.clock()
        const before = toRatesView(await loadRates(trx))
        await saveRates(trx, perUsd, now)
        const after = toRatesView(await loadRates(trx))
        const detail = { ...auditedChanges({ settable: Object.keys(perUsd), before, after }) }
        await audit(trx, caller, { now, action: 'currency_rates.update', detail })
        return { perUsd: after }
      })
    },
  })
}

/** Of settings that are many in one, too, those alone change that are given. */
async function withParts(
  db: Db,
  workspace: string,
  of: {
    readonly given: Partial<WorkspaceFields>
    readonly network: z.output<typeof networkSettingsBody> | undefined
    readonly alerts: z.output<typeof alertSettingsBody> | undefined
    readonly retention: z.output<typeof retentionSettingsBody> | undefined
  },
): Promise<Partial<WorkspaceFields>> {
  const current = await getWorkspace(db, workspace)
  if (current === undefined) throw notFound('workspace', workspace)
  const network = of.network as Partial<NetworkSettings> | undefined // checked by networkSettingsBody
  return {
    ...of.given,
    ...(network && { network: { ...current.network, ...network } }),
    ...(of.alerts && { alerts: mergeAlertSettings(current.alerts, of.alerts) }),
    ...(of.retention && { retention: mergeRetentionSettings(current.retention, of.retention) }),
  }
}

/** Who requires it of all would be the first to be locked out. */
function refuseLockOut({ user }: FastifyRequest): void {
  if (user === undefined || user.hasTwoFactor) return
  const message = 'turn on two-factor sign-in for your own account first'
  throw invalidFields([{ field: 'requireTwoFactor', message }])
}

/** Recorded amounts stay in the currency they were recorded in: sums over two would mean nothing. */
async function refuseMixedCurrencies(db: Db, workspace: string, currency: string): Promise<void> {
  const current = await getWorkspace(db, workspace)
  if (current === undefined || current.currency === currency) return
  const held = await findAmounts(db, workspace)
  if (held === undefined) return
  const message = `${held} in ${current.currency} already, so it can not change any more`
  throw invalidFields([{ field: 'currency', message }])
}

/** What the workspace has in its currency; undefined for nothing. Visits paid by the click come by an offer's terms. */
async function findAmounts(db: Db, workspace: string): Promise<string | undefined> {
  const one = { limit: 1 }
  const { items: conversions } = await listConversions(db, workspace, {}, one)
  if (conversions.length > 0) return 'conversions are recorded'
  if ((await listInvoices(db, workspace, {}, one)).items.length > 0) return 'invoices are made out'
  if ((await listBalanceAdjustments(db, workspace, {}, one)).items.length > 0) return 'balances are adjusted'
  return (await hasTerms(db, workspace)) ? 'offers of advertisers earn' : undefined
}

async function toView(db: Db, id: string): Promise<z.input<typeof settingsSchema>> {
  const workspace = await getWorkspace(db, id)
  if (workspace === undefined) throw notFound('workspace', id)
  const { name, currency, timeZone, fallbackUrl, attributionWindowDays, uniqueHours } = workspace
  const { fraud, network, alerts, retention } = workspace
  const { botFlags, badReferrers, ...limits } = fraud
  return {
    workspace: id,
    name,
    currency,
    timeZone,
    fallbackUrl,
    attributionWindowDays,
    uniqueHours,
    fraud: { ...limits, botFlags: [...botFlags], badReferrers: [...badReferrers] },
    network: toNetworkSettingsView(network),
    alerts: toAlertSettingsView(alerts),
    retention: { ...retention },
    requireTwoFactor: workspace.requireTwoFactor,
  }
}

function toRatesView(rates: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(rates).map(([currency, rate]) => [currency, formatMicros(rate)]))
}

async function audit(
  db: Db,
  { workspace, actor }: Caller,
  { now, action, detail }: Pick<AuditEntry, 'action' | 'detail'> & { readonly now: number },
): Promise<void> {
  const subject = { subjectType: 'workspace', subjectId: workspace }
  await appendAudit(db, { workspace, at: now, actor, action, ...subject, detail })
}
