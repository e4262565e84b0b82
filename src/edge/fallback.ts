import { renderTemplate } from '../domain/macros.ts'
import { sendText } from './answers.ts'
import type { EdgeContext } from './edge-context.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import type { Exchange } from './exchange.ts'
import { sendRedirect } from './redirect.ts'
import type { SnapshotIndex } from './snapshot-index.ts'
import type { Target } from './target.ts'

/**
 * Answers a visitor who cannot go where the link meant: the configured fallback, else a plain page.
 * @param missing the page when there is no fallback: 404 for what is unknown, 410 for what is over.
 */
export function sendFallback(
  context: EdgeContext,
  exchange: Exchange,
  target: Target | undefined,
  missing: 404 | 410 = 404,
): void {
  if (target === undefined) {
    context.metrics.count('notFound')
    sendText(exchange, missing, missing === 404 ? 'not found' : 'gone')
    return
  }
  context.metrics.count('fallbacks')
  sendRedirect(exchange, context.hops, {
    target: renderFallback(target),
    mode: '302',
    cookies: [],
    nowMs: context.clock(),
  })
}

/** Where `sendFallback` sends the visitor, as it is kept with the visit; '' when to no other page. */
export function fallbackLocation(target: Target | undefined): string {
  return target === undefined ? '' : renderFallback(target).slice(0, EDGE_LIMITS.locationCharsMax)
}

/** Nothing is known that could fill its macros. */
function renderFallback(target: Target): string {
  return renderTemplate(target.template, {})
}

/** Where a visitor goes whose link is unknown: what the host's domain says, else the sole workspace. */
export function hostFallback(index: SnapshotIndex, exchange: Exchange): Target | undefined {
  const known = index.domains.get(exchange.host)
  return known === undefined ? index.fallback : known.fallback
}

/** No configuration has been seen yet: nothing can be said about any link. */
export function sendStarting(exchange: Exchange): void {
  sendText(exchange, 503, 'starting', ['Retry-After', '1'])
}
