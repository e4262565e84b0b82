import { LIMITS } from '../domain/limits.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import { jsonField } from './json-text.ts'
import { cutText, type Query } from './query.ts'
import type { ParamRole, SubName, TrackingTerms } from './snapshot-index.ts'
import { visitCost } from './visit-cost.ts'

/** The columns of a visit's row that its query fills and macros name; absent when empty. */
type ParamDimensions = { -readonly [Name in 'external_id' | SubName]?: string } & {
  tokens?: Record<string, string>
  cost?: string
}

/** What a visit's query says, mapped as its link has it. */
export type VisitParams = {
  readonly dimensions: Readonly<ParamDimensions>
  /** `,"external_id":…,"sub1":…,"tokens":{…},"params":{…}`, without what is empty. */
  readonly json: string
  /** In the workspace's currency, as the ledger takes it; '' when the visit cost nothing known. */
  readonly cost: string
  /** `tp_test=1`: everything happens as it would, and nothing is counted. */
  readonly isTest: boolean
}

/** The row's pieces as they grow; tokens and params each begin with a comma that is cut in the end. */
type Draft = {
  readonly dimensions: ParamDimensions
  readonly seen: string[]
  fieldsJson: string
  tokensJson: string
  paramsJson: string
  costText: string
  isTest: boolean
}

/**
 * Maps a visit's parameters. A value that its sender left as a macro counts as absent; of a repeated parameter
 * the first value counts.
 */
export function readVisitParams(query: Query, link: Pick<TrackingTerms, 'roles' | 'cost'>): VisitParams {
  const draft: Draft = {
    dimensions: {},
    seen: [],
    fieldsJson: '',
    tokensJson: '',
    paramsJson: '',
    costText: '',
    isTest: false,
  }
  for (let index = 0; index < query.names.length; index += 1) {
    const name = query.names[index] ?? ''
    const value = query.values[index] ?? ''
    if (value === '' || draft.seen.includes(name) || isUnfilledMacro(value)) continue
    draft.seen.push(name)
    const role = link.roles.get(name)
    if (role === undefined) draft.paramsJson += `,${JSON.stringify(name)}:${JSON.stringify(value)}`
    else keepValue(draft, role, value)
  }
  const { dimensions, fieldsJson, tokensJson, paramsJson, isTest } = draft
  const cost = isTest ? '' : visitCost(link.cost, draft.costText)
  if (cost !== '') dimensions.cost = cost
  const tokens = tokensJson === '' ? '' : `,"tokens":{${tokensJson.slice(1)}}`
  const params = paramsJson === '' ? '' : `,"params":{${paramsJson.slice(1)}}`
  return { dimensions, json: fieldsJson + tokens + params, cost, isTest }
}

function keepValue(draft: Draft, role: ParamRole, value: string): void {
  const { dimensions } = draft
  switch (role.type) {
    case 'external_id':
      dimensions.external_id = cutText(value, LIMITS.externalIdCharsMax)
      draft.fieldsJson += jsonField('external_id', dimensions.external_id)
      return
    case 'sub':
      dimensions[role.name] = value
      draft.fieldsJson += jsonField(role.name, value)
      return
    case 'cost':
      draft.costText = value
      return
    case 'test':
      draft.isTest = value === '1'
      return
    case 'token': {
      // Two parameters may be mapped to one token: the first that is filled counts.
      dimensions.tokens ??= {}
      if (Object.hasOwn(dimensions.tokens, role.name)) return
      dimensions.tokens[role.name] = value
      draft.tokensJson += `,${JSON.stringify(role.name)}:${JSON.stringify(value)}`
    }
  }
}
