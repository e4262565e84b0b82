import { explainAddress } from './explain-url-address.ts'
import { explainToken } from './explain-url-macros.ts'
import { explainParams } from './explain-url-params.ts'
import { compareWithTemplate } from './explain-url-template.ts'
import { explainQuestionMarks, explainText } from './explain-url-text.ts'
import { findTokens, type UrlToken, withoutTokens } from './explain-url-tokens.ts'
import {
  type ExplainedUrl,
  finding,
  type UrlContext,
  type UrlFinding,
  type UrlPart,
  WHOLE_URL,
} from './explain-url-types.ts'

const FINDINGS_MAX = 200
const LEVELS = ['error', 'warning', 'info'] as const

/**
 * Reads a URL as its author has pasted it, and says what each part of it is and what is wrong with it. It never
 * throws, whatever the text; findings are in the order of the text, the worst first where several meet.
 */
export function explainUrl(text: string, context: UrlContext): ExplainedUrl {
  if (text.trim() === '') {
    return { findings: [finding('error', 'empty', WHOLE_URL, { message: 'There is no URL.' })], parts: [] }
  }
  const tokens = findTokens(text)
  const plain = withoutTokens(text, tokens)
  const explained = tokens.map((token) => explainToken(token, context))
  const parts = withLiterals(
    text,
    tokens,
    explained.map(({ part }) => part),
  )
  const findings = [
    ...explained.flatMap((each) => each.findings),
    ...explainText(text, plain, context),
    ...explainQuestionMarks(plain, tokens),
    ...explainAddress(text, plain, context),
    ...explainParams(text, parts, context),
  ]
  const compared = compareWithTemplate(text, { findings, parts }, context)
  return { findings: inOrder(compared).slice(0, FINDINGS_MAX), parts }
}

/** The macros with the text between them: put together they are the whole. */
function withLiterals(
  text: string,
  tokens: readonly UrlToken[],
  macros: readonly UrlPart[],
): readonly UrlPart[] {
  const parts: UrlPart[] = []
  let end = 0
  for (const [index, token] of tokens.entries()) {
    if (token.start > end) parts.push(literal(end, token.start))
    const macro = macros[index]
    if (macro !== undefined) parts.push(macro)
    end = token.end
  }
  if (end < text.length) parts.push(literal(end, text.length))
  return parts
}

function literal(start: number, end: number): UrlPart {
  return { kind: 'literal', start, end, name: '', meaning: '', sample: '' }
}

function inOrder(findings: readonly UrlFinding[]): readonly UrlFinding[] {
  return [...findings].sort(
    (a, b) => a.start - b.start || LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || a.end - b.end,
  )
}
