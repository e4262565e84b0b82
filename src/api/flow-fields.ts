import { z } from 'zod'
import {
  CONDITION_OPERATORS,
  type Condition,
  FLOW_LIMITS,
  type Flow,
  OPTIMIZATION_METRICS,
  STICKY_LEVELS,
} from '../domain/flow.ts'
import { newId } from '../store/ids.ts'

const WEIGHT_MAX = 1_000_000
const ID_CHARS_MAX = 64
const NAME_CHARS_MAX = 200
const FLOOR_PERCENT_MAX = 50
const WINDOW_DAYS_MAX = 90
const OPTIMIZATION_LEVELS = ['paths', 'landers', 'offers'] as const

const weightField = z
  .number()
  .min(0)
  .max(WEIGHT_MAX)
  .describe('Share among its neighbours; 0 is never chosen')
const refField = z.strictObject({ id: z.string().min(1).max(ID_CHARS_MAX), weight: weightField.default(1) })
const keptIdField = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, - and _')
  .optional()
  .describe('Keep it when changing it: visitors stay on theirs')
const nameField = z.string().trim().max(NAME_CHARS_MAX)

const pathField = z
  .strictObject({
    id: keptIdField,
    name: nameField.optional(),
    weight: weightField.default(1),
    landers: z
      .array(refField)
      .max(FLOW_LIMITS.refsMax)
      .default([])
      .describe('None: visitors go directly to the offer'),
    offers: z.array(refField).min(1, 'needs an offer').max(FLOW_LIMITS.refsMax),
  })
  .transform(({ id, name, ...path }) => ({ id: id ?? newId(), ...(name !== undefined && { name }), ...path }))
const pathsField = z.array(pathField).max(FLOW_LIMITS.pathsMax)

const testField = z.strictObject({
  field: z
    .string()
    .min(1)
    .max(ID_CHARS_MAX + 'token:'.length),
  operator: z.enum(CONDITION_OPERATORS),
  values: z.array(z.string().max(FLOW_LIMITS.valueCharsMax)).min(1).max(FLOW_LIMITS.valuesMax),
})
const conditionField: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      z.strictObject({ all: z.array(conditionField) }),
      z.strictObject({ any: z.array(conditionField) }),
      testField,
    ]),
  )
  .meta({ id: 'Condition' }) as z.ZodType<Condition> // the names of fields are checked where flows are

const ruleField = z
  .strictObject({
    id: keptIdField,
    name: nameField.default(''),
    enabled: z.boolean().default(true),
    when: conditionField,
    paths: pathsField.describe('None: matching visitors go to the fallback'),
  })
  .transform(({ id, ...rule }) => ({ id: id ?? newId(), ...rule }))

const optimizationField = z.strictObject({
  level: z.enum(OPTIMIZATION_LEVELS),
  metric: z.enum(OPTIMIZATION_METRICS),
  floorPercent: z.number().min(0).max(FLOOR_PERCENT_MAX).describe('Least share of each'),
  windowDays: z.int().min(1).max(WINDOW_DAYS_MAX),
})

/** What a campaign's own flow and a shared flow have in common. */
export const flowFields = {
  rules: z.array(ruleField).max(FLOW_LIMITS.rulesMax),
  paths: pathsField,
  sticky: z.enum(STICKY_LEVELS).describe('How much of the way a returning visitor keeps'),
  optimization: optimizationField.nullable().describe('Weights by Thompson sampling; null: as they are set'),
}

export const flowDefaults = {
  rules: flowFields.rules.default([]),
  paths: flowFields.paths.default([]),
  sticky: flowFields.sticky.default('none'),
  optimization: flowFields.optimization.default(null),
}

const refsSchema = z.array(z.object({ id: z.string(), weight: z.number() }))
const pathsSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string().optional(),
    weight: z.number(),
    landers: refsSchema,
    offers: refsSchema,
  }),
)

export const flowViewFields = {
  rules: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      enabled: z.boolean(),
      when: z.unknown().describe('{all: […]}, {any: […]} or {field, operator, values}'),
      paths: pathsSchema,
    }),
  ),
  paths: pathsSchema,
  sticky: z.enum(STICKY_LEVELS),
  optimization: z
    .object({
      level: z.enum(OPTIMIZATION_LEVELS),
      metric: z.enum(OPTIMIZATION_METRICS),
      floorPercent: z.number(),
      windowDays: z.int(),
    })
    .nullable(),
}

export function toFlowView(flow: Flow) {
  const toPaths = (paths: Flow['paths']) =>
    paths.map((path) => ({ ...path, landers: [...path.landers], offers: [...path.offers] }))
  return {
    rules: flow.rules.map((rule) => ({ ...rule, paths: toPaths(rule.paths) })),
    paths: toPaths(flow.paths),
    sticky: flow.sticky,
  }
}
