import { unescape as unescapePercent } from 'node:querystring'
import { LIMITS } from '../domain/limits.ts'

/** Decoded parameters in the order sent: names[i] has values[i]. Two arrays cost less than pairs. */
export type Query = {
  readonly names: readonly string[]
  readonly values: readonly string[]
  /** Parameters over the limits: dropped (too many, name too long) or cut (value too long). */
  readonly excess: number
}

export const EMPTY_QUERY: Query = { names: [], values: [], excess: 0 }

/**
 * Reads a query string or form body. Never throws: percent-encoding and UTF-8 that make no sense are kept,
 * with U+FFFD in the place of what cannot be read.
 * @param text one character per byte (latin1), as node:http hands over the request target.
 */
export function parseQuery(text: string): Query {
  if (text === '') {
    return EMPTY_QUERY
  }
  const names: string[] = []
  const values: string[] = []
  let excess = 0
  let start = 0
  while (start <= text.length) {
    const end = endOfPair(text, start)
    if (end > start) {
      excess += addPair(text.slice(start, end), names, values)
    }
    start = end + 1
  }
  return { names, values, excess }
}

/** The first value of a parameter; '' when it is absent. */
export function firstValue(query: Query, name: string): string {
  const index = query.names.indexOf(name)
  return index === -1 ? '' : (query.values[index] ?? '')
}

/** Cuts text to a number of UTF-16 units without leaving half a character at the end. */
export function cutText(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : text.slice(0, charsMax).toWellFormed()
}

function endOfPair(text: string, start: number): number {
  const end = text.indexOf('&', start)
  return end === -1 ? text.length : end
}

/** @returns how many limits the pair exceeds. */
function addPair(pair: string, names: string[], values: string[]): number {
  if (names.length >= LIMITS.paramsMax) {
    return 1
  }
  const equals = pair.indexOf('=')
  const name = decodeText(equals === -1 ? pair : pair.slice(0, equals))
  if (name.length > LIMITS.paramNameCharsMax) {
    return 1
  }
  const value = equals === -1 ? '' : decodeText(pair.slice(equals + 1))
  names.push(name)
  values.push(cutText(value, LIMITS.paramValueCharsMax))
  return value.length > LIMITS.paramValueCharsMax ? 1 : 0
}

const NEEDS_DECODING = /[%+\x80-\xff]/
const HIGH_BYTES = /[\x80-\xff]/

function decodeText(text: string): string {
  if (!NEEDS_DECODING.test(text)) {
    return text
  }
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  // Raw bytes beyond ASCII are UTF-8 that the sender forgot to encode: encode them, then read both alike.
  return unescapePercent(HIGH_BYTES.test(spaced) ? spaced.replace(/[\x80-\xff]/g, encodeByte) : spaced)
}

function encodeByte(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16)}`
}
