import { z } from 'zod'
import { checkCondition } from '../domain/check-condition.ts'
import {
  CONDITION_FIELDS,
  CONDITION_OPERATORS,
  type Condition,
  FLOW_LIMITS,
  type Flow,
  OPTIMIZATION_METRICS,
  STICKY_LEVELS,
} from '../domain/flow.ts'
import { findNeverMatching } from '../domain/never-matching.ts'
import { newId } from '../store/ids.ts'
import { compileRegex } from './compile-regex.ts'

const WEIGHT_MAX = 1_000_000
const ID_CHARS_MAX = 64
const NAME_CHARS_MAX = 200
const FLOOR_PERCENT_MAX = 50
const WINDOW_DAYS_MAX = 90
export const CONDITION_HELP =
  'A condition: {all: [conditions]}, {any: [conditions]}, or a test {field, operator, values}. ' +
  `Fields: ${CONDITION_FIELDS.join(', ')}, token:NAME, param:NAME. Operators: ${CONDITION_OPERATORS.join(', ')}.`
const OPTIMIZATION_LEVELS = ['paths', 'landers', 'offers'] as const

const weightField = z
  .number()
  .min(0)
  .max(WEIGHT_MAX)
  .describe('Share among its neighbours; 0 is never chosen')
const refField = z.strictObject({
  id: z.string().min(1, 'must be chosen').max(ID_CHARS_MAX),
  weight: weightField.default(1),
})
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

/** Checked by the domain: OpenAPI's generators of types stumble over a schema that contains itself. */
export const conditionField = z
  .unknown()
  .superRefine((value, context) => {
    for (const { path, message } of checkCondition(value, '', { compileRegex })) {
      context.addIssue({ code: 'custom', path: path === '' ? [] : path.split('.'), message })
    }
  })
  .transform((value) => value as Condition) // checkCondition found nothing wrong with it
  .describe(CONDITION_HELP)

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
      when: z.unknown().describe(CONDITION_HELP),
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
  warnings: z
    .array(z.object({ ruleId: z.string(), reason: z.string() }))
    .describe('Enabled rules that no visitor can ever match, with why'),
}

export function toFlowView(flow: Flow) {
  const toPaths = (paths: Flow['paths']) =>
    paths.map((path) => ({ ...path, landers: [...path.landers], offers: [...path.offers] }))
  return {
    rules: flow.rules.map((rule) => ({ ...rule, paths: toPaths(rule.paths) })),
    paths: toPaths(flow.paths),
    sticky: flow.sticky,
    warnings: [...findNeverMatching(flow.rules)],
  }
}
