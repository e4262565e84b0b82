import { HIT_PARAM_NAMES, saysConsent } from '../domain/hit-params.ts'
import { LIMITS } from '../domain/limits.ts'
import { maskVisitParam, maySayPerson } from '../domain/mask-visit.ts'
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
  /** The dimensions as they may be kept, where a value says who the visitor is; undefined where none does. */
  readonly kept: Readonly<ParamDimensions> | undefined
  /** `,"external_id":…,"sub1":…,"tokens":{…},"params":{…}`, without what is empty, as it is kept. */
  readonly json: string
  /** In the workspace's currency, as the ledger takes it; '' when the visit cost nothing known. */
  readonly cost: string
  /** `tp_test=1`: everything happens as it would, and nothing is counted. */
  readonly isTest: boolean
}

/** The row's pieces as they grow; tokens and params each begin with a comma that is cut in the end. */
type Draft = {
  readonly dimensions: ParamDimensions
  /** Those that are kept otherwise than they were sent. */
  keptTokens: Record<string, string> | undefined
  readonly seen: string[]
  fieldsJson: string
  tokensJson: string
  paramsJson: string
  costText: string
  isTest: boolean
}

/**
 * Maps a visit's parameters. A value that its sender left as a macro counts as absent; of a repeated parameter
 * the first value counts. What says who the visitor is, is masked wherever it is kept, and goes on in plain where a
 * macro asks for it.
 */
export function readVisitParams(query: Query, link: Pick<TrackingTerms, 'roles' | 'cost'>): VisitParams {
  const draft: Draft = {
    dimensions: {},
    keptTokens: undefined,
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
    const kept = maySayPerson(name, value) ? keptValue(query, { name, value, role }) : value
    if (role === undefined) draft.paramsJson += `,${JSON.stringify(name)}:${JSON.stringify(kept)}`
    else keepValue(draft, role, { value, kept })
  }
  const { dimensions, fieldsJson, tokensJson, paramsJson, isTest } = draft
  const cost = isTest ? '' : visitCost(link.cost, draft.costText)
  if (cost !== '') dimensions.cost = cost
  const tokens = tokensJson === '' ? '' : `,"tokens":{${tokensJson.slice(1)}}`
  const params = paramsJson === '' ? '' : `,"params":{${paramsJson.slice(1)}}`
  return { dimensions, kept: keptDimensions(draft), json: fieldsJson + tokens + params, cost, isTest }
}

function keptDimensions({ dimensions, keptTokens }: Draft): ParamDimensions | undefined {
  return keptTokens && { ...dimensions, tokens: { ...dimensions.tokens, ...keptTokens } }
}

type Param = { readonly name: string; readonly value: string; readonly role: ParamRole | undefined }

/** The external id and sub ids are what their sender knows the visit by, and come back to it as they were sent. */
function keptValue(query: Query, { name, value, role }: Param): string {
  if (role?.type === 'external_id' || role?.type === 'sub') return value
  return maskVisitParam(name, value, { consent: hasConsent(query), isMapped: role !== undefined })
}

/** As a hit says it (HitFields.consent). */
function hasConsent({ names, values }: Query): boolean {
  const at = names.findIndex((name) => HIT_PARAM_NAMES.consent.includes(name.toLowerCase()))
  return saysConsent(values[at] ?? '')
}

type Sent = { readonly value: string; readonly kept: string }

function keepValue(draft: Draft, role: ParamRole, { value, kept }: Sent): void {
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
      draft.tokensJson += `,${JSON.stringify(role.name)}:${JSON.stringify(kept)}`
      if (kept !== value) draft.keptTokens = { ...draft.keptTokens, [role.name]: kept }
    }
  }
}
