import { isControlParam } from './hit-params.ts'
import { LIMITS } from './limits.ts'
import { maskVisitParam } from './mask-visit.ts'
import { parseAmount } from './money.ts'
import { isUnfilledMacro } from './unfilled-macro.ts'
import type { VisitChange } from './visit-change.ts'

type Params = readonly (readonly [name: string, value: string])[]

/** A named number of a visit is set to a value, or a value is added to it. */
export type NumberChange = {
  readonly name: string
  readonly mode: 'set' | 'add'
  /** Millionths; may be negative. */
  readonly micros: number
}

export type ParsedNumbers = {
  readonly numbers: readonly NumberChange[]
  /** What is wrong with the first that is no number; '' when all are. */
  readonly problem: string
}

/** event1…event30, as Binom names them, and names of the user's own. `add_` in front adds instead of setting. */
const NUMBER = /^(add_)?(?:(event(?:[1-9]|[12]\d|30))|number\.([\w.-]{1,64}))$/i
const TOKEN = /^token\.([\w.-]{1,64})$/i
const SUB = /^sub(?:[1-9]|10)$/

/**
 * The named numbers of a hit, in the order given: `event1=5` or `number.score=5` sets, `add_event1=-2` adds. A number
 * that can not be read is left out and told as the problem.
 */
export function parseNumbers(params: Params): ParsedNumbers {
  const numbers: NumberChange[] = []
  let problem = ''
  const named = params.filter(([name]) => NUMBER.test(name))
  for (const [name, value] of given(named)) {
    const [, add, event, own] = NUMBER.exec(name) ?? []
    const target = event?.toLowerCase() ?? own
    if (target === undefined) continue
    const amount = parseAmount(value)
    if (amount.ok)
      numbers.push({ name: target, mode: add === undefined ? 'set' : 'add', micros: amount.micros })
    else problem ||= `${name} "${value.slice(0, 40)}": ${amount.reason}`
  }
  return { numbers, problem }
}

/**
 * The values that a hit of kind 'update' has for its visit: `external_id`, `sub1`…`sub10`, `token.NAME` and the names
 * of the traffic source's tokens, whatever their case; everything else is kept as a parameter of the visit. Names
 * that address the hit (click id, token, signature) and numbers are left out; so are empty values and unfilled macros.
 * What says who the visitor is is masked as on a tracking link.
 * @param options.consent whether the hit says that the visitor agrees to be named by a hash
 */
export function parseVisitChange(
  params: Params,
  { tokenNames, consent }: { readonly tokenNames: readonly string[]; readonly consent: boolean },
): VisitChange {
  const tokenByLower = new Map(tokenNames.map((name) => [name.toLowerCase(), name]))
  const subs: [string, string][] = []
  const tokens: [string, string][] = []
  const others: [string, string][] = []
  let externalId: string | undefined
  for (const [name, value] of given(params)) {
    const lower = name.toLowerCase()
    const token = TOKEN.exec(name)?.[1] ?? tokenByLower.get(lower)
    if (token !== undefined)
      tokens.push([
        tokenByLower.get(token.toLowerCase()) ?? token,
        maskVisitParam(token, value, { consent, isMapped: true }),
      ])
    else if (SUB.test(lower)) subs.push([lower, value])
    else if (lower === 'external_id') externalId = value.slice(0, LIMITS.externalIdCharsMax)
    else if (!isControlParam(lower) && !NUMBER.test(name))
      others.push([name, maskVisitParam(name, value, { consent, isMapped: false })])
  }
  return {
    ...(externalId !== undefined && { externalId }),
    ...(subs.length > 0 && { subs: Object.fromEntries(subs) }),
    ...(tokens.length > 0 && { tokens: Object.fromEntries(tokens) }),
    ...(others.length > 0 && { params: Object.fromEntries(others) }),
  }
}

/** Each name once, its first value, without those that say nothing. */
function given(params: Params): Params {
  const seen = new Set<string>()
  return params.filter(([name, value]) => {
    const lower = name.toLowerCase()
    if (value.trim() === '' || isUnfilledMacro(value.trim()) || seen.has(lower)) return false
    seen.add(lower)
    return true
  })
}
