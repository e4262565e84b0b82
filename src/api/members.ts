import { z } from 'zod'
import { ROLES, SCOPED_ROLES } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { timeField } from './fields.ts'

const memberSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum([...ROLES, ...SCOPED_ROLES]),
    since: timeField,
  })
  .meta({ id: 'Member' })

/** The people of the workspace: few, so they come as one page. */
export function memberRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/members', {
    schema: {
      tags: ['members'],
      summary: 'People of the workspace',
      response: { 200: z.object({ items: z.array(memberSchema), nextCursor: z.null() }) },
    },
    handler: async (request) => {
      const members = await deps.accounts.members(workspaceOf(request))
      const items = members.map(({ since, ...member }) => ({ ...member, since: since.toISOString() }))
      return { items, nextCursor: null }
    },
  })
}
