import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyRequest } from 'fastify'
import type { ApiApp } from './api-deps.ts'
import { Problem, sendProblem } from './problem.ts'

const INDEX = 'index.html'
/** Below these nothing is a page of the dashboard. */
const NO_PAGES = ['/api/', '/healthz', '/readyz', '/metrics', '/assets/']
/** Vite puts a hash of the content into these files' names. */
const HASHED_SECONDS = 365 * 24 * 3_600

/**
 * Serves the built dashboard, when it is built (webRoot '' for never). Its pages have paths of their own (`/campaigns/…`), made by the
 * script: each is answered with the one HTML file. Every other unknown path is a 404 problem.
 */
export async function serveDashboard(app: ApiApp, webRoot: string): Promise<void> {
  const isBuilt = webRoot !== '' && existsSync(join(webRoot, INDEX))
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: webRoot,
      // The build writes a .gz beside what shrinks.
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = path.startsWith(join(webRoot, 'assets'))
        reply.header('cache-control', isHashed ? `public, max-age=${HASHED_SECONDS}, immutable` : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    if (isBuilt && isPage(request)) return reply.sendFile(INDEX)
    const path = request.url.split('?', 1)[0] ?? ''
    return sendProblem(reply, new Problem(404, 'not_found', `${request.method} ${path} is not known.`))
  })
}

function isPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  return !NO_PAGES.some((prefix) => request.url.startsWith(prefix))
}
