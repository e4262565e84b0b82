import { z } from 'zod'
import { appendAudit } from '../store/audit-log.ts'
import { getConversionWithHistory } from '../store/conversions.ts'
import { eraseClickId } from '../store/erase-click-id.ts'
import { type Erasure, getErasure, insertErasure } from '../store/erasures.ts'
import { inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf } from './caller.ts'
import { privacyConversionRoutes } from './privacy-conversions.ts'
import {
  erasureSchema,
  exportSchema,
  exportVisit,
  isKnown,
  isOwnVisit,
  toErasureView,
  unknownClickId,
} from './privacy-export.ts'
import { notFound } from './problem.ts'

const TAGS = ['privacy']
const REASON_CHARS_MAX = 500
const EXTERNAL_ID_CHARS_MAX = 512
const CLICK_IDS_MAX = 1_000

const clickIdParams = z.object({
  clickId: z.string().regex(/^[0-9a-hjkmnp-tv-z]{26}$/, 'must be a click id'),
})

const findQuery = z
  .object({
    conversionId: z.string().min(1).max(100).optional(),
    externalId: z.string().min(1).max(EXTERNAL_ID_CHARS_MAX).optional(),
  })
  .refine(
    ({ conversionId, externalId }) => (conversionId === undefined) !== (externalId === undefined),
    'give conversionId or externalId',
  )

/** What is known of one visitor's click: handed out, and erased, on its wish. */
export function privacyRoutes(app: ApiApp, deps: ApiDeps): void {
  findRoute(app, deps)
  privacyConversionRoutes(app, deps)
  app.get('/api/v1/privacy/visits/:clickId', {
    schema: {
      tags: TAGS,
      summary: 'Everything that is known of a click id, as one document',
      params: clickIdParams,
      response: { 200: exportSchema },
    },
    handler: async (request) => await exportVisit(deps, callerOf(request), request.params.clickId),
  })
  app.post('/api/v1/privacy/visits/:clickId/erase', {
    schema: {
      tags: TAGS,
      summary: 'Erase what came from the person, everywhere and also from what arrives later',
      params: clickIdParams,
      body: z.strictObject({ reason: z.string().min(1).max(REASON_CHARS_MAX) }),
      response: { 200: erasureSchema },
    },
    handler: async (request) =>
      toErasureView(await erase(deps, callerOf(request), { ...request.params, ...request.body })),
  })
}

function findRoute(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/privacy/click-ids', {
    schema: {
      tags: TAGS,
      summary: 'Click ids by conversion or by the external id of their visits',
      querystring: findQuery,
      response: {
        200: z.object({ clickIds: z.array(z.string()).describe(`At most ${CLICK_IDS_MAX}, newest first`) }),
      },
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const { conversionId, externalId = '' } = request.query
      if (conversionId === undefined)
        return { clickIds: [...(await deps.clickIdsOfExternalId(workspace, externalId, CLICK_IDS_MAX))] }
      const found = await getConversionWithHistory(deps.store.db, { workspace, id: conversionId })
      if (found === undefined) throw notFound('conversion', conversionId)
      const { clickId } = found.conversion
      return { clickIds: clickId === '' ? [] : [clickId] }
    },
  })
}

/**
 * SQL is erased at once; retention does the rest. The order is audited without a word of what is erased, and an order
 * that was given before is only answered.
 */
async function erase(
  deps: ApiDeps,
  { workspace, actor }: Caller,
  { clickId, reason }: { readonly clickId: string; readonly reason: string },
): Promise<Erasure> {
  const { store, clock } = deps
  const known = await getErasure(store.db, workspace, clickId)
  if (known !== undefined) return known
  if (!(await isKnown(deps, workspace, clickId))) throw unknownClickId(clickId)
  const at = clock()
  await inTransaction(store.db, async (trx) => {
    await insertErasure(trx, { workspace, clickId, actor, reason, createdAt: at })
    const subject = { subjectType: 'visit', subjectId: clickId }
    await appendAudit(trx, { workspace, at, actor, action: 'visit.erase', ...subject, detail: {} })
  })
  await eraseClickId(
    store,
    { workspace, clickId, isOwnVisit: await isOwnVisit(deps, workspace, clickId) },
    at,
  )
  const erasure = await getErasure(store.db, workspace, clickId)
  if (erasure === undefined) throw new TypeError('the erasure is gone')
  return erasure
}
