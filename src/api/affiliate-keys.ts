import { z } from 'zod'
import { listApiKeysOfAffiliate, revokeApiKeyOfAffiliate } from '../store/portal-api-keys.ts'
import { inTransaction } from '../store/transaction.ts'
import { loadManagedAffiliate } from './affiliate-checks.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { issueApiKey } from './api-key.ts'
import { apiKeySchema, auditApiKey, newApiKeySchema, toApiKeyView } from './api-keys.ts'
import { callerOf, managerOf } from './caller.ts'
import { nameField } from './fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound } from './problem.ts'

const PATH = '/api/v1/affiliates/:id/api-keys'
const TAGS = ['affiliates']

const keyParams = idParams.extend({ keyId: z.string().min(1).max(100) })

/** Keys that open an affiliate's portal to its own programs, and nothing besides. */
export function affiliateKeyRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'API keys of an affiliate, revoked ones too',
      params: idParams,
      querystring: pageQuery,
      response: { 200: pageOf(apiKeySchema) },
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const { id } = request.params
      await loadManagedAffiliate(db, { workspace, id, managerId: managerOf(request) })
      const page = await listApiKeysOfAffiliate(db, { workspace, affiliateId: id }, request.query)
      return { items: page.items.map(toApiKeyView), nextCursor: page.nextCursor }
    },
  })
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Create an API key for the portal of an affiliate; the answer shows it this once',
      params: idParams,
      body: z.strictObject({ name: nameField }),
      response: { 201: newApiKeySchema },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { workspace } = caller
      const { id: affiliateId } = request.params
      const { name } = request.body
      const now = deps.clock()
      const { key, stored } = await inTransaction(db, async (trx) => {
        await loadManagedAffiliate(trx, { workspace, id: affiliateId, managerId: managerOf(request) })
        const issued = await issueApiKey(trx, { workspace, name, role: 'affiliate', affiliateId }, now)
        await auditApiKey(trx, caller, { now, action: 'api_key.create', id: issued.stored.id })
        return issued
      })
      return await reply.code(201).send({ ...toApiKeyView(stored), key })
    },
  })
  revokeRoute(app, deps)
}

function revokeRoute(app: ApiApp, deps: ApiDeps): void {
  app.delete(`${PATH}/:keyId`, {
    schema: {
      tags: TAGS,
      summary: 'Revoke an API key of an affiliate',
      params: keyParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { workspace } = caller
      const { id: affiliateId, keyId } = request.params
      const now = deps.clock()
      await inTransaction(deps.store.db, async (trx) => {
        await loadManagedAffiliate(trx, { workspace, id: affiliateId, managerId: managerOf(request) })
        const isRevoked = await revokeApiKeyOfAffiliate(trx, { workspace, affiliateId }, { id: keyId, now })
        if (!isRevoked) throw notFound('API key', keyId)
        await auditApiKey(trx, caller, { now, action: 'api_key.revoke', id: keyId })
      })
      return await reply.code(204).send()
    },
  })
}
