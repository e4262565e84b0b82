import { z } from 'zod'
import { lockKeys } from '../store/lock-keys.ts'
import {
  countApiKeysInForce,
  listApiKeysOfAffiliate,
  revokeApiKeyOfAffiliate,
} from '../store/portal-api-keys.ts'
import { inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { issueApiKey } from './api-key.ts'
import { apiKeySchema, auditApiKey, newApiKeySchema, toApiKeyView } from './api-keys.ts'
import { callerOf } from './caller.ts'
import { nameField } from './fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { portalUser } from './portal-affiliate.ts'
import { notFound, Problem } from './problem.ts'

const TAGS = ['portal']
const PATH = '/api/v1/portal/api-keys'
const KEYS_MAX = 20

/** Keys by which an affiliate's own programs use its portal, and nothing besides. */
export function portalApiKeyRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, engine } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Your API keys, revoked ones too',
      querystring: pageQuery,
      response: { 200: pageOf(apiKeySchema) },
    },
    handler: async (request) => {
      const user = await portalUser(db, request)
      const { items, nextCursor } = await listApiKeysOfAffiliate(db, user, request.query)
      return { items: items.map(toApiKeyView), nextCursor }
    },
  })
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Create an API key for your portal; the answer shows it this once',
      body: z.strictObject({ name: nameField }),
      response: { 201: newApiKeySchema },
    },
    handler: async (request, reply) => {
      const now = deps.clock()
      const { key, stored } = await inTransaction(db, async (trx) => {
        const { workspace, affiliateId } = await portalUser(trx, request)
        await lockKeys(trx, engine, [`affiliate-keys:${affiliateId}`])
        if ((await countApiKeysInForce(trx, { workspace, affiliateId })) >= KEYS_MAX) {
          throw new Problem(422, 'too_many_keys', `You have ${KEYS_MAX} keys: revoke one.`)
        }
        const { name } = request.body
        const issued = await issueApiKey(trx, { workspace, name, role: 'affiliate', affiliateId }, now)
        await auditApiKey(trx, callerOf(request), { now, action: 'api_key.create', id: issued.stored.id })
        return issued
      })
      return await reply.code(201).send({ ...toApiKeyView(stored), key })
    },
  })
  app.delete(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'Revoke one of your API keys',
      params: idParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const now = deps.clock()
      const { id } = request.params
      await inTransaction(db, async (trx) => {
        const user = await portalUser(trx, request)
        if (!(await revokeApiKeyOfAffiliate(trx, user, { id, now }))) throw notFound('API key', id)
        await auditApiKey(trx, callerOf(request), { now, action: 'api_key.revoke', id })
      })
      return await reply.code(204).send()
    },
  })
}
