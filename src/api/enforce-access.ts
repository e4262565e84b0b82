import { fromNodeHeaders } from 'better-auth/node'
import type { FastifyRequest } from 'fastify'
import { findAffiliateOfUser } from '../store/affiliate-users.ts'
import { requiresTwoFactor } from '../store/workspaces.ts'
import { type Access, accessOf, mayCall, OPEN_TO_INACTIVE_AFFILIATES } from './access-table.ts'
import type { Membership } from './accounts.ts'
import { requireActiveAffiliate } from './active-affiliate.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { findKeyHolder } from './api-key.ts'
import { type Caller, KEY_ACTOR, USER_ACTOR } from './caller.ts'
import { PORTAL_OF_HEADER, viewerOfPortal } from './portal-view.ts'
import { Problem } from './problem.ts'

const WORKSPACE_HEADER = 'x-trailpost-workspace'
const BEARER = 'Bearer '
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Checks every request against access-table.ts before its body is read: who calls (API key or session cookie),
 * in which workspace, with which role. A route that is not in the table can not be registered.
 */
export function enforceAccess(app: ApiApp, deps: ApiDeps): void {
  app.decorateRequest('caller', undefined)
  app.decorateRequest('user', undefined)
  app.decorateRequest('memberships', undefined)
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      if (accessOf(each, url) === undefined) throw new Error(`${each} ${url} is missing in access-table.ts`)
    }
  })
  app.addHook('onRequest', async (request, reply) => {
    const { url } = request.routeOptions
    // No route: the not-found handler answers.
    if (url === undefined) return
    const access = accessOf(request.method, url)
    if (access === undefined) throw new Problem(404, 'not_found', `${request.method} ${url} is not known.`)
    if (access === 'public') return
    await admit(deps, access, request, (cookie) => {
      reply.header('set-cookie', cookie)
    })
  })
}

/** Whether who sent the request may make it still, for one that is answered for a long time. */
export async function mayCallStill(deps: ApiDeps, request: FastifyRequest): Promise<boolean> {
  const access = accessOf(request.method, request.routeOptions.url ?? '')
  const before = request.caller
  if (access === undefined || access === 'public') return access === 'public'
  try {
    await admit(deps, access, request, () => {})
    return request.caller?.workspace === before?.workspace
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}

async function admit(
  deps: ApiDeps,
  access: Exclude<Access, 'public'>,
  request: FastifyRequest,
  setCookie: (cookie: string) => void,
): Promise<void> {
  const { authorization } = request.headers
  const needed = access === 'user' ? undefined : access
  if (authorization !== undefined) {
    request.caller = await callerByKey(deps, authorization, request)
  } else {
    const memberships = await identify(deps, request, setCookie)
    checkOrigin(deps, request)
    const wanted = headerOf(request, WORKSPACE_HEADER)
    const membership = chooseMembership(memberships, wanted, needed)
    if (membership !== undefined) {
      request.caller = await callerByMembership(deps, membership, request.user?.id ?? '')
    }
  }
  const portalOf = headerOf(request, PORTAL_OF_HEADER)
  if (portalOf !== undefined) {
    // Of the person who looks: an affiliate, as whom the request goes on, is asked for none.
    await requireSecondFactor(deps, request)
    request.caller = await viewerOfPortal(deps, request, { access, affiliateId: portalOf })
  }
  if (needed !== undefined && (request.caller === undefined || !mayCall(request.caller.role, needed))) {
    throw new Problem(403, 'role_too_low', `This needs the role ${needed}; yours is ${request.caller?.role}.`)
  }
  if (needed !== undefined) await requireSecondFactor(deps, request)
  const isOpen = OPEN_TO_INACTIVE_AFFILIATES.has(`${request.method} ${request.routeOptions.url}`)
  if (needed === 'affiliate' && !isOpen) await requireActiveAffiliate(deps.store.db, request)
}

/** Of the network's own people, where the workspace asks for it; an API key signs in by nothing but itself. */
async function requireSecondFactor({ store }: ApiDeps, { user, caller }: FastifyRequest): Promise<void> {
  if (user === undefined || user.hasTwoFactor) return
  if (caller === undefined || caller.role === 'affiliate') return
  if (!(await requiresTwoFactor(store.db, caller.workspace))) return
  throw new Problem(
    403,
    'two_factor_required',
    'This workspace requires two-factor sign-in: turn it on for your account, then go on.',
  )
}

/** An affiliate's person is nobody while it is not said whose. */
async function callerByMembership(
  { store }: ApiDeps,
  { workspace, role }: Membership,
  userId: string,
): Promise<Caller> {
  const actor = `${USER_ACTOR}${userId}`
  if (role !== 'affiliate') return { workspace, role, actor, affiliateId: '' }
  const affiliateId = await findAffiliateOfUser(store.db, { userId, workspace })
  if (affiliateId === undefined) throw new Problem(403, 'no_affiliate', 'You sign in for no affiliate.')
  return { workspace, role, actor, affiliateId }
}

async function callerByKey(deps: ApiDeps, authorization: string, request: FastifyRequest): Promise<Caller> {
  const key = authorization.startsWith(BEARER) ? authorization.slice(BEARER.length).trim() : ''
  const holder = await findKeyHolder(deps.store.db, key, deps.clock())
  if (holder === undefined) {
    throw new Problem(
      401,
      'bad_api_key',
      'This API key is unknown or revoked. Send Authorization: Bearer tp_…',
    )
  }
  const wanted = headerOf(request, WORKSPACE_HEADER)
  if (wanted !== undefined && wanted !== holder.workspace) throw foreignWorkspace(wanted)
  const { workspace, role, affiliateId } = holder
  return { workspace, role, affiliateId, actor: `${KEY_ACTOR}${holder.id}` }
}

/** The memberships of the person whose session cookie came with the request. */
async function identify(
  deps: ApiDeps,
  request: FastifyRequest,
  setCookie: (cookie: string) => void,
): Promise<readonly Membership[]> {
  const session = await deps.accounts.session(fromNodeHeaders(request.headers))
  if (session === undefined) {
    throw new Problem(401, 'not_signed_in', 'Sign in, or send an API key as Authorization: Bearer tp_…')
  }
  for (const cookie of session.cookies) setCookie(cookie)
  request.user = session.user
  request.memberships = await deps.accounts.memberships(session.user.id)
  return request.memberships
}

/**
 * A browser sends cookies along with what other sites make it send; it also says from where. Writes by cookie
 * are taken from the dashboard's own pages, and from clients that are no browser and say nothing.
 */
function checkOrigin(deps: ApiDeps, request: FastifyRequest): void {
  if (SAFE_METHODS.has(request.method)) return
  assertTrustedOrigin(deps, request)
}

export function assertTrustedOrigin(deps: Pick<ApiDeps, 'trustedOrigins'>, request: FastifyRequest): void {
  const origin = headerOf(request, 'origin')
  if (origin !== undefined && deps.trustedOrigins().includes(origin)) return
  const site = headerOf(request, 'sec-fetch-site')
  if (origin === undefined && (site === undefined || site === 'same-origin')) return
  throw new Problem(
    403,
    'untrusted_origin',
    `Requests from ${origin ?? 'another site'} are refused. If the dashboard lives there, set TRAILPOST_DASHBOARD_URL to it.`,
  )
}

function chooseMembership(
  memberships: readonly Membership[],
  wanted: string | undefined,
  needed: Access | undefined,
): Membership | undefined {
  if (wanted !== undefined) {
    const found = memberships.find(({ workspace }) => workspace === wanted)
    if (found === undefined) throw foreignWorkspace(wanted)
    return found
  }
  const [first, ...others] = memberships
  if (needed === undefined) return others.length === 0 ? first : undefined
  if (first === undefined) throw new Problem(403, 'no_workspace', 'You belong to no workspace.')
  if (others.length > 0) {
    throw new Problem(
      400,
      'workspace_needed',
      'You belong to several workspaces: name one in X-Trailpost-Workspace.',
    )
  }
  return first
}

function foreignWorkspace(wanted: string): Problem {
  return new Problem(403, 'foreign_workspace', `You have no access to a workspace "${wanted}".`)
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
