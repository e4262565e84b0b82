import { explainToken } from './explain-url-macros.ts'
import { readParams, type UrlParam } from './explain-url-params.ts'
import { findTokens } from './explain-url-tokens.ts'
import { finding, type UrlContext, type UrlFinding, type UrlPart, WHOLE_URL } from './explain-url-types.ts'
import { HIT_PARAM_NAMES } from './hit-params.ts'

/** Findings that the template of the sender knows a better answer to than our own words for its macros. */
const ANSWERED: ReadonlyMap<string, string> = new Map([
  ['missing_click_id', 'cid'],
  ['missing_payout', 'payout'],
  ['missing_status', 'status'],
  ['missing_txid', 'txid'],
])

type Keyed = UrlParam & { readonly key: string }
type Compared = {
  readonly name: string
  readonly params: readonly Keyed[]
  readonly parts: readonly UrlPart[]
}

/**
 * The findings, and in which parameters the URL is not that of the catalogue which it looks like. Several entries that
 * it looks like are only named: nobody can tell which of them is meant.
 */
export function compareWithTemplate(
  text: string,
  { findings, parts }: { readonly findings: readonly UrlFinding[]; readonly parts: readonly UrlPart[] },
  context: UrlContext,
): readonly UrlFinding[] {
  const { looksLike, purpose } = context
  const [known, ...others] = looksLike
  if (known === undefined) return findings
  const names = looksLike.map(({ name }) => name).join(' or ')
  const isKnown = { message: `It looks like the URL of ${names} in the catalogue.` }
  const named = finding('info', 'known_template', WHOLE_URL, isKnown)
  // What a visitor is sent to us by has no template.
  if (others.length > 0 || purpose === 'link') return [...findings, named]
  const own = { name: known.name, params: keyed(readParams(text, parts), context), parts }
  const template = nearest(
    own,
    known.urls.map((url) => readTemplate(known.name, url, context)),
  )
  if (template === undefined) return [...findings, named]
  const missing = missingOf(own, template)
  const answered = findings.map((each) => answer(each, missing, context))
  const asked = new Set(findings.map(({ code }) => ANSWERED.get(code)))
  const found = [
    ...missing
      .filter((param) => !(isHit(context) && asked.has(param.key)))
      .map((param) => toMissing(param, template, context)),
    ...differing(own, template, context),
  ]
  const isWhole = missing.length === 0 && found.length === 0
  const whole = { message: `It is the URL of ${known.name} in the catalogue: no parameter is missing.` }
  return [...answered, isWhole ? finding('info', 'known_template', WHOLE_URL, whole) : named, ...found]
}

function readTemplate(name: string, url: string, context: UrlContext): Compared {
  const parts = findTokens(url).map((token) => explainToken(token, context).part)
  return { name, parts, params: keyed(readParams(url, parts), context) }
}

/** The one with the most parameters in common, and of two the one with fewer others. */
function nearest(own: Compared, templates: readonly Compared[]): Compared | undefined {
  const ranked = templates.map((template) => {
    const missing = missingOf(own, template).length
    return { template, missing, common: template.params.length - missing }
  })
  const [best] = ranked.toSorted((a, b) => b.common - a.common || a.missing - b.missing)
  return best?.common === 0 ? undefined : best?.template
}

function missingOf(own: Compared, template: Compared): readonly Keyed[] {
  const keys = new Set(own.params.map(({ key }) => key))
  return template.params.filter((param) => !keys.has(param.key))
}

/** Several names of a hit's parameter are one; what somebody else reads has one name. */
function keyed(params: readonly UrlParam[], context: UrlContext): readonly Keyed[] {
  return params.map((param) => {
    const lower = param.name.toLowerCase()
    return { ...param, key: isHit(context) ? (KEYS.get(lower) ?? lower) : lower }
  })
}

const KEYS = new Map(
  Object.entries(HIT_PARAM_NAMES).flatMap(([key, names]) => names.map((name) => [name, key] as const)),
)

function isHit({ purpose }: UrlContext): boolean {
  return purpose === 'postback' || purpose === 'pixel'
}

function answer(each: UrlFinding, missing: readonly Keyed[], context: UrlContext): UrlFinding {
  const key = ANSWERED.get(each.code)
  const param = missing.find((candidate) => candidate.key === key)
  if (param === undefined || !isHit(context)) return each
  return { ...each, suggestion: `${param.name}=${param.value}` }
}

function toMissing(param: Keyed, template: Compared, context: UrlContext): UrlFinding {
  const pair = `${param.name}=${param.value}`
  // What the user must find out first is nothing to add by one press.
  const suggestion = context.placeholders(param.value).length > 0 ? '' : pair
  const message = `The URL of ${template.name} in the catalogue also has ${pair}.`
  return finding('info', 'template_param_missing', WHOLE_URL, { message, suggestion })
}

/** Values whose macros are others; what is no macro in the template is the user's to choose. */
function differing(own: Compared, template: Compared, context: UrlContext): readonly UrlFinding[] {
  return own.params.flatMap((param) => {
    const theirs = template.params.filter((candidate) => candidate.key === param.key)
    const [wanted] = theirs
    if (wanted === undefined || macrosIn(wanted, template).length === 0) return []
    if (context.placeholders(wanted.value).length > 0) return []
    const mine = macrosIn(param, own).join(' ')
    if (theirs.some((candidate) => macrosIn(candidate, template).join(' ') === mine)) return []
    const start = param.end + 1
    const where = { start, end: start + param.value.length }
    const message = `In the URL of ${template.name} in the catalogue, ${wanted.name} is ${wanted.value}.`
    // A parameter without a value has no place for one.
    const suggestion = param.value === '' ? '' : wanted.value
    return [
      finding('info', 'template_param_differs', param.value === '' ? param : where, { message, suggestion }),
    ]
  })
}

function macrosIn({ end, value }: UrlParam, { parts }: Compared): readonly string[] {
  const until = end + 1 + value.length
  return parts
    .filter((part) => part.kind !== 'literal' && part.start > end && part.end <= until)
    .map(({ name }) => name)
}
