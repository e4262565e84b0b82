import { accessOf } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'

const WRITING_METHODS: ReadonlySet<string> = new Set(['POST', 'PATCH', 'DELETE'])

/**
 * A write is answered when the edges serve what it changed: a link that the answer holds works at once. Bounded
 * by `untilLive`; an edge that is away serves it later. What a viewer may send asks for something and changes nothing.
 */
export function answerWhenLive(app: ApiApp, deps: ApiDeps): void {
  app.addHook('onSend', async (request, reply) => {
    const { url = '' } = request.routeOptions
    const isWrite = WRITING_METHODS.has(request.method) && url.startsWith('/api/v1/')
    if (isWrite && reply.statusCode < 300 && accessOf(request.method, url) !== 'viewer')
      await deps.untilLive()
  })
}
