import { fromNodeHeaders } from 'better-auth/node'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { appendAudit } from '../store/audit-log.ts'
import type { User } from './accounts.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { CLIENT_IP_HEADER } from './auth-settings.ts'
import { USER_ACTOR } from './caller.ts'
import { assertTrustedOrigin } from './enforce-access.ts'
import { Problem, sendProblem } from './problem.ts'
import { answerSecondStep, isSecondStep, VERIFY_TOTP } from './second-step.ts'

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

/** Deeds on one's own account that the workspaces of the person are told of, by their audit logs. */
const AUDITED: Readonly<Record<string, string>> = {
  'POST /change-password': 'change_password',
  // Also a step of signing in, and then no news.
  [VERIFY_TOTP]: 'turn_on_two_factor',
  'POST /two-factor/disable': 'turn_off_two_factor',
  'POST /two-factor/generate-backup-codes': 'renew_backup_codes',
}

/** Mounts better-auth below /api/auth: same answers, but errors as problem+json. */
export function authRoutes(app: ApiApp, deps: ApiDeps): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const path = new URL(request.url, deps.dashboardUrl).pathname.slice(BASE_PATH.length)
    const route = `${request.method} ${path}`
    if (!OPEN_PATHS.has(route)) {
      throw new Problem(404, 'not_found', `${request.method} ${BASE_PATH}${path} is not known.`)
    }
    if (request.method === 'POST') assertTrustedOrigin(deps, request)
    const webRequest = toWebRequest(deps, request)
    // Before it is answered: the answer may begin another session.
    const isWatched = route in AUDITED || isSecondStep(route)
    const user = isWatched ? (await deps.accounts.session(webRequest.headers))?.user : undefined
    const answer = isSecondStep(route)
      ? await answerSecondStep(deps, { route, request: webRequest, body: request.body, user })
      : await deps.accounts.handle(webRequest)
    if (answer.ok && user !== undefined) await followUp(deps, { route, user, answer })
    return await relay(reply, answer)
  }
  app.get(`${BASE_PATH}/*`, { schema: { hide: true }, handler })
  app.post(`${BASE_PATH}/*`, { schema: { hide: true }, config: { rateLimit: AUTH_RATE_LIMIT }, handler })
}

type Deed = {
  readonly route: string
  /** As they were before. */
  readonly user: User
  readonly answer: Response
}

/** What comes after a deed is logged when it fails: the answer alone has the cookies of the session that goes on. */
async function followUp(deps: ApiDeps, { route, user, answer }: Deed): Promise<void> {
  const turnsOn = route === VERIFY_TOTP && !user.hasTwoFactor
  if (turnsOn) {
    await orLog(deps, 'sessions from before two-factor sign-in go on', () =>
      deps.accounts.endOtherSessions(answer.headers.getSetCookie()),
    )
  }
  if (!(route in AUDITED) || (route === VERIFY_TOTP && !turnsOn)) return
  await orLog(deps, `${AUDITED[route]} is missing in the audit log`, () => audit(deps, user, route))
}

async function orLog({ log }: ApiDeps, failure: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    log.error({ err: error }, failure)
  }
}

async function audit({ store, accounts, clock }: ApiDeps, user: User, route: string): Promise<void> {
  for (const { workspace } of await accounts.memberships(user.id)) {
    await appendAudit(store.db, {
      workspace,
      at: clock(),
      actor: `${USER_ACTOR}${user.id}`,
      action: `member.${AUDITED[route]}`,
      subjectType: 'member',
      subjectId: user.id,
      detail: {},
    })
  }
}

/** A request's headers for better-auth, with the address that its sender really has. */
export function authHeaders(request: FastifyRequest): Headers {
  const headers = fromNodeHeaders(request.headers)
  headers.set(CLIENT_IP_HEADER, request.ip)
  return headers
}

function toWebRequest(deps: ApiDeps, request: FastifyRequest): Request {
  const headers = authHeaders(request)
  // The body below is a fresh one; its length is not that of the original.
  headers.delete('content-length')
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
