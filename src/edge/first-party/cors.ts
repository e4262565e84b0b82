import type { Exchange, HeaderList } from '../exchange.ts'

/** Browsers keep a preflight's answer no longer than this anyway (Chromium 2 h, Firefox 24 h). */
const PREFLIGHT_SECONDS = '86400'

/**
 * Lets the page that asks read the answer, and the tracking host's cookies go along. Any page may: it could send its
 * visitors to the tracking link just as well, and the answer tells nothing but what was asked for.
 */
export function corsHeaders({ request }: Exchange): HeaderList {
  const { origin } = request.headers
  const vary = ['Vary', 'Origin']
  if (origin === undefined) return vary
  return [...vary, 'Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Credentials', 'true']
}

/** Answers the question that a browser asks before a call of another type than a form. */
export function sendPreflight(exchange: Exchange): void {
  exchange.sendHeaders(204, [
    ...corsHeaders(exchange),
    'Access-Control-Allow-Methods',
    'GET, POST',
    'Access-Control-Allow-Headers',
    'Content-Type',
    'Access-Control-Max-Age',
    PREFLIGHT_SECONDS,
  ])
}
