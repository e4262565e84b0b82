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

const createBody = z.strictObject({ name: nameField, role: z.enum(ROLES) })

const apiKeyFields = {
  id: z.string(),
  name: z.string(),
  role: z.string(),
  prefix: z.string().describe('First characters, to tell keys apart'),
  createdAt: timeField,
  lastUsedAt: timeField.nullable().describe('To the minute'),
  revokedAt: timeField.nullable(),
}
const apiKeySchema = z.object(apiKeyFields).meta({ id: 'ApiKey' })
const newApiKeySchema = z
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
      return { items: page.items.map(toView), nextCursor: page.nextCursor }
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
        await audit(trx, caller, { now, action: 'api_key.create', id: issued.stored.id })
        return issued
      })
      return await reply.code(201).send({ ...toView(stored), key })
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
        await audit(trx, caller, { now, action: 'api_key.revoke', id })
      })
      return await reply.code(204).send()
    },
  })
}

function toView(key: ApiKey): z.input<typeof apiKeySchema> {
  const { id, name, role, prefix } = key
  return {
    id,
    name,
    role,
    prefix,
    createdAt: toTime(key.createdAt),
    lastUsedAt: key.lastUsedAt === null ? null : toTime(key.lastUsedAt),
    revokedAt: key.revokedAt === null ? null : toTime(key.revokedAt),
  }
}

async function audit(
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
