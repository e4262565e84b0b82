import { LIMITS } from '../domain/limits.ts'
import { exchangeMicros, parseAmount, toDecimalString } from '../domain/money.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import { jsonField, jsonString } from './json-text.ts'
import { cutText, type Query } from './query.ts'
import type { IndexedCampaign, ParamRole, VisitCost } from './snapshot-index.ts'

/** What a visit's query says, mapped by its campaign's traffic source. */
export type VisitParams = {
  /** By macro name: externalid, cost, sub1…, token.NAME. Absent when empty. */
  readonly values: Readonly<Record<string, string>>
  /** `,"external_id":…,"sub1":…,"tokens":{…},"params":{…}`, without what is empty. */
  readonly json: string
  /** In the workspace's currency, as the ledger takes it; '' when the visit cost nothing known. */
  readonly cost: string
}

/**
 * Maps a visit's parameters. A value that its sender left as a macro counts as absent; of a repeated parameter
 * the first value counts.
 */
export function readVisitParams(query: Query, indexed: IndexedCampaign): VisitParams {
  const values: Record<string, string> = Object.create(null)
  const seen: string[] = []
  let fields = ''
  let tokens = ''
  let params = ''
  for (let index = 0; index < query.names.length; index += 1) {
    const name = query.names[index] ?? ''
    const value = query.values[index] ?? ''
    if (value === '' || isUnfilledMacro(value) || seen.includes(name)) continue
    seen.push(name)
    const role = indexed.roles.get(name)
    if (role === undefined) {
      params += `,${jsonString(name)}:${jsonString(value)}`
    } else {
      const kept = keepValue(role, value, values)
      if (role.type === 'token') tokens += kept
      else fields += kept
    }
  }
  const cost = costOf(indexed.cost, values.cost ?? '')
  values.cost = cost
  if (tokens !== '') fields += `,"tokens":{${tokens.slice(1)}}`
  if (params !== '') fields += `,"params":{${params.slice(1)}}`
  return { values, json: fields, cost }
}

/** @returns the value's piece of the row; '' when another parameter has filled its place. */
function keepValue(role: ParamRole, value: string, values: Record<string, string>): string {
  switch (role.type) {
    case 'external_id':
      values.externalid = cutText(value, LIMITS.externalIdCharsMax)
      return jsonField('external_id', values.externalid)
    case 'sub':
      values[role.name] = value
      return jsonField(role.name, value)
    case 'cost':
      values.cost = value
      return ''
    case 'token': {
      const macro = `token.${role.name}`
      if (values[macro] !== undefined) return ''
      values[macro] = value
      return `,${jsonString(role.name)}:${jsonString(value)}`
    }
  }
}

/** An amount that cannot be read is none: the visit counts, and its cost can be corrected later. */
function costOf(cost: VisitCost, text: string): string {
  if (cost.type === 'none') return ''
  if (cost.type === 'fixed') return cost.amount
  const parsed = parseAmount(text)
  if (!parsed.ok || parsed.micros < 0) return ''
  const micros = exchangeMicros(parsed.micros, cost.fromMicros, cost.toMicros)
  return micros === undefined ? '' : toDecimalString(micros)
}
