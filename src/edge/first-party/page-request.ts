import { LIMITS } from '../../domain/limits.ts'
import { sendJson } from '../answers.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { parseQuery, type Query } from '../query.ts'
import { readBody } from '../read-body.ts'
import { corsHeaders } from './cors.ts'

/** What a page's call says: its fields, the query's before the body's. */
export type PageRequest = {
  readonly query: Query
  /** The field `url`, which may be longer than other values: the page's own address. */
  readonly pageUrl: string
}

/** A form, or what sendBeacon makes of a string that holds one. */
const FORM_TYPES: ReadonlySet<string> = new Set(['application/x-www-form-urlencoded', 'text/plain', ''])

/**
 * Reads a call of tp.js. What cannot be read has been answered.
 * @returns undefined then, and when the sender went away.
 */
export async function readPageRequest(
  context: EdgeContext,
  exchange: Exchange,
): Promise<PageRequest | undefined> {
  const body = await readForm(exchange)
  if (body === undefined) return undefined
  if ('problem' in body) {
    context.metrics.count('badRequests')
    refuse(exchange, body.status, body.problem)
    return undefined
  }
  const text = [exchange.rawQuery, body.text].filter((part) => part !== '').join('&')
  const query = parseQuery(text)
  const pageUrl = new URLSearchParams(text).get('url') ?? ''
  return { query, pageUrl: pageUrl.slice(0, LIMITS.urlBytesMax) }
}

/** Answers a call that cannot be served, so that the page's author reads why. */
export function refuse(exchange: Exchange, status: number, reason: string): void {
  sendJson(exchange, status, { reason }, corsHeaders(exchange))
}

type Form = { readonly text: string } | { readonly status: number; readonly problem: string }

async function readForm(exchange: Exchange): Promise<Form | undefined> {
  const { request } = exchange
  if (request.method !== 'POST') return { text: '' }
  const body = await readBody(request)
  if (!body.ok) {
    if (body.problem === 'aborted') return undefined
    exchange.closeAfterAnswer()
    return { status: 413, problem: body.problem }
  }
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (body.bytes.length > 0 && !FORM_TYPES.has(type)) {
    return { status: 415, problem: 'send a form (application/x-www-form-urlencoded or text/plain)' }
  }
  return { text: body.bytes.toString('latin1').trimEnd() }
}
