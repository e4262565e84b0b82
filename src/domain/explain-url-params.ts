import { withoutTokens } from './explain-url-tokens.ts'
import { finding, type UrlContext, type UrlFinding, type UrlPart, WHOLE_URL } from './explain-url-types.ts'
import { HIT_PARAM_NAMES } from './hit-params.ts'
import { nearestName } from './nearest-name.ts'

export type UrlParam = {
  readonly name: string
  readonly value: string
  /** Of the name; the value begins behind its equals sign. */
  readonly start: number
  readonly end: number
}

/** What is missing, doubled or wrong among the parameters, for what the URL is for. */
export function explainParams(
  text: string,
  parts: readonly UrlPart[],
  context: UrlContext,
): readonly UrlFinding[] {
  const params = readParams(text, parts)
  const found = [...repeated(params)]
  if (context.purpose === 'postback' || context.purpose === 'pixel')
    found.push(...hitFindings(params, context))
  else if (context.purpose !== 'link') found.push(...macroFindings(parts, context))
  return found
}

/** The parameters of the query. A `?` or `#` of a macro, as in `#s2#`, ends nothing. */
export function readParams(text: string, parts: readonly UrlPart[]): readonly UrlParam[] {
  const macros = parts.filter(({ kind }) => kind !== 'literal')
  const plain = withoutTokens(text, macros)
  const query = plain.indexOf('?')
  if (query < 0) return []
  const fragment = plain.slice(query).search('#')
  const end = fragment < 0 ? text.length : query + fragment
  const params: UrlParam[] = []
  let start = query + 1
  for (const pair of text.slice(start, end).split(/[&?]/)) {
    const [name = '', ...value] = pair.split('=')
    if (name !== '') params.push({ name, value: value.join('='), start, end: start + name.length })
    start += pair.length + 1
  }
  return params
}

function repeated(params: readonly UrlParam[]): readonly UrlFinding[] {
  const seen = new Set<string>()
  const found: UrlFinding[] = []
  for (const param of params) {
    const name = param.name.toLowerCase()
    const message = `The parameter ${param.name} stands here a second time: receivers differ in which one they take.`
    if (seen.has(name)) found.push(finding('warning', 'repeated_param', param, { message }))
    seen.add(name)
  }
  return found
}

function hitFindings(params: readonly UrlParam[], context: UrlContext): readonly UrlFinding[] {
  const has = (names: readonly string[]) => params.some(({ name }) => names.includes(name.toLowerCase()))
  const found = [...misspelt(params), ...tokenFindings(params, context)]
  const isClickless = has(HIT_PARAM_NAMES.affiliate) || has(HIT_PARAM_NAMES.coupon)
  if (!has(HIT_PARAM_NAMES.cid) && !isClickless) found.push(missingClickId(context))
  if (!has(HIT_PARAM_NAMES.payout)) {
    const message = "No amount is told, so that every conversion pays the offer's own payout."
    found.push(finding('warning', 'missing_payout', WHOLE_URL, { message, suggestion: 'payout={payout}' }))
  }
  if (!has(HIT_PARAM_NAMES.status)) {
    const message = 'No status is told: every conversion is approved when it comes.'
    found.push(finding('info', 'missing_status', WHOLE_URL, { message, suggestion: 'status={status}' }))
  }
  if (!has(HIT_PARAM_NAMES.txid)) {
    const message = 'No transaction id is told: a second conversion of the same click is taken for the first.'
    found.push(finding('info', 'missing_txid', WHOLE_URL, { message, suggestion: 'txid={transaction_id}' }))
  }
  return found
}

function missingClickId({ purpose }: UrlContext): UrlFinding {
  if (purpose === 'pixel') {
    const message = "No click id is told: the visit is found by the browser's cookie, where there is one."
    return finding('info', 'click_id_by_cookie', WHOLE_URL, { message, suggestion: 'cid={click_id}' })
  }
  const message = 'No parameter carries the click id: no conversion can be matched to its visit.'
  return finding('error', 'missing_click_id', WHOLE_URL, { message, suggestion: 'cid={click_id}' })
}

/** A name that nobody reads, near to one that is missing. */
function misspelt(params: readonly UrlParam[]): readonly UrlFinding[] {
  const known = Object.values(HIT_PARAM_NAMES).flat()
  const isKnown = (name: string) => known.includes(name) || OTHER_PARAMS.test(name)
  return params.flatMap((param) => {
    const name = param.name.toLowerCase()
    if (isKnown(name) || name.length < TYPO_CHARS_MIN) return []
    const nearest = nearestName(name, known)
    if (nearest === undefined) return []
    const message = `${param.name} is no parameter that is read here; it is kept as it is.`
    return [finding('warning', 'unknown_param', param, { message, suggestion: nearest })]
  })
}

/** A shorter name is near to anything. */
const TYPO_CHARS_MIN = 4
const OTHER_PARAMS = /^p(?:aram)?\d+$|_status$|^(?:format|fp|upd_key|email|phone|consent)$/

function tokenFindings(params: readonly UrlParam[], { party }: UrlContext): readonly UrlFinding[] {
  if (party === undefined || party.token === '') return []
  const suggestion = party.isTokenShown ? `token=${encodeURIComponent(party.token)}` : ''
  const given = params.find(({ name }) => HIT_PARAM_NAMES.token.includes(name.toLowerCase()))
  if (given === undefined) {
    const message = `${party.name} has a token, and hits without it are refused.`
    return [finding('error', 'missing_token', WHOLE_URL, { message, suggestion })]
  }
  if (decoded(given.value) === party.token) return []
  const message = `This is not the token of ${party.name}: hits with it are refused.`
  const where = { start: given.start, end: given.end + 1 + given.value.length }
  return [finding('error', 'wrong_token', where, { message, suggestion })]
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Which of our macros the receiver can not do without. */
function macroFindings(parts: readonly UrlPart[], { purpose }: UrlContext): readonly UrlFinding[] {
  const names = new Set(parts.filter(({ kind }) => kind === 'macro').map(({ name }) => name))
  if (purpose === 'offer' || purpose === 'lander')
    return names.has('clickid') ? [] : [visitWithoutId(purpose)]
  const found: UrlFinding[] = []
  const hasId = [...names].some((name) => /^(?:externalid|clickid|conversionid|sub\d+|token\..+)$/.test(name))
  if (!hasId) {
    const message = 'Nothing tells the receiver which of its clicks it was.'
    found.push(finding('warning', 'missing_click_id', WHOLE_URL, { message, suggestion: '{externalid}' }))
  }
  if (!names.has('payout') && !names.has('revenue')) {
    const message = 'The receiver is not told what the conversion pays.'
    found.push(finding('info', 'missing_payout', WHOLE_URL, { message, suggestion: '{payout}' }))
  }
  return found
}

function visitWithoutId(purpose: 'offer' | 'lander'): UrlFinding {
  if (purpose === 'lander') {
    const message = 'The lander is not told the click id; it is found by cookie, where there is one.'
    return finding('info', 'missing_click_id', WHOLE_URL, { message, suggestion: '{clickid}' })
  }
  const message = 'No parameter carries the click id, so that the network can not report a conversion of it.'
  return finding('warning', 'missing_click_id', WHOLE_URL, { message, suggestion: '{clickid}' })
}
