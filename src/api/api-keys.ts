import { z } from 'zod'
import { type ApiKey, listApiKeys, revokeApiKey } from '../store/api-keys.ts'
import { appendAudit } from '../store/audit-log.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { ROLES } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { issueApiKey } from './api-key.ts'
import { type Caller, callerOf, workspaceOf } from './caller.ts'
import { nameField, timeField, toTime } from './fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound } from './problem.ts'

const TAGS = ['api-keys']
const PATH = '/api/v1/api-keys'

/** A key of an affiliate manager would be nobody's: its affiliates are those of a person. */
const ROLE_PROBLEM =
  'must be viewer, manager or owner: an affiliate manager signs in, and keys of an affiliate are made at /affiliates/{id}/api-keys'
const createBody = z.strictObject({ name: nameField, role: z.enum(ROLES, ROLE_PROBLEM) })

const apiKeyFields = {
  id: z.string(),
  name: z.string(),
  role: z.string(),
  affiliateId: z.string().describe("Whose portal it opens; '' for a key of the network's own people"),
  prefix: z.string().describe('First characters, to tell keys apart'),
  createdAt: timeField,
  lastUsedAt: timeField.nullable().describe('To the minute'),
  revokedAt: timeField.nullable(),
}
export const apiKeySchema = z.object(apiKeyFields).meta({ id: 'ApiKey' })
export const newApiKeySchema = z
  .object({ ...apiKeyFields, key: z.string().describe('Shown this once') })
  .meta({ id: 'NewApiKey' })

export function apiKeyRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: api-keys, revoked ones too',
      querystring: pageQuery,
      response: { 200: pageOf(apiKeySchema) },
    },
    handler: async (request) => {
      const page = await listApiKeys(db, workspaceOf(request), request.query)
      return { items: page.items.map(toApiKeyView), nextCursor: page.nextCursor }
    },
  })
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Create an API key; the answer shows it this once',
      body: createBody,
      response: { 201: newApiKeySchema },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const now = deps.clock()
      const { key, stored } = await inTransaction(db, async (trx) => {
        const issued = await issueApiKey(trx, { workspace: caller.workspace, ...request.body }, now)
        await auditApiKey(trx, caller, { now, action: 'api_key.create', id: issued.stored.id })
        return issued
      })
      return await reply.code(201).send({ ...toApiKeyView(stored), key })
    },
  })
  app.delete(`${PATH}/:id`, {
    schema: { tags: TAGS, summary: 'Revoke an API key', params: idParams, response: { 204: z.undefined() } },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { id } = request.params
      await inTransaction(db, async (trx) => {
        const now = deps.clock()
        if (!(await revokeApiKey(trx, { workspace: caller.workspace, id }, now)))
          throw notFound('API key', id)
        await auditApiKey(trx, caller, { now, action: 'api_key.revoke', id })
      })
      return await reply.code(204).send()
    },
  })
}

/** An API key without the key itself. */
export function toApiKeyView(key: ApiKey): z.input<typeof apiKeySchema> {
  const { id, name, role, affiliateId, prefix } = key
  return {
    id,
    name,
    role,
    affiliateId,
    prefix,
    createdAt: toTime(key.createdAt),
    lastUsedAt: key.lastUsedAt === null ? null : toTime(key.lastUsedAt),
    revokedAt: key.revokedAt === null ? null : toTime(key.revokedAt),
  }
}

export async function auditApiKey(
  db: Db,
  { workspace, actor }: Caller,
  { now, action, id }: { readonly now: number; readonly action: string; readonly id: string },
): Promise<void> {
  await appendAudit(db, {
    workspace,
    at: now,
    actor,
    action,
    subjectType: 'API key',
    subjectId: id,
    detail: {},
  })
}
