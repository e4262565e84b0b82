import { withClickIdParam } from '../../src/domain/click-id-param.ts'
import { explainUrl } from '../../src/domain/explain-url.ts'
import {
  type ExplainedUrl,
  isIncoming,
  type UrlContext,
  type UrlFinding,
  type UrlPart,
  type UrlPurpose,
} from '../../src/domain/explain-url-types.ts'
import { AFFILIATE_ALIASES } from '../../src/domain/macro-aliases.ts'
import { sampleValueOf } from '../../src/domain/macro-meanings.ts'
import { compileTemplate, renderTemplate } from '../../src/domain/macros.ts'

/** What a macro is about, which is also its colour. */
export type MacroKind = 'id' | 'money' | 'result' | 'passed' | 'name' | 'visitor' | 'theirs' | 'unknown'

const KINDS: readonly (readonly [MacroKind, RegExp])[] = [
  ['id', /^(?:clickid|externalid|conversionid|txid|lander\.key)$/],
  ['money', /^(?:payout|revenue|cost|currency)$/],
  ['result', /^(?:event|status|datetime|timestamp|click\.datetime)$/],
  ['passed', /^(?:sub\d+|p\d+|token\..+)$/],
  ['name', /^(?:campaign|source|offer|network|lander|affiliate|advertiser)\./],
]

/** @param purpose of the URL: in one that others call, theirs are the macros that stand there. */
export function kindOfPart({ kind, name }: UrlPart, purpose: UrlPurpose): MacroKind {
  if (kind === 'foreign') return isIncoming(purpose) ? 'theirs' : 'unknown'
  return kindOfMacro(name)
}

/** @param name canonical. */
export function kindOfMacro(name: string): MacroKind {
  return KINDS.find(([, names]) => names.test(name))?.[0] ?? 'visitor'
}

/**
 * What a form knows of a URL without asking: its macros, and everything that is wrong with its text. Whether the
 * address may be called, and whose URL it looks like, the API knows.
 */
export function readUrl(text: string, purpose: UrlPurpose): ExplainedUrl {
  const host = URL.parse(text.trim())?.hostname ?? ''
  const context: UrlContext = {
    purpose,
    publicUrl: text.startsWith('http:') ? 'http:' : '',
    // Of what is called at our own host the form shows only what the API has made.
    ownHosts: isIncoming(purpose) ? [host] : [],
    pageUrl: '',
    refusal: () => '',
    placeholders: () => [],
    party: undefined,
    looksLike: [],
  }
  return explainUrl(text, context)
}

type Filling = {
  readonly purpose: UrlPurpose
  /** Parameter that is added for the network with our click id; '' for none. */
  readonly clickIdParam: string
  /** What others may write in the place of their macros, by macro. */
  readonly samples: Readonly<Record<string, string>>
}

/** The URL as it may look when it is called; undefined where nothing in it is filled in. */
export function fillIn(text: string, parts: readonly UrlPart[], filling: Filling): string | undefined {
  const { purpose, clickIdParam, samples } = filling
  const whole = withClickIdParam(text.trim(), clickIdParam)
  if (whole === text.trim() && parts.every(({ kind }) => kind === 'literal')) return undefined
  if (isIncoming(purpose)) {
    return parts
      .map((part) => samples[text.slice(part.start, part.end)] ?? text.slice(part.start, part.end))
      .join('')
  }
  const compiled = compileTemplate(
    whole,
    purpose === 'affiliate_target' ? { aliases: AFFILIATE_ALIASES } : {},
  )
  if (!compiled.ok) return undefined
  const { template } = compiled
  const values = Object.fromEntries(template.macros.map((name) => [name, sampleValueOf(name, purpose)]))
  return renderTemplate(template, values)
}

/** The text with a finding mended; undefined where only its author can know what belongs there. */
export function mend(text: string, { code, start, end, suggestion }: UrlFinding): string | undefined {
  if (end > start) {
    const removes = suggestion === '' && REMOVABLE.has(code)
    return suggestion === '' && !removes ? undefined : text.slice(0, start) + suggestion + text.slice(end)
  }
  if (code === 'no_scheme') return suggestion + text.trimStart()
  return suggestion.includes('=') ? appended(text, suggestion) : undefined
}

/** What is mended by taking it away. */
const REMOVABLE: ReadonlySet<string> = new Set([
  'invisible_character',
  'stray_quote',
  'control_character',
  'outer_space',
])

function appended(text: string, pair: string): string {
  const joint = !text.includes('?') ? '?' : /[?&]$/.test(text) ? '' : '&'
  return text + joint + pair
}
