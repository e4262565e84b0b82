import { z } from 'zod'
import { getWorkspace } from '../store/workspaces.ts'
import { ROLES, SCOPED_ROLES } from './access-table.ts'
import type { Membership } from './accounts.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { Problem } from './problem.ts'

const meAnswer = z.object({
  user: z
    .object({ id: z.string(), email: z.string(), name: z.string() })
    .nullable()
    .describe('Null for an API key'),
  workspaces: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      currency: z.string(),
      timeZone: z.string(),
      role: z.enum([...ROLES, ...SCOPED_ROLES]),
    }),
  ),
})

/** Who is signed in, or whose key this is, and in which workspaces. */
export function meRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/me', {
    schema: { tags: ['me'], summary: 'The caller and their workspaces', response: { 200: meAnswer } },
    handler: async (request) => {
      const { user, caller } = request
      const memberships = user === undefined ? [caller] : await deps.accounts.memberships(user.id)
      const known = memberships.filter((membership) => membership !== undefined)
      return { user: user ?? null, workspaces: await Promise.all(known.map((each) => describe(deps, each))) }
    },
  })
}

async function describe(deps: ApiDeps, { workspace: id, role }: Membership) {
  const workspace = await getWorkspace(deps.store.db, id)
  if (workspace === undefined) throw new Problem(404, 'not_found', `There is no workspace "${id}" any more.`)
  const { name, currency, timeZone } = workspace
  return { id, name, currency, timeZone, role }
}
