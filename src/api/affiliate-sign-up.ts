import { z } from 'zod'
import type { NetworkSettings } from '../domain/affiliate.ts'
import { addAffiliateUser } from '../store/affiliate-users.ts'
import { type AffiliateFields, createAffiliate, getAffiliate } from '../store/affiliates.ts'
import { appendAudit } from '../store/audit-log.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace, type Workspace } from '../store/workspaces.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { AUTH_RATE_LIMIT } from './auth-routes.ts'
import { USER_ACTOR } from './caller.ts'
import { joinWorkspace } from './join-workspace.ts'
import { personFields } from './person-fields.ts'
import { invalidFields, notFound, Problem } from './problem.ts'

const PATH = '/api/v1/sign-up/:workspace'
const TAGS = ['sign-up']
const COMPANY_CHARS_MAX = 200

const signUpParams = z.object({ workspace: z.string().min(1).max(100) })

const signUpBody = z.strictObject({
  ...personFields,
  company: z.string().trim().max(COMPANY_CHARS_MAX).default(''),
  acceptTerms: z.boolean().describe("True when the network's agreement is accepted"),
  referrer: z.string().max(64).default('').describe('Id of the affiliate whose invitation it was'),
})
type SignUp = z.output<typeof signUpBody>

const signUpAnswer = z.object({
  status: z
    .enum(['pending', 'active'])
    .describe('As a new affiliate is here; whether the address had an account is not told'),
})

/** Where affiliates sign up by themselves, when the workspace says so. */
export function affiliateSignUpRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Whether affiliates may sign up, and to what they agree',
      params: signUpParams,
      response: {
        200: z.object({
          open: z.boolean(),
          needsApproval: z.boolean(),
          name: z.string(),
          agreement: z.string().describe("'' for none"),
        }),
      },
    },
    handler: async (request) => {
      const { name, network } = await loadNetwork(deps.store.db, request.params.workspace)
      const needsApproval = network.signUp === 'on approval'
      return { open: network.signUp !== 'closed', needsApproval, name, agreement: network.agreement }
    },
  })
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Sign up as an affiliate; sign in afterwards',
      params: signUpParams,
      body: signUpBody,
      response: { 202: signUpAnswer },
    },
    config: { rateLimit: AUTH_RATE_LIMIT },
    handler: async (request, reply) => {
      const network = await loadNetwork(deps.store.db, request.params.workspace)
      return await reply.code(202).send({ status: await signUp(deps, network, request.body) })
    },
  })
}

/**
 * The answer is the same for an address that has an account: nothing changes then, unless the password is that
 * account's, whose person joins this network too. Either way one password is hashed.
 */
async function signUp(deps: ApiDeps, workspace: Workspace, body: SignUp): Promise<'pending' | 'active'> {
  const status = statusOfNew(workspace.network)
  if (workspace.network.agreement !== '' && !body.acceptTerms) {
    throw invalidFields([{ field: 'acceptTerms', message: 'the agreement must be accepted' }])
  }
  const now = deps.clock()
  await joinWorkspace(deps, body, {
    workspace: workspace.id,
    role: 'affiliate',
    now,
    mayHaveAccount: true,
    record: async (db, userId) => {
      const fields = await newAffiliate(db, workspace, { body, status, now })
      const { id: affiliateId } = await createAffiliate(db, workspace.id, fields, now)
      await addAffiliateUser(db, { userId, workspace: workspace.id, affiliateId }, now)
      await appendAudit(db, {
        workspace: workspace.id,
        at: now,
        actor: `${USER_ACTOR}${userId}`,
        action: 'affiliate.sign_up',
        subjectType: 'affiliate',
        subjectId: affiliateId,
        detail: { status },
      })
    },
  })
  return status
}

function statusOfNew({ signUp: rule }: NetworkSettings): 'pending' | 'active' {
  if (rule === 'closed') throw new Problem(403, 'sign_up_closed', 'This network takes no sign-ups.')
  return rule === 'on approval' ? 'pending' : 'active'
}

/** An invitation by an affiliate that is none, or not active, is a sign-up without one. */
async function newAffiliate(
  db: Db,
  { id: workspace, network }: Workspace,
  {
    body,
    status,
    now,
  }: { readonly body: SignUp; readonly status: 'pending' | 'active'; readonly now: number },
): Promise<AffiliateFields> {
  const { name, company, email, referrer } = body
  const inviting = referrer === '' ? undefined : await getAffiliate(db, { workspace, id: referrer })
  const isActive = inviting?.status === 'active' && inviting.archivedAt === null
  return {
    name: company === '' ? name : company,
    status,
    statusReason: '',
    email,
    managerId: '',
    referrerId: isActive ? inviting.id : '',
    referralPercent: 0,
    tier: '',
    tags: [],
    blockedSources: [],
    payment: { method: '', details: '', minimumMicros: null, period: null },
    billing: { company, address: '', taxId: '' },
    note: '',
    legacyIds: [],
    acceptedTermsAt: network.agreement === '' ? null : now,
  }
}

async function loadNetwork(db: Db, id: string): Promise<Workspace> {
  const workspace = await getWorkspace(db, id)
  if (workspace === undefined) throw notFound('network', id)
  return workspace
}
