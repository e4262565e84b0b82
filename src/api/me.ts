import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AFFILIATE_STATUSES } from '../domain/affiliate.ts'
import { findAffiliateOfUser } from '../store/affiliate-users.ts'
import { getAffiliate } from '../store/affiliates.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import { ROLES, SCOPED_ROLES } from './access-table.ts'
import type { Membership } from './accounts.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { Problem } from './problem.ts'

const affiliateSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(AFFILIATE_STATUSES).describe('The portal is open to an active one alone'),
  statusReason: z.string(),
})

const meAnswer = z.object({
  installation: z.object({
    hasAsnDatabase: z
      .boolean()
      .describe('Whether visits can have a provider, a network and a kind of connection'),
    publicUrl: z.string().describe('The tracking host as visitors see it, without a trailing slash'),
  }),
  user: z
    .object({ id: z.string(), email: z.string(), name: z.string(), hasTwoFactor: z.boolean() })
    .nullable()
    .describe('Null for an API key'),
  workspaces: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      currency: z.string(),
      timeZone: z.string(),
      role: z.enum([...ROLES, ...SCOPED_ROLES]),
      requiresTwoFactor: z
        .boolean()
        .describe('Of its own people: who has none may turn it on, and nothing else here'),
      affiliate: affiliateSchema.nullable().describe('Whose portal it is, for the role affiliate'),
    }),
  ),
})

/** Who is signed in, or whose key this is, and in which workspaces. */
export function meRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/me', {
    schema: { tags: ['me'], summary: 'The caller and their workspaces', response: { 200: meAnswer } },
    handler: async (request) => {
      const { user, caller, memberships = [caller] } = request
      const known = memberships.filter((membership) => membership !== undefined)
      const workspaces = await Promise.all(known.map((each) => describe(deps, each, request)))
      const { hasAsnDatabase, publicUrl } = deps
      return { installation: { hasAsnDatabase, publicUrl }, user: user ?? null, workspaces }
    },
  })
}

async function describe(
  { store: { db } }: ApiDeps,
  { workspace: id, role }: Membership,
  { user, caller }: Pick<FastifyRequest, 'user' | 'caller'>,
) {
  const workspace = await getWorkspace(db, id)
  if (workspace === undefined) throw new Problem(404, 'not_found', `There is no workspace "${id}" any more.`)
  const { name, currency, timeZone } = workspace
  const requiresTwoFactor = workspace.requireTwoFactor && role !== 'affiliate'
  const affiliateId =
    user === undefined
      ? caller?.affiliateId
      : await findAffiliateOfUser(db, { userId: user.id, workspace: id })
  const affiliate = role === 'affiliate' ? await describeAffiliate(db, id, affiliateId ?? '') : null
  return { id, name, currency, timeZone, role, requiresTwoFactor, affiliate }
}

/** Null when the person signs in for none yet. */
async function describeAffiliate(db: Db, workspace: string, id: string) {
  const affiliate = await getAffiliate(db, { workspace, id })
  if (affiliate === undefined) return null
  const { name, status, statusReason, archivedAt } = affiliate
  return { id, name, status: archivedAt === null ? status : 'closed', statusReason }
}
