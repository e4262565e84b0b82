import type { UrlToken } from './explain-url-tokens.ts'
import { finding, isIncoming, type UrlContext, type UrlFinding, type UrlPart } from './explain-url-types.ts'
import { AFFILIATE_ALIASES, MACRO_ALIASES } from './macro-aliases.ts'
import { meaningOfMacro } from './macro-meanings.ts'
import { canonicalMacroName } from './macro-names.ts'
import { compileTemplate, type TemplateOptions } from './macros.ts'
import { nearestName } from './nearest-name.ts'

type ExplainedToken = { readonly part: UrlPart; readonly findings: readonly UrlFinding[] }

/** What a token is, to whoever fills it, and what is wrong with it. */
export function explainToken(token: UrlToken, context: UrlContext): ExplainedToken {
  return isIncoming(context.purpose) ? explainTheirs(token, context) : explainOurs(token, context)
}

function explainOurs(token: UrlToken, { purpose }: UrlContext): ExplainedToken {
  const options: TemplateOptions = purpose === 'affiliate_target' ? { aliases: AFFILIATE_ALIASES } : {}
  const compiled = compileTemplate(token.text, options)
  if (!compiled.ok) {
    const { unknown, suggestion, reason } = compiled
    const code = unknown.length > 0 ? 'unknown_macro' : 'bad_macro'
    const wrong = { message: toSentence(reason), suggestion: suggestion === '' ? '' : `{${suggestion}}` }
    return { part: foreignPart(token, 'nobody fills it'), findings: [finding('error', code, token, wrong)] }
  }
  const [slot] = compiled.template.slots
  if (slot === undefined) return explainUnfilled(token)
  const known = meaningOfMacro(slot.name, purpose)
  const { meaning, sample } = known ?? { meaning: 'always empty here', sample: '' }
  const part: UrlPart = {
    kind: 'macro',
    start: token.start,
    end: token.end,
    name: slot.name,
    meaning,
    sample,
  }
  return { part, findings: isOwnName(token, slot.name) ? [] : [renamed(token, slot.name)] }
}

function isOwnName({ name, text }: UrlToken, canonical: string): boolean {
  return text.startsWith('{') && name.toLowerCase() === canonical.toLowerCase()
}

function renamed(token: UrlToken, canonical: string): UrlFinding {
  if (canonical === '') {
    const message = `${token.text} is known from other systems; nobody has a value for it here, so it is empty.`
    return finding('warning', 'empty_macro', token, { message })
  }
  const message = `${token.text} is another system's name for {${canonical}}, and works as well.`
  return finding('info', 'alias', token, { message, suggestion: `{${canonical}}` })
}

/** Marks of a traffic source: we leave it as it is, and no source sees this URL. */
function explainUnfilled(token: UrlToken): ExplainedToken {
  const canonical = resolve(token.name)
  const part = foreignPart(token, 'nobody fills it')
  if (canonical === undefined) {
    const nearest = nearestName(token.name, [...MACROS_BY_NAME.keys()])
    const suggestion = nearest === undefined ? '' : `{${MACROS_BY_NAME.get(nearest) ?? nearest}}`
    const message = `${token.text} is sent as it is: neither we nor the receiver fill it here.`
    return { part, findings: [finding('warning', 'nobody_fills', token, { message, suggestion })] }
  }
  const message = `${token.text} is sent as it is: our macros stand in single braces.`
  const wrong = { message, suggestion: `{${canonical}}` }
  return { part, findings: [finding('error', 'other_brackets', token, wrong)] }
}

/** Name or alias → what it means, for suggestions. */
const MACROS_BY_NAME: ReadonlyMap<string, string> = new Map(
  [...MACRO_ALIASES].flatMap(([alias, name]) => [[alias, name] as const, [name, name] as const]),
)

function resolve(name: string): string | undefined {
  return canonicalMacroName(name) ?? MACRO_ALIASES.get(name.toLowerCase())
}

function explainTheirs(token: UrlToken, { party }: UrlContext): ExplainedToken {
  const part = foreignPart(token, party === undefined ? 'filled by the sender' : `filled by ${party.name}`)
  if (party === undefined || party.macros.length === 0) return { part, findings: [] }
  // Several may stand in one value: {offer}_{goal}.
  if (party.macros.some((macro) => macro.includes(token.text))) return { part, findings: [] }
  const nearest = nearestName(token.text, party.macros) ?? ''
  const message = `${party.name} is not known to fill ${token.text}.`
  return { part, findings: [finding('warning', 'not_their_macro', token, { message, suggestion: nearest })] }
}

function foreignPart({ start, end, name }: UrlToken, meaning: string): UrlPart {
  return { kind: 'foreign', start, end, name, meaning, sample: '' }
}

/** A question has its own end. */
function toSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith('?') ? '' : '.')
}
