import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { appendAudit } from '../store/audit-log.ts'
import { findNewestDeed } from '../store/newest-deed.ts'
import { inTransaction } from '../store/transaction.ts'
import { type Access, mayCall } from './access-table.ts'
import { loadManagedAffiliate } from './affiliate-checks.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf, managerOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { idParams } from './page.ts'
import { Problem } from './problem.ts'

/** Names the affiliate whose portal a person of the network looks at. */
export const PORTAL_OF_HEADER = 'x-trailpost-portal-of'

const MAY_LOOK = 'affiliate_manager_writes'
/** Then it is begun anew, and the audit log has one entry more. */
const VIEW_MS = 60 * 60_000
const LOOK = 'portal.view'
const SUBJECT = 'affiliate'

/** Routes of the portal that only read, though their question does not fit into an address. */
const READING_POSTS: ReadonlySet<string> = new Set([
  'POST /api/v1/portal/reports',
  'POST /api/v1/portal/reports/export',
])
const READING_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

const viewSchema = z
  .object({
    affiliateId: z.string(),
    until: timeField.describe('From then on the portal is shown no more until it is begun again'),
  })
  .meta({ id: 'PortalView' })

/** Begins to look at the portal of an affiliate. */
export function portalViewRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/affiliates/:id/portal-view', {
    schema: {
      tags: ['affiliates'],
      summary: `Begin to look at the portal of an affiliate: for an hour, the person's requests that name it in ${PORTAL_OF_HEADER} read what it reads`,
      params: idParams,
      response: { 200: viewSchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      const now = deps.clock()
      await inTransaction(deps.store.db, async (db) => {
        const affiliate = await loadManagedAffiliate(db, { workspace, id, managerId: managerOf(request) })
        if (request.user === undefined) throw personNeeded()
        if (affiliate.archivedAt !== null) {
          throw new Problem(409, 'affiliate_archived', 'An affiliate that is archived has no portal.')
        }
        const subject = { subjectType: SUBJECT, subjectId: id }
        await appendAudit(db, { workspace, at: now, actor, action: LOOK, ...subject, detail: {} })
      })
      return { affiliateId: id, until: toTime(now + VIEW_MS) }
    },
  })
}

/**
 * The affiliate itself, as whom a person of its network reads the portal. What such a request may do is decided here
 * alone: its handler sees an affiliate. The entry in the audit log is what lets it through, so nobody looks without one.
 * @throws Problem 403 for a key, a role that may not look, a change, another route, and when the look has ended;
 * 404 for an affiliate of another network or manager.
 */
export async function viewerOfPortal(
  { store: { db }, clock }: ApiDeps,
  request: FastifyRequest,
  { access, affiliateId }: { readonly access: Access; readonly affiliateId: string },
): Promise<Caller> {
  const { caller, user, method, routeOptions } = request
  if (user === undefined) throw personNeeded()
  if (caller === undefined || !mayCall(caller.role, MAY_LOOK)) {
    throw new Problem(403, 'role_too_low', 'Your role does not look at portals of affiliates.')
  }
  const route = `${method} ${routeOptions.url}`
  if (access !== 'affiliate') {
    throw new Problem(
      403,
      'not_of_the_portal',
      `${route} is not of the portal: leave ${PORTAL_OF_HEADER} out.`,
    )
  }
  if (!READING_METHODS.has(method) && !READING_POSTS.has(route)) {
    const detail = 'You look at the portal of an affiliate. Nothing can be changed here.'
    throw new Problem(403, 'portal_view_reads', detail)
  }
  const { workspace, actor } = caller
  await loadManagedAffiliate(db, { workspace, id: affiliateId, managerId: managerOf(request) })
  const deed = { workspace, subjectType: SUBJECT, subjectId: affiliateId, action: LOOK, actor }
  const begun = await findNewestDeed(db, deed)
  if (begun === undefined || clock() >= begun + VIEW_MS) {
    throw new Problem(403, 'portal_view_ended', 'Open the portal again from the page of the affiliate.')
  }
  return { workspace, role: 'affiliate', affiliateId, actor }
}

function personNeeded(): Problem {
  return new Problem(403, 'person_needed', 'An API key can not do this: sign in to the dashboard.')
}
