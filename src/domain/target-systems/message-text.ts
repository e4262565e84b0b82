import type { MacroValues } from '../macro-names.ts'
import { compileTemplate, renderTemplate } from '../macros.ts'
import type { BuiltCall, SystemConversion, SystemField, SystemMessage } from './target-system.ts'

/** What people are told of a conversion unless they say otherwise. */
const DEFAULT_TEXT = '{event}, {status}: {payout} {currency}\nClick {clickid}\nTransaction {txid}'

/** A text for people, with macros, one line or several. */
export const TEXT_FIELD: SystemField = {
  name: 'text',
  label: 'Text',
  help: 'With macros such as {event}, {payout} and {sub1}. Empty for the event, its status, amount and click id.',
  isRequired: false,
  pattern: '',
  choices: [],
  findProblem: findTextProblem,
}

/** No chat takes a message without any text: all macros of the text may be empty. */
export const EMPTY_TEXT: BuiltCall = { kind: 'skip', reason: 'the text is empty' }

/** Cut to the characters that a system takes, never within a character; the end is marked. */
export function cutText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  return `${text.slice(0, charsMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/**
 * What people are told of a conversion. A value stays within its line: control characters, line breaks among them, are
 * dropped. Nothing is escaped yet, neither the template nor its values: the system's own syntax has no meaning in it.
 */
export function conversionText({ macros }: SystemConversion, template: string): string {
  return linesOf(template === '' ? DEFAULT_TEXT : template)
    .map((line) => renderLine(line, macros))
    .join('\n')
}

/** Title, text and address, for systems that show plain text. */
export function messageText({ title, text, url }: SystemMessage): string {
  return [title, text, url].filter((part) => part !== '').join('\n')
}

function findTextProblem(template: string): string {
  for (const line of linesOf(template)) {
    const compiled = compileTemplate(line, { target: 'text' })
    if (!compiled.ok) return compiled.reason
  }
  return ''
}

function renderLine(line: string, macros: MacroValues): string {
  const compiled = compileTemplate(line, { target: 'text' })
  // A saved text compiles; one of an older version says what it was rather than nothing.
  return compiled.ok ? renderTemplate(compiled.template, macros) : line
}

function linesOf(template: string): readonly string[] {
  return template.split(/\r?\n/)
}
