import { type ForeignMacro, parseForeignMacro } from './foreign-macros.ts'
import { equalsAlias, hashAlias, MACRO_ALIASES } from './macro-aliases.ts'
import { encodeForUrl, escapeForJson, keepUrlCharacters, stripControls } from './macro-escape.ts'
import { type MacroStep, parseModifiers } from './macro-modifiers.ts'
import { canonicalMacroName, MACRO_NAMES, type MacroValues } from './macro-names.ts'
import { nearestName } from './nearest-name.ts'

/**
 * Where the rendered text goes, which decides how values are escaped. In markup they are percent-encoded as in a URL:
 * then they are harmless in attributes, in strings of scripts and in URLs alike.
 */
export type TemplateTarget = 'url' | 'json' | 'text' | 'markup'

/** literals[0] slot[0] literals[1] slot[1] … literals[n]: rendering is one concatenation. */
export type Template = {
  readonly text: string
  /** Canonical names, each once. */
  readonly macros: readonly string[]
  readonly literals: readonly string[]
  readonly slots: readonly Slot[]
}

export type Slot = {
  readonly name: string
  /** Not percent-encoded. */
  readonly raw: boolean
  readonly render: (value: string) => string
}

export type CompiledTemplate =
  | { readonly ok: true; readonly template: Template }
  | {
      readonly ok: false
      /** Names that are no macros; empty when something else is wrong. */
      readonly unknown: readonly string[]
      /** The macro that the first unknown name is nearest to; '' for none. */
      readonly suggestion: string
      /** One sentence for the user. */
      readonly reason: string
    }

export type TemplateOptions = {
  /**
   * More names, lower case → what they mean: a canonical name, one with modifiers (`datetime|format:yyyy`), or '' for
   * a value that is always empty. They go before all others.
   */
  readonly aliases?: Readonly<Record<string, string>>
  /** 'url' unless told. */
  readonly target?: TemplateTarget
}

const TEMPLATE_CHARS_MAX = 16_384
const CONTROLS = /\p{Cc}/u
/** Lines and tabs are part of a script. */
const CONTROLS_BUT_LAYOUT = /(?![\t\n\r])\p{Cc}/u
/** In a script, a word in braces may be its own; shorter ones are near to some macro whatever they are. */
const MARKUP_TYPO_CHARS_MIN = 6

/**
 * Everything that looks like a macro. The first two alternatives are syntaxes of traffic sources (`${X}`, `{{x}}`,
 * `{{{x}}}`) which are left alone; then ours, Prosper202's, LinkTrust's and CAKE's.
 */
const URL_MACRO =
  /\$\{[^{}]*\}|\{{2,3}[^{}]*\}{2,3}|\{([^{}]+)\}|(?<!\[)\[\[([\w.]+)\]\](?!\])|\[=(\w+)=\]|(?<!#)#([a-z]\w*)#(?!#)/gi
/** In JSON and in scripts a brace opens a block as well: only a name directly behind it makes a macro. */
const NAMED_MACRO =
  /\$\{[^{}]*\}|\{{2,3}[\w.]*\}{2,3}|\{([a-z_][\w.]*(?:\|[^{}]*)?)\}|(?<!\[)\[\[([\w.]+)\]\](?!\])|\[=(\w+)=\]|(?<!#)#([a-z]\w*)#(?!#)/gi
const MACRO_SYNTAX = { url: URL_MACRO, text: URL_MACRO, json: NAMED_MACRO, markup: NAMED_MACRO } as const
/** `{:x}`, `{$x}`, `{%x%}`: traffic sources' again. */
const FOREIGN_BRACES = /^[:$%]/

/**
 * Compiles a URL, a JSON body or a header with macros (PROTOCOL section 3), once, so that rendering is cheap.
 * An unknown macro or modifier is refused here and never met at run time.
 */
export function compileTemplate(text: string, options: TemplateOptions = {}): CompiledTemplate {
  const target = options.target ?? 'url'
  if (text.length > TEMPLATE_CHARS_MAX) return refused(`longer than ${TEMPLATE_CHARS_MAX} characters`)
  if (hasControls(target, text)) return refused('a control character or line break')
  const builder: Builder = { target, aliases: options.aliases ?? {}, literals: [''], slots: [], unknown: [] }
  let problem = ''
  let end = 0
  for (const match of text.matchAll(MACRO_SYNTAX[target])) {
    addLiteral(builder, text.slice(end, match.index))
    end = match.index + match[0].length
    problem ||= addMatch(builder, match)
  }
  addLiteral(builder, text.slice(end))
  if (builder.unknown.length > 0) return unknownMacros(builder)
  if (problem !== '') return refused(problem)
  const names = builder.slots.map(({ name }) => name).filter((name) => name !== '')
  const macros = [...new Set(names)]
  return { ok: true, template: { text, macros, literals: builder.literals, slots: builder.slots } }
}

/** Fills a template; a value that is missing is empty. A rendered URL is printable ASCII without spaces. */
export function renderTemplate(template: Template, values: MacroValues): string {
  const { literals, slots } = template
  let text = literals[0] ?? ''
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]
    if (slot !== undefined) text += slot.render(values[slot.name] ?? '')
    text += literals[i + 1] ?? ''
  }
  return text
}

function hasControls(target: TemplateTarget, text: string): boolean {
  if (target === 'json') return false
  return (target === 'markup' ? CONTROLS_BUT_LAYOUT : CONTROLS).test(text)
}

type Builder = {
  readonly target: TemplateTarget
  readonly aliases: Readonly<Record<string, string>>
  readonly literals: string[]
  readonly slots: Slot[]
  readonly unknown: string[]
}

/** A canonical name, with modifiers or without; '' for a value that is always empty. */
type Meaning = string

/** @returns what is wrong with the macro's modifiers, '' when nothing is. */
function addMatch(builder: Builder, match: RegExpExecArray): string {
  const [whole, braces, brackets, equals, hashes] = match
  if (braces !== undefined) {
    if (FOREIGN_BRACES.test(braces)) addLiteral(builder, whole)
    else return addBraces(builder, braces)
    return ''
  }
  const meaning =
    (brackets === undefined ? undefined : resolveName(builder, brackets)) ??
    (equals === undefined ? undefined : equalsAlias(equals)) ??
    (hashes === undefined ? undefined : resolveHash(builder, hashes))
  if (meaning === undefined) addLiteral(builder, whole)
  else return addSlot(builder, meaning, [])
  return ''
}

function addBraces(builder: Builder, content: string): string {
  const [written = '', ...modifiers] = content.split('|')
  const meaning = resolveName(builder, written.trim())
  if (meaning !== undefined) return addSlot(builder, meaning, modifiers)
  // Keitaro writes {_name} for a value that is not encoded.
  const rawMeaning = written.startsWith('_') ? resolveName(builder, written.slice(1)) : undefined
  if (rawMeaning !== undefined) return addSlot(builder, rawMeaning, ['raw', ...modifiers])
  const foreign = parseForeignMacro(content, (name) => resolveName(builder, name)?.split('|', 1)[0])
  if (foreign !== undefined) return addForeign(builder, foreign)
  if (isOwnWord(builder, written)) addLiteral(builder, `{${content}}`)
  else builder.unknown.push(written.trim())
  return ''
}

/** Whether a word in braces that is no macro may be a script's own: what is like a macro is a typing error. */
function isOwnWord(builder: Builder, written: string): boolean {
  if (builder.target !== 'markup') return false
  return written.length < MARKUP_TYPO_CHARS_MIN || nearestName(written, macroNames(builder)) === undefined
}

/** A format that the user writes takes the place of the one that the name stands for. */
function addSlot(builder: Builder, meaning: Meaning, written: readonly string[]): string {
  const [name = '', ...own] = meaning.split('|')
  const isFormatted = written.some((modifier) => modifier.trimStart().startsWith('format:'))
  const parsed = parseModifiers(name, isFormatted ? written : [...own, ...written])
  if (!parsed.ok) return parsed.reason
  if (parsed.raw && builder.target === 'markup') return `{${name}|raw}: values in markup are always encoded`
  pushSlot(builder, { ...parsed, name })
  return ''
}

function addForeign(builder: Builder, foreign: ForeignMacro): string {
  if (!foreign.ok) return foreign.reason
  pushSlot(builder, foreign)
  return ''
}

function pushSlot(
  builder: Builder,
  {
    name,
    raw,
    steps,
  }: { readonly name: string; readonly raw: boolean; readonly steps: readonly MacroStep[] },
): void {
  builder.slots.push({ name, raw, render: composed(steps, escapeFor(builder.target, raw)) })
  builder.literals.push('')
}

function addLiteral(builder: Builder, text: string): void {
  const last = builder.literals.length - 1
  const kept = builder.target === 'url' ? keepUrlCharacters(text) : text
  builder.literals[last] = (builder.literals[last] ?? '') + kept
}

function resolveName(builder: Builder, written: string): Meaning | undefined {
  const lower = written.toLowerCase()
  if (Object.hasOwn(builder.aliases, lower)) return builder.aliases[lower]
  return canonicalMacroName(written) ?? MACRO_ALIASES.get(lower)
}

function resolveHash({ aliases }: Builder, written: string): Meaning | undefined {
  const key = `#${written.toLowerCase()}#`
  return Object.hasOwn(aliases, key) ? aliases[key] : hashAlias(written)
}

function composed(
  steps: readonly MacroStep[],
  escapeValue: (value: string) => string,
): (value: string) => string {
  if (steps.length === 0) return escapeValue
  return (value) => {
    let result = value
    for (const step of steps) {
      if (result !== '' || step.onEmpty) result = step.apply(result)
    }
    return escapeValue(result)
  }
}

function escapeFor(target: TemplateTarget, raw: boolean): (value: string) => string {
  if (target === 'text') return stripControls
  if (target === 'json') return raw ? stripControls : escapeForJson
  return raw ? keepUrlCharacters : encodeForUrl
}

function unknownMacros(builder: Builder): CompiledTemplate {
  const [first = ''] = builder.unknown
  const nearest = nearestName(first, macroNames(builder))
  const suggestion = nearest === undefined ? '' : suggested(nearest, resolveName(builder, nearest))
  const hint = suggestion === '' ? '' : `; did you mean {${suggestion}}?`
  return {
    ok: false,
    unknown: builder.unknown,
    suggestion,
    reason: `unknown macro {${first}}${hint}`,
  }
}

/** Our own name where there is one that means just the same. */
function suggested(nearest: string, meaning: Meaning | undefined): string {
  return meaning === undefined || canonicalMacroName(meaning) === undefined ? nearest : meaning
}

function macroNames(builder: Builder): readonly string[] {
  return [...MACRO_NAMES, ...Object.keys(builder.aliases), ...MACRO_ALIASES.keys()]
}

function refused(reason: string): CompiledTemplate {
  return { ok: false, unknown: [], suggestion: '', reason }
}
