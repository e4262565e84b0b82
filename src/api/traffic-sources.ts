import { z } from 'zod'
import {
  archiveTrafficSource,
  createTrafficSource,
  getTrafficSource,
  listTrafficSources,
  restoreTrafficSource,
  type TrafficSource,
  type TrafficSourceFields,
  updateTrafficSource,
} from '../store/traffic-sources.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { currencyField, foreignMacroField, nameField, optionalParamField, timeZoneField } from './fields.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { type FieldError, invalidFields } from './problem.ts'
import { CURRENCY_OF_WORKSPACE, withWorkspaceCurrency } from './workspace-currency.ts'

/** Keitaro and Binom have as many. */
const TOKENS_MAX = 30
const TRAFFIC_LOSS_PERCENT_MAX = 99
const TEMPLATE_CHARS_MAX = 100

const tokenField = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must begin with a letter and go on with letters, digits and _')
    .describe('Stands in macros as {token.NAME} and in reports'),
  param: optionalParamField.min(1, 'must not be empty').describe('Query parameter of the campaign link'),
  macro: foreignMacroField.default('').describe("The source's own macro that fills it"),
})

const fields = {
  name: nameField,
  externalIdParam: optionalParamField.describe("Query parameter with the source's click id; '' for none"),
  externalIdMacro: foreignMacroField.describe("The source's own macro of its click id"),
  costParam: optionalParamField.describe("Query parameter with the price of the visit; '' for none"),
  costMacro: foreignMacroField,
  currency: currencyField.describe("Of the price, ISO 4217; on creation the workspace's unless told"),
  tokens: z.array(tokenField).max(TOKENS_MAX),
  template: z.string().max(TEMPLATE_CHARS_MAX).describe("Name of the catalogue's template; '' for none"),
  timeZone: z
    .union([z.literal(''), timeZoneField])
    .describe("Where the source's own days begin; '' for the workspace's"),
  trafficLossPercent: z
    .number()
    .min(0)
    .max(TRAFFIC_LOSS_PERCENT_MAX)
    .describe('Share of the billed visits that never arrive: raises the cost of those that do'),
}

const createBody = z.strictObject({
  ...fields,
  externalIdParam: fields.externalIdParam.default(''),
  externalIdMacro: fields.externalIdMacro.default(''),
  costParam: fields.costParam.default(''),
  costMacro: fields.costMacro.default(''),
  currency: fields.currency.default(CURRENCY_OF_WORKSPACE),
  tokens: fields.tokens.default([]),
  template: fields.template.default(''),
  timeZone: fields.timeZone.default(''),
  trafficLossPercent: fields.trafficLossPercent.default(0),
})

export const trafficSourceSchema = z
  .object({
    ...ownedFields,
    name: z.string(),
    externalIdParam: z.string(),
    externalIdMacro: z.string(),
    costParam: z.string(),
    costMacro: z.string(),
    currency: z.string(),
    tokens: z.array(z.object({ name: z.string(), param: z.string(), macro: z.string() })),
    template: z.string(),
    timeZone: z.string(),
    trafficLossPercent: z.number(),
  })
  .meta({ id: 'TrafficSource' })

export function trafficSourceRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<TrafficSource, TrafficSourceFields>(app, deps, {
    path: 'traffic-sources',
    what: 'traffic source',
    createBody,
    updateBody: z.strictObject(fields).partial(),
    itemSchema: trafficSourceSchema,
    create: createTrafficSource,
    update: updateTrafficSource,
    archive: archiveTrafficSource,
    restore: restoreTrafficSource,
    get: getTrafficSource,
    list: listTrafficSources,
    complete: withWorkspaceCurrency,
    toViews: async (_db, items) => items.map(toTrafficSourceView),
    check: async (_db, _workspace, source) => checkTrafficSource(source),
  })
}

export function toTrafficSourceView(source: TrafficSource): z.input<typeof trafficSourceSchema> {
  const { name, externalIdParam, externalIdMacro, costParam, costMacro, currency } = source
  return {
    ...toOwnedView(source),
    name,
    externalIdParam,
    externalIdMacro,
    costParam,
    costMacro,
    currency,
    tokens: source.tokens.map((token) => ({ ...token })),
    template: source.template,
    timeZone: source.timeZone,
    trafficLossPercent: source.trafficLossPercent,
  }
}

/** Two parameters of one name hide each other in the link, and two tokens of one name in macros and reports. */
export function checkTrafficSource({ externalIdParam, costParam, tokens }: TrafficSourceFields): void {
  const params = new Set([externalIdParam, costParam].filter((param) => param !== ''))
  const names = new Set<string>()
  const errors: FieldError[] = []
  if (externalIdParam !== '' && externalIdParam === costParam) {
    errors.push({ field: 'costParam', message: `"${costParam}" carries the external id already` })
  }
  for (const [index, { name, param }] of tokens.entries()) {
    if (params.has(param)) {
      errors.push({ field: `tokens.${index}.param`, message: `"${param}" is used already` })
    }
    if (names.has(name.toLowerCase())) {
      errors.push({ field: `tokens.${index}.name`, message: `there is a token "${name}" already` })
    }
    params.add(param)
    names.add(name.toLowerCase())
  }
  if (errors.length > 0) throw invalidFields(errors)
}
