import { accessOf } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'

const WRITING_METHODS: ReadonlySet<string> = new Set(['POST', 'PATCH', 'DELETE'])

/** Routes that write nothing which an edge serves: they ask, preview, send, or write what is owed and was paid. */
export const UNKNOWN_TO_EDGES: ReadonlySet<string> = new Set([
  'POST /api/v1/portal/reports',
  'POST /api/v1/portal/postbacks/:id/test',
  'POST /api/v1/reconciliations',
  'POST /api/v1/conversion-uploads',
  'POST /api/v1/cost-corrections',
  'POST /api/v1/fraud/reruns',
  'POST /api/v1/deliveries/:id/replay',
  'POST /api/v1/deliveries/:id/cancel',
  'POST /api/v1/deliveries/replay',
  'POST /api/v1/deliveries/cancel',
  'POST /api/v1/invoices',
  'POST /api/v1/invoices/run',
  'POST /api/v1/invoices/:id/finalize',
  'POST /api/v1/invoices/:id/void',
  'POST /api/v1/payment-runs',
  'POST /api/v1/payment-runs/:id/cancel',
  'POST /api/v1/balance-adjustments',
])

/**
 * A write is answered when the edges serve what it changed: a link that the answer holds works at once. Bounded
 * by `untilLive`; an edge that is away serves it later. What a viewer may send asks for something and changes nothing.
 */
export function answerWhenLive(app: ApiApp, deps: ApiDeps): void {
  app.addHook('onSend', async (request, reply) => {
    const { url = '' } = request.routeOptions
    if (reply.statusCode < 300 && isForEdges(request.method, url)) await deps.untilLive()
  })
}

function isForEdges(method: string, url: string): boolean {
  if (!WRITING_METHODS.has(method) || !url.startsWith('/api/v1/')) return false
  return accessOf(method, url) !== 'viewer' && !UNKNOWN_TO_EDGES.has(`${method} ${url}`)
}
