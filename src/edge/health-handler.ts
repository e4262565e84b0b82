import { sendJson } from './answers.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'

/** GET /healthz: whether this process can answer visitors. Core's health is core's own matter. */
export function handleHealth(context: EdgeContext, exchange: Exchange): void {
  const ready = context.snapshots.index.version >= 0
  sendJson(exchange, ready ? 200 : 503, { status: ready ? 'ok' : 'starting' })
}
