import { sendText } from './answers.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { sendFallback, sendStarting } from './fallback.ts'
import { firstValue, parseQuery } from './query.ts'
import { visitCampaign } from './visit-handler.ts'

export const TLS_ASK_PATH = '/tls-ask'

/** GET or HEAD / on a tracking domain: a visit to its default campaign. */
export async function handleRoot(context: EdgeContext, exchange: Exchange): Promise<void> {
  const { index } = context.snapshots
  if (index.version < 0) {
    sendStarting(exchange)
    return
  }
  const known = index.domains.get(exchange.host)
  if (known?.defaultCampaign !== undefined) await visitCampaign(context, exchange, known.defaultCampaign)
  else sendFallback(context, exchange, known?.fallback)
}

/**
 * GET /tls-ask?domain=HOST: whether a certificate may be had for a host, as Caddy asks before it orders one
 * (https://caddyserver.com/docs/automatic-https#on-demand-tls): 200 for the installation's own host and the configured
 * domains, else 404. Without it anybody could point names here and use up the certificate authority's limits.
 */
export function handleTlsAsk(context: EdgeContext, exchange: Exchange): void {
  const { index } = context.snapshots
  const host = firstValue(parseQuery(exchange.rawQuery), 'domain').toLowerCase()
  if (host === context.publicHost || index.domains.has(host)) sendText(exchange, 200, 'known')
  else if (index.version < 0) sendStarting(exchange)
  else sendText(exchange, 404, 'unknown')
}
