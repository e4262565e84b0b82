import { LIMITS } from '../domain/limits.ts'
import { cutText, parseQuery, type Query } from './query.ts'

export type HitParams =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly problem: string }

const FORM_TYPE = 'application/x-www-form-urlencoded'
/** What a browser's sendBeacon and fetch make of a string, whatever it holds. */
const STRING_TYPE = 'text/plain'
const OPENING_BRACE = 0x7b

/**
 * Parameters of a POST body: a form, or one flat JSON object.
 * @param contentType the Content-Type header, '' when absent.
 */
export function parseHitBody(bytes: Buffer, contentType: string): HitParams {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (bytes.length === 0) return { ok: true, query: parseQuery('') }
  const isString = mediaType === STRING_TYPE
  if (isString && bytes[0] === OPENING_BRACE) return parseJson(bytes)
  if (mediaType === FORM_TYPE || mediaType === '' || isString) {
    return { ok: true, query: parseQuery(bytes.toString('latin1').trimEnd()) }
  }
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return parseJson(bytes)
  return {
    ok: false,
    problem: `a body of type ${cutText(mediaType, 100)} is not understood: send a form or JSON`,
  }
}

/** The query's parameters, then the body's: where both have a name the query wins. */
export function joinParams(first: Query, second: Query): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = []
  for (const query of [first, second]) {
    query.names.forEach((name, index) => {
      if (pairs.length < LIMITS.paramsMax) pairs.push([name, query.values[index] ?? ''])
    })
  }
  return pairs
}

function parseJson(bytes: Buffer): HitParams {
  let parsed: unknown
  try {
    parsed = JSON.parse(bytes.toString('utf8'), keepNumberText)
  } catch {
    // Not JSON, or nested so deeply that the parser gives up.
    return { ok: false, problem: 'the body is not valid JSON' }
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { ok: false, problem: 'the JSON body is not an object' }
  }
  return { ok: true, query: flatten(Object.entries(parsed)) }
}

/** Numbers stay as written: a transaction id of 20 digits, or 10.10, would come out of a double changed. */
function keepNumberText(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value
}

function flatten(entries: readonly (readonly [string, unknown])[]): Query {
  const names: string[] = []
  const values: string[] = []
  let excess = 0
  for (const [name, value] of entries) {
    const text = toText(value)
    if (text === undefined) continue
    if (names.length >= LIMITS.paramsMax || name.length > LIMITS.paramNameCharsMax) {
      excess += 1
      continue
    }
    names.push(name)
    values.push(cutText(text, LIMITS.paramValueCharsMax))
  }
  return { names, values, excess }
}

/** null is the absence of a value; what is nested is kept as JSON text. */
function toText(value: unknown): string | undefined {
  if (value === null) return undefined
  return typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value)
}
