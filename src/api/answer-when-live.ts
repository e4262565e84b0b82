import type { ApiApp, ApiDeps } from './api-deps.ts'

const WRITING_METHODS: ReadonlySet<string> = new Set(['POST', 'PATCH', 'DELETE'])
const READING_PATHS: ReadonlySet<string> = new Set(['/api/v1/reports'])

/**
 * A write is answered when the edges serve what it changed: a link that the answer holds works at once. Bounded
 * by `untilLive`; an edge that is away serves it later.
 */
export function answerWhenLive(app: ApiApp, deps: ApiDeps): void {
  app.addHook('onSend', async (request, reply) => {
    const isWrite = WRITING_METHODS.has(request.method) && request.url.startsWith('/api/v1/')
    if (isWrite && reply.statusCode < 300 && !READING_PATHS.has(request.url)) await deps.untilLive()
  })
}
