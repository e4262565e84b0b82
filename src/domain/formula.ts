/** What a formula may be: enough for any figure of the trade, and small enough to be computed exactly. */
export const FORMULA_LIMITS = {
  charsMax: 500,
  /** Numbers and names of metrics together. */
  termsMax: 20,
  /** Parentheses and signs inside each other. */
  depthMax: 8,
  /** Digits before and behind the point of a number. */
  wholeDigitsMax: 12,
  placesMax: 6,
} as const

/** A formula over metrics, as a tree. */
export type Formula =
  | { readonly type: 'number'; readonly text: string }
  | { readonly type: 'metric'; readonly name: string }
  | { readonly type: 'negate'; readonly of: Formula }
  | { readonly type: FormulaOperation; readonly left: Formula; readonly right: Formula }

export type FormulaOperation = 'add' | 'subtract' | 'multiply' | 'divide'

export type ParsedFormula =
  | {
      readonly ok: true
      readonly formula: Formula
      /** Names of the metrics in it, each once, in the order of the text. */
      readonly metrics: readonly string[]
    }
  /** `at` is the character where it goes wrong, from 0. */
  | { readonly ok: false; readonly message: string; readonly at: number }

/**
 * Reads a formula: numbers (`100`, `0.5`), names of metrics, `+ - * /`, parentheses and the sign `-`. A name with
 * other characters than letters, digits, `_`, `.` and one `:` stands in brackets or quotes:
 * `[revenue:First deposit] / clicks * 1000`. Whether there is such a metric is for the caller to say.
 *
 * ```
 *  sum     = product { ("+" | "-") product }
 *  product = signed { ("*" | "/") signed }
 *  signed  = "-" signed | number | name | "(" sum ")"
 * ```
 */
export function parseFormula(text: string): ParsedFormula {
  try {
    const parser = new Parser(readTokens(text))
    const formula = parser.read()
    if (parser.metrics.length === 0) throw new FormulaError('A formula names at least one metric.', 0)
    return { ok: true, formula, metrics: parser.metrics }
  } catch (error) {
    if (error instanceof FormulaError) return { ok: false, message: error.message, at: error.at }
    throw error
  }
}

/** The name as it stands in a formula; undefined for one that no formula can hold. */
export function formulaName(name: string): string | undefined {
  if (PLAIN_NAME.test(name)) return name
  if (name !== '' && !name.includes(']')) return `[${name}]`
  return name === '' || name.includes('"') ? undefined : `"${name}"`
}

class FormulaError extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

type Token = {
  readonly kind: 'number' | 'name' | 'sign' | 'end'
  readonly text: string
  readonly at: number
}

const NAME = /[A-Za-z_]\w*(?::[\w.]+)?/
const PLAIN_NAME = new RegExp(`^${NAME.source}$`)
/** In this order; each is tried where the one before ended. */
const TOKENS: readonly { readonly kind: Token['kind']; readonly form: RegExp }[] = [
  { kind: 'number', form: /\d+(?:\.\d+)?/y },
  { kind: 'name', form: new RegExp(NAME, 'y') },
  { kind: 'name', form: /\[([^\]]+)\]/y },
  { kind: 'name', form: /"([^"]+)"/y },
  { kind: 'sign', form: /[-+*/()]/y },
]

function readTokens(text: string): readonly Token[] {
  if (text.length > FORMULA_LIMITS.charsMax) {
    const message = `A formula has at most ${FORMULA_LIMITS.charsMax} characters.`
    throw new FormulaError(message, FORMULA_LIMITS.charsMax)
  }
  const tokens: Token[] = []
  let at = endOfSpace(text, 0)
  while (at < text.length) {
    const found = tokenAt(text, at)
    if (found === undefined) throw new FormulaError(unreadable(text.charAt(at)), at)
    tokens.push({ kind: found.kind, text: found.text, at })
    at = endOfSpace(text, found.end)
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }]
}

function endOfSpace(text: string, from: number): number {
  const space = /\s*/y
  space.lastIndex = from
  space.exec(text)
  return space.lastIndex
}

function tokenAt(text: string, at: number) {
  for (const { kind, form } of TOKENS) {
    form.lastIndex = at
    const match = form.exec(text)
    if (match !== null) return { kind, text: match[1] ?? match[0], end: form.lastIndex }
  }
  return undefined
}

function unreadable(character: string): string {
  if (character === '[') return 'This bracket is not closed, or nothing stands in it.'
  if (character === '"') return 'This quote is not closed, or nothing stands in it.'
  if (character === ',') return 'Write decimals with a point: 0.5.'
  return `A formula cannot hold "${character}" here.`
}

const SUMS: Readonly<Record<string, FormulaOperation>> = { '+': 'add', '-': 'subtract' }
const PRODUCTS: Readonly<Record<string, FormulaOperation>> = { '*': 'multiply', '/': 'divide' }

class Parser {
  readonly #tokens: readonly Token[]
  readonly #names = new Set<string>()
  #next = 0
  #terms = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get metrics(): readonly string[] {
    return [...this.#names]
  }

  read(): Formula {
    const formula = this.#sum(0)
    const rest = this.#token()
    if (rest.kind === 'end') return formula
    const message =
      rest.text === ')' ? 'This parenthesis was not opened.' : 'Write + - * or / between two terms.'
    throw new FormulaError(message, rest.at)
  }

  #sum(depth: number): Formula {
    return this.#chain(SUMS, () => this.#product(depth))
  }

  #product(depth: number): Formula {
    return this.#chain(PRODUCTS, () => this.#signed(depth))
  }

  /** From left to right: a - b - c is (a - b) - c. */
  #chain(operations: Readonly<Record<string, FormulaOperation>>, part: () => Formula): Formula {
    let left = part()
    for (;;) {
      const { kind, text } = this.#token()
      const type = kind === 'sign' ? operations[text] : undefined
      if (type === undefined) return left
      this.#next += 1
      left = { type, left, right: part() }
    }
  }

  #signed(depth: number): Formula {
    const token = this.#token()
    if (depth > FORMULA_LIMITS.depthMax) {
      const message = `At most ${FORMULA_LIMITS.depthMax} parentheses and signs may stand inside each other.`
      throw new FormulaError(message, token.at)
    }
    this.#next += 1
    if (token.kind === 'number') return this.#number(token)
    if (token.kind === 'name') return this.#metric(token)
    if (token.text === '-') return { type: 'negate', of: this.#signed(depth + 1) }
    if (token.text === '(') return this.#group(token, depth)
    throw new FormulaError(token.kind === 'end' ? UNFINISHED : MISSING, token.at)
  }

  #group(open: Token, depth: number): Formula {
    const inner = this.#sum(depth + 1)
    const close = this.#token()
    if (close.text === ')' && close.kind === 'sign') {
      this.#next += 1
      return inner
    }
    if (close.kind === 'end') throw new FormulaError('This parenthesis is not closed.', open.at)
    throw new FormulaError('Write + - * or / between two terms.', close.at)
  }

  #number({ text, at }: Token): Formula {
    this.#countTerm(at)
    const [whole = '', places = ''] = text.split('.')
    if (whole.length > FORMULA_LIMITS.wholeDigitsMax || places.length > FORMULA_LIMITS.placesMax) {
      const { wholeDigitsMax, placesMax } = FORMULA_LIMITS
      const message = `A number has at most ${wholeDigitsMax} digits before the point and ${placesMax} behind it.`
      throw new FormulaError(message, at)
    }
    return { type: 'number', text }
  }

  #metric({ text, at }: Token): Formula {
    this.#countTerm(at)
    this.#names.add(text)
    return { type: 'metric', name: text }
  }

  #countTerm(at: number): void {
    this.#terms += 1
    if (this.#terms <= FORMULA_LIMITS.termsMax) return
    throw new FormulaError(`A formula has at most ${FORMULA_LIMITS.termsMax} numbers and metrics.`, at)
  }

  #token(): Token {
    return this.#tokens[this.#next] ?? END
  }
}

const END: Token = { kind: 'end', text: '', at: 0 }
const UNFINISHED = 'The formula ends where a number or a metric is missing.'
const MISSING = 'A number or a metric is missing here.'
