import { z } from 'zod'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { AUTH_RATE_LIMIT, authHeaders } from './auth-routes.ts'
import { createOwner } from './create-owner.ts'
import { currencyField, nameField, timeZoneField } from './fields.ts'
import { personFields } from './person-fields.ts'
import { Problem } from './problem.ts'
import { claimSetupToken } from './setup-token.ts'

const setupBody = z.strictObject({
  token: z.string().min(1).max(200),
  ...personFields,
  workspaceName: nameField,
  currency: currencyField,
  timeZone: timeZoneField,
})

const setupAnswer = z.object({
  workspace: z.string(),
  user: z.object({ id: z.string(), email: z.string(), name: z.string() }),
})

/** First run: the holder of the printed link creates the owner and the first workspace, and is signed in. */
export function setupRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/setup', {
    schema: {
      tags: ['setup'],
      summary: 'Whether the first owner is still to be created',
      response: { 200: z.object({ needed: z.boolean() }) },
    },
    handler: async () => ({ needed: await deps.accounts.isEmpty() }),
  })
  app.post('/api/v1/setup', {
    schema: {
      tags: ['setup'],
      summary: 'Create the first owner and workspace, and sign in',
      body: setupBody,
      response: { 201: setupAnswer },
    },
    config: { rateLimit: AUTH_RATE_LIMIT },
    handler: async (request, reply) => {
      const owner = await setUp(deps, request.body)
      const { email, password, name } = request.body
      const cookies = await deps.accounts.signIn({ email, password }, authHeaders(request))
      for (const cookie of cookies) reply.header('set-cookie', cookie)
      const answer = { workspace: owner.workspace, user: { id: owner.userId, email, name } }
      return await reply.code(201).send(answer)
    },
  })
}

async function setUp(deps: ApiDeps, body: z.infer<typeof setupBody>) {
  if (!(await deps.accounts.isEmpty())) {
    throw new Problem(409, 'already_set_up', 'This installation has an owner already: sign in.')
  }
  const claim = await claimSetupToken(deps.dataDir, body.token)
  if (!claim.ok) {
    throw new Problem(
      403,
      'bad_setup_token',
      'This set-up link is not valid any more: use the newest one in the log.',
    )
  }
  try {
    const owner = await createOwner({ db: deps.store.db, accounts: deps.accounts }, body, deps.clock())
    if (!owner.ok)
      throw new Problem(409, 'email_taken', 'There is an account with this e-mail address already.')
    return owner
  } catch (error) {
    await claim.restore()
    throw error
  }
}
