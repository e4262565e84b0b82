import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'

export const SCRIPT_PATH = '/tp.js'

const LINES_OF_COMMENT = /^\s*\/\/.*\n/gm
const script = Buffer.from(
  readFileSync(new URL('tp.js', import.meta.url), 'utf8').replaceAll(LINES_OF_COMMENT, ''),
)
const zipped = gzipSync(script, { level: 9 })
const etag = `"${createHash('sha256').update(script).digest('base64url').slice(0, 22)}"`

/** The same for everybody, so that any cache may keep it; an hour bounds how long an old one is about. */
const HEADERS = Object.entries({
  'Cache-Control': 'public, max-age=3600',
  ETag: etag,
  Vary: 'Accept-Encoding',
  'Content-Type': 'text/javascript; charset=utf-8',
  'X-Content-Type-Options': 'nosniff',
  // Pages under Cross-Origin-Embedder-Policy take nothing else.
  'Cross-Origin-Resource-Policy': 'cross-origin',
}).flat()

/** GET or HEAD /tp.js: the script that pages of advertisers and landers carry. */
export function handleScript(_context: EdgeContext, exchange: Exchange): void {
  const { headers } = exchange.request
  if (headers['if-none-match']?.includes(etag) === true) exchange.sendHeaders(304, HEADERS)
  else if (/\bgzip\b/.test(String(headers['accept-encoding'] ?? ''))) {
    exchange.send(200, [...HEADERS, 'Content-Encoding', 'gzip'], zipped)
  } else exchange.send(200, HEADERS, script)
}
