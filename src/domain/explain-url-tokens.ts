/** Something in a URL that looks like a macro, whoever writes it so. */
export type UrlToken = {
  readonly start: number
  readonly end: number
  readonly text: string
  /** Between the marks, without modifiers. */
  readonly name: string
}

const NAME = String.raw`[ ]?[A-Za-z_:$%][\w .:()-]{0,100}`
/**
 * One alternative for each way to write a macro; the marks of both sides are as many. Names are bounded, so that a
 * long text without an end mark is not read again and again.
 */
const SYNTAXES: readonly string[] = [
  String.raw`\$\{(${NAME})\}`, // ${X}
  String.raw`\{{2,3}(${NAME})\}{2,3}`, // {{x}} {{{x}}}
  String.raw`\{([^{}&?=/#]{1,300}|[^{}]{1,300})\}`, // {x} {x|default:y} {:x} {$x} {%x%}
  String.raw`\[{2,3}(${NAME})\]{2,3}`, // [[x]] [[[x]]]
  String.raw`\[=(\w{1,60})=\]`, // [=x=]
  String.raw`\[([A-Za-z_][\w .()-]{0,60})\]`, // [x]
  '###([A-Za-z][\\w.]{0,60})###',
  '##([A-Za-z][\\w.]{0,60})##',
  '#([A-Za-z][\\w.]{0,60})#',
  '%%([A-Za-z][\\w.-]{0,60})%%',
  // A name that begins like an escape, as %ad_id% does, can not be told from one; longer ones can.
  '%([G-Zg-z_][\\w.-]{1,60})%(?![0-9A-Fa-f]{2})',
  '@@([A-Za-z]\\w{0,60})@@',
  '!!!([A-Za-z]\\w{0,60})!!!',
  String.raw`\$\$([A-Za-z]\w{0,60})\$\$`,
  '__([A-Z][A-Z0-9]*(?:_[A-Z0-9]+){0,8})__',
  `<(${NAME})>`,
]
const TOKEN = new RegExp(SYNTAXES.join('|'), 'g')

/** No URL has more macros; what stands behind them is taken for plain text. */
const TOKENS_MAX = 200

/** The tokens of the text, in order. */
export function findTokens(text: string): readonly UrlToken[] {
  return [...text.matchAll(TOKEN)].slice(0, TOKENS_MAX).map((match) => {
    const written = match.slice(1).find((group) => group !== undefined) ?? ''
    const name = (written.split('|', 1)[0] ?? '').trim()
    return { start: match.index, end: match.index + match[0].length, text: match[0], name }
  })
}

/** The text with a letter in the place of every character of a token: same length, and readable as a URL. */
export function withoutTokens(
  text: string,
  tokens: readonly { readonly start: number; readonly end: number }[],
): string {
  let plain = ''
  let end = 0
  for (const token of tokens) {
    plain += text.slice(end, token.start) + 'x'.repeat(token.end - token.start)
    end = token.end
  }
  return plain + text.slice(end)
}
