import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { sendFallback } from './fallback.ts'
import { sendHopPage } from './redirect.ts'

/** GET /hop: the second page of a double meta refresh. A target that was not signed here leads nowhere. */
export function handleHop(context: EdgeContext, exchange: Exchange): void {
  const target = context.hops.targetOf(exchange.rawQuery, context.clock())
  if (target === undefined) sendFallback(context, exchange, undefined)
  else sendHopPage(exchange, target)
}
