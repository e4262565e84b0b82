import { fromNodeHeaders } from 'better-auth/node'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { CLIENT_IP_HEADER } from './auth-settings.ts'
import { assertTrustedOrigin } from './enforce-access.ts'
import { Problem, sendProblem } from './problem.ts'

/** Attempts per minute and address: enough for a person, too few to guess passwords. */
export const AUTH_RATE_LIMIT = { max: 20, timeWindow: 60_000 }

/**
 * What better-auth may answer. It brings many more end points; each one that is not here stays closed, also
 * those that a new version adds.
 */
const OPEN_PATHS: ReadonlySet<string> = new Set([
  'GET /get-session',
  'GET /list-sessions',
  'POST /sign-in/email',
  'POST /sign-out',
  'POST /change-password',
  'POST /update-user',
  'POST /revoke-session',
  'POST /revoke-other-sessions',
  'POST /two-factor/enable',
  'POST /two-factor/disable',
  'POST /two-factor/verify-totp',
  'POST /two-factor/verify-backup-code',
  'POST /two-factor/generate-backup-codes',
])
const BASE_PATH = '/api/auth'

/** Mounts better-auth below /api/auth: same answers, but errors as problem+json. */
export function authRoutes(app: ApiApp, deps: ApiDeps): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const path = new URL(request.url, deps.dashboardUrl).pathname.slice(BASE_PATH.length)
    if (!OPEN_PATHS.has(`${request.method} ${path}`)) {
      throw new Problem(404, 'not_found', `${request.method} ${BASE_PATH}${path} is not known.`)
    }
    if (request.method === 'POST') assertTrustedOrigin(deps, request)
    return await relay(reply, await deps.accounts.handle(toWebRequest(deps, request)))
  }
  app.get(`${BASE_PATH}/*`, { schema: { hide: true }, handler })
  app.post(`${BASE_PATH}/*`, { schema: { hide: true }, config: { rateLimit: AUTH_RATE_LIMIT }, handler })
}

function toWebRequest(deps: ApiDeps, request: FastifyRequest): Request {
  const headers = fromNodeHeaders(request.headers)
  // The body below is a fresh one; its length is not that of the original.
  headers.delete('content-length')
  headers.set(CLIENT_IP_HEADER, request.ip)
  const url = new URL(request.url, deps.dashboardUrl)
  if (request.method !== 'POST') return new Request(url, { method: request.method, headers })
  headers.set('content-type', 'application/json')
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(request.body ?? {}) })
}

async function relay(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  for (const cookie of answer.headers.getSetCookie()) reply.header('set-cookie', cookie)
  const text = await answer.text()
  if (!answer.ok) return sendProblem(reply, problemOf(answer.status, text))
  return reply
    .code(answer.status)
    .type('application/json')
    .send(text === '' ? 'null' : text)
}

/** better-auth's errors are `{"code": "INVALID_EMAIL_OR_PASSWORD", "message": "…"}`. */
function problemOf(status: number, text: string): Problem {
  const body = parseOrEmpty(text)
  const code = 'code' in body && typeof body.code === 'string' ? body.code.toLowerCase() : 'auth_failed'
  const message = 'message' in body && typeof body.message === 'string' ? body.message : 'The request failed.'
  return new Problem(status, code, message)
}

function parseOrEmpty(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
