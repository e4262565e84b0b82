import { randomUUID } from 'node:crypto'
import { ACCEPT_CH } from '../domain/client-hints.ts'
import { escapeHtml } from '../domain/escape-html.ts'
import type { RedirectMode } from '../domain/snapshot.ts'
import type { Exchange, HeaderList } from './exchange.ts'
import type { Hops } from './hop.ts'

/**
 * 302 and 307 keep what browsers do by default. A page of ours in between (meta, js) shows the offer our host
 * and not the tracking link's parameters. Double meta shows nothing.
 */
const REFERRER_POLICIES: Readonly<Record<RedirectMode, string>> = {
  '302': 'strict-origin-when-cross-origin',
  '307': 'strict-origin-when-cross-origin',
  meta: 'origin',
  js: 'origin',
  double_meta: 'no-referrer',
}

const HEADERS_BY_MODE = {
  '302': redirectHeaders('302'),
  '307': redirectHeaders('307'),
  meta: redirectHeaders('meta'),
  js: redirectHeaders('js'),
  double_meta: redirectHeaders('double_meta'),
} as const

export type Redirect = {
  /** A rendered template: absolute, from configuration, printable ASCII. */
  readonly target: string
  readonly mode: RedirectMode
  readonly cookies: readonly string[]
  readonly nowMs: number
}

/** Sends the visitor on in the campaign's way. */
export function sendRedirect(exchange: Exchange, hops: Hops, redirect: Redirect): void {
  const { target } = redirect
  const headers = [...HEADERS_BY_MODE[redirect.mode]]
  for (const cookie of redirect.cookies) headers.push('Set-Cookie', cookie)
  switch (redirect.mode) {
    case '302':
    case '307':
      headers.push('Location', target)
      exchange.send(Number(redirect.mode), headers, '')
      return
    case 'meta':
      sendMetaPage(exchange, headers, target)
      return
    case 'double_meta':
      // Too long for a second hop: one refresh, whose policy hides the referrer as well.
      sendMetaPage(exchange, headers, hops.toPath(target, redirect.nowMs) ?? target)
      return
    case 'js':
      sendScriptPage(exchange, headers, target)
  }
}

/** The page of a second hop. */
export function sendHopPage(exchange: Exchange, target: string): void {
  sendMetaPage(exchange, [...HEADERS_BY_MODE.double_meta], target)
}

function redirectHeaders(mode: RedirectMode): HeaderList {
  return [
    'Cache-Control',
    'no-store',
    'Referrer-Policy',
    REFERRER_POLICIES[mode],
    'Accept-CH',
    ACCEPT_CH,
    'X-Robots-Tag',
    'noindex',
  ]
}

function sendMetaPage(exchange: Exchange, headers: string[], target: string): void {
  headers.push('Content-Type', 'text/html; charset=utf-8', 'Content-Security-Policy', "default-src 'none'")
  const page = `<!doctype html><meta http-equiv="refresh" content="0;url=${escapeHtml(target)}"><title></title>`
  exchange.send(200, headers, page)
}

function sendScriptPage(exchange: Exchange, headers: string[], target: string): void {
  const nonce = randomUUID()
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'`
  headers.push('Content-Type', 'text/html; charset=utf-8', 'Content-Security-Policy', policy)
  const withoutScript = `<noscript><meta http-equiv="refresh" content="0;url=${escapeHtml(target)}"></noscript>`
  const script = `<script nonce="${nonce}">location.replace(${toScriptString(target)})</script>`
  exchange.send(200, headers, `<!doctype html><title></title>${script}${withoutScript}`)
}

/** A JavaScript string that cannot end its script element. The target is printable ASCII. */
function toScriptString(text: string): string {
  return JSON.stringify(text).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')
}
