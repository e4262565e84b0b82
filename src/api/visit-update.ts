import { z } from 'zod'
import { updateVisit } from '../conversions/update-visit.ts'
import { LIMITS } from '../domain/limits.ts'
import { formatMicros } from '../domain/money.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import { SUB_NAMES } from '../domain/visit-change.ts'
import { parseVisitChange } from '../domain/visit-values.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { amountField } from './fields.ts'
import { hitAnswerSchema, toHitAnswerView } from './hit-answer-view.ts'
import { notFound } from './problem.ts'

const KEY_CHARS_MAX = 200
/** LIMITS.amountMicrosMax, in whole units. */
const NUMBER_MAX = 1_000_000_000

/** The wire says nothing by these, so a visit can not be given them. */
const valueField = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .refine((text) => text.trim() !== '' && !isUnfilledMacro(text.trim()), 'is empty or an unfilled macro')

const nameField = z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits and _ . -')
const paramNameField = z
  .string()
  .min(1)
  .max(LIMITS.paramNameCharsMax)
  .refine(isFreeName, 'has a meaning of its own in an update: use another name')

const numberField = z.union([
  amountField.transform(formatMicros),
  z.int().min(-NUMBER_MAX).max(NUMBER_MAX).transform(String),
])

const mapOf = <Value extends z.ZodType>(name: z.ZodString, value: Value) =>
  z
    .record(name, value)
    .refine(hasFewNames, `has more than ${LIMITS.paramsMax} names`)
    .refine(hasNamesOnce, 'has a name twice, in another case')

const textField = valueField(LIMITS.paramValueCharsMax)

const fields = z
  .strictObject({
    externalId: valueField(LIMITS.externalIdCharsMax).describe("The traffic source's click id"),
    subs: z.partialRecord(z.enum(SUB_NAMES), textField).describe('sub1…sub10'),
    tokens: mapOf(nameField, textField).describe("The traffic source's named tokens, and others"),
    params: mapOf(paramNameField, textField).describe(
      "Other parameters; one with the name of a source's token sets that",
    ),
    numbers: z
      .strictObject({ set: mapOf(nameField, numberField), add: mapOf(nameField, numberField) })
      .partial()
      .describe('Named numbers of the visit, such as event1 or score: set to a value, or it is added'),
    key: z
      .string()
      .min(1)
      .max(KEY_CHARS_MAX)
      .describe('Yours: sent twice for a visit under the same key it is done once'),
  })
  .partial()

type Update = Omit<z.output<typeof fields>, 'key'>

const body = fields.refine((update) => Object.keys(toParams(update)).length > 0, 'sets nothing')

/** New values for a visit, from a server that has an API key. */
export function visitUpdateRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/visits/:clickId/update', {
    schema: {
      tags: ['visits'],
      summary: 'Set values of a visit; what is not named stays as it is',
      params: z.object({ clickId: z.string().min(1).max(100) }),
      body,
      response: { 200: hitAnswerSchema },
    },
    // Without an entry in the audit log: servers send many, and the hit names who sent it.
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { clickId } = request.params
      const { key = '', ...update } = request.body
      const params = toParams(update)
      const answer = await updateVisit(deps.byHand, { workspace, clickId, params, key, actor })
      if (answer === undefined) throw notFound('visit', clickId)
      return toHitAnswerView(answer)
    },
  })
}

/** As a hit of kind 'update' names them. */
function toParams({ externalId, subs, tokens, params, numbers }: Update): Readonly<Record<string, string>> {
  return {
    ...params,
    ...subs,
    ...(externalId !== undefined && { external_id: externalId }),
    ...prefixed('token.', tokens),
    ...prefixed('number.', numbers?.set),
    ...prefixed('add_number.', numbers?.add),
  }
}

function prefixed(prefix: string, values: Readonly<Record<string, string>> = {}) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]))
}

/** Neither a sub, a token, a number nor a name that addresses the hit. */
function isFreeName(name: string): boolean {
  return parseVisitChange([[name, 'value']], { tokenNames: [], consent: false }).params !== undefined
}

function hasFewNames(values: object): boolean {
  return Object.keys(values).length <= LIMITS.paramsMax
}

/** The wire's names ignore case: the second would be dropped. */
function hasNamesOnce(values: object): boolean {
  const names = Object.keys(values).map((name) => name.toLowerCase())
  return new Set(names).size === names.length
}
