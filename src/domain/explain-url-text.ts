import type { UrlToken } from './explain-url-tokens.ts'
import { finding, isIncoming, type UrlContext, type UrlFinding, WHOLE_URL } from './explain-url-types.ts'
import { LIMITS } from './limits.ts'
import { MACRO_ALIASES } from './macro-aliases.ts'
import { canonicalMacroName } from './macro-names.ts'

/** As long as URLs are stored. */
const OUTGOING_CHARS_MAX = 4_096
/** Some servers and browsers cut off behind it. */
const LONG_CHARS = 2_048

type TextRule = {
  readonly level: UrlFinding['level']
  readonly code: string
  readonly pattern: RegExp
  readonly message: string
  readonly suggest: (match: string) => string
}

/** What stands between macros. */
const RULES: readonly TextRule[] = [
  {
    level: 'error',
    code: 'invisible_character',
    pattern: /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+/gu,
    message: 'Characters that can not be seen stand here, from a copy out of a text: delete them.',
    suggest: () => '',
  },
  {
    level: 'error',
    code: 'full_width',
    pattern: /[\uff01-\uff5e\u3000]+/gu,
    message: 'These are full-width characters of an Asian keyboard, which no server reads as the usual ones.',
    suggest: (match) => match.normalize('NFKC').trim(),
  },
  {
    level: 'error',
    code: 'stray_quote',
    pattern: /["“”„«»`]+|^['‘’]+|['‘’]+$/gu,
    message: 'A quotation mark is no part of a URL: it came along when the URL was copied.',
    suggest: () => '',
  },
  {
    level: 'warning',
    code: 'html_entity',
    pattern: /&amp;/gi,
    message: 'The URL was copied out of HTML: its & is written as &amp;, which makes another parameter.',
    suggest: () => '&',
  },
  {
    level: 'warning',
    code: 'double_encoding',
    pattern: /%25[0-9a-f]{2}/gi,
    message: 'This is encoded twice: the receiver reads an escape in place of the character.',
    suggest: (match) => `%${match.slice('%25'.length)}`,
  },
  {
    level: 'warning',
    code: 'bad_escape',
    pattern: /%(?![0-9a-f]{2})/gi,
    message: 'A % begins an escape of two hexadecimal digits; itself it is written %25.',
    suggest: () => '%25',
  },
  {
    level: 'error',
    code: 'control_character',
    pattern: /\p{Cc}+/gu,
    message: 'A line break or another control character stands here: delete it.',
    suggest: () => '',
  },
  {
    level: 'warning',
    code: 'outer_space',
    pattern: /^ +| +$/g,
    message: 'A space before or behind the URL: delete it.',
    suggest: () => '',
  },
  {
    level: 'error',
    code: 'space',
    pattern: /(?<=[^ ]) +(?=[^ ])/g,
    message: 'A space ends the URL for many servers: write it as %20.',
    suggest: (match) => match.replaceAll(' ', '%20'),
  },
]
const ENCODED_MACRO = /%(?:25)?7B([A-Za-z_][\w.]{0,60})%(?:25)?7D/gi

/** What is wrong with the characters of a URL. @param plain the text with its macros covered. */
export function explainText(text: string, plain: string, context: UrlContext): readonly UrlFinding[] {
  return [
    ...RULES.flatMap((rule) => matchesOf(rule, plain)),
    ...encodedMacros(text),
    ...lengthFindings(text, context),
    ...placeholderFindings(text, context),
  ]
}

function matchesOf(
  { level, code, pattern, message, suggest }: TextRule,
  plain: string,
): readonly UrlFinding[] {
  return [...plain.matchAll(pattern)].map(({ 0: match, index }) =>
    finding(
      level,
      code,
      { start: index, end: index + match.length },
      { message, suggestion: suggest(match) },
    ),
  )
}

/** `%7Bclickid%7D` is no macro any more, for whoever is to fill it. */
function encodedMacros(text: string): readonly UrlFinding[] {
  return [...text.matchAll(ENCODED_MACRO)].map(({ 0: match, 1: name = '', index }) => {
    const known = canonicalMacroName(name) ?? MACRO_ALIASES.get(name.toLowerCase())
    const message = `{${name}} is encoded, so that nobody sees a macro in it: write its braces as they are.`
    const where = { start: index, end: index + match.length }
    return finding(known === undefined ? 'warning' : 'error', 'encoded_macro', where, {
      message,
      suggestion: `{${name}}`,
    })
  })
}

function lengthFindings(text: string, { purpose }: UrlContext): readonly UrlFinding[] {
  const charsMax = isIncoming(purpose) ? LIMITS.urlBytesMax : OUTGOING_CHARS_MAX
  if (text.length > charsMax) {
    return [finding('error', 'too_long', WHOLE_URL, { message: `It is longer than ${charsMax} characters.` })]
  }
  if (text.length <= LONG_CHARS) return []
  const message = `It is longer than ${LONG_CHARS} characters: some servers and browsers cut it off.`
  return [finding('warning', 'long', WHOLE_URL, { message })]
}

function placeholderFindings(text: string, { placeholders }: UrlContext): readonly UrlFinding[] {
  return placeholders(text).flatMap((placeholder) => {
    const start = text.indexOf(placeholder)
    const where = { start, end: start + placeholder.length }
    const message = `"${placeholder}" was left by a template: put your own value in its place.`
    return start < 0 ? [] : [finding('error', 'placeholder', where, { message })]
  })
}

/** A second ?, outside of a URL that is a value itself. */
export function explainQuestionMarks(plain: string, tokens: readonly UrlToken[]): readonly UrlFinding[] {
  const fragment = plain.indexOf('#')
  const [first = -1, ...others] = [...plain.matchAll(/\?/g)].map(({ index }) => index)
  if (first < 0) return []
  return others
    .filter(
      (at) => (fragment < 0 || at < fragment) && !tokens.some(({ start, end }) => at >= start && at < end),
    )
    .map((at) => {
      const isNested = /=https?:\/\/[^&]*$/i.test(plain.slice(first, at))
      const message = isNested
        ? 'A URL that is a value must be encoded: from here on its parameters are taken for those of the outer one.'
        : 'A second ? is a part of the value before it: parameters are joined by &.'
      const suggestion = isNested ? '%3F' : '&'
      return finding('warning', 'second_question_mark', { start: at, end: at + 1 }, { message, suggestion })
    })
}
