import { z } from 'zod'
import { lockOfConversion } from '../conversions/conversion-lock.ts'
import { appendAudit } from '../store/audit-log.ts'
import { getConversionWithHistory } from '../store/conversions.ts'
import { eraseClicklessConversion } from '../store/erase-click-id.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf } from './caller.ts'
import { exportClickless, exportSchema } from './privacy-export.ts'
import { notFound, Problem } from './problem.ts'

const TAGS = ['privacy']
const params = z.object({ id: z.string().min(1).max(100) })

/** Conversions that came by a coupon or an affiliate's id: no click id finds them. */
export function privacyConversionRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/privacy/conversions/:id', {
    schema: {
      tags: TAGS,
      summary: 'Everything that is known of a conversion without a click, as one document',
      params,
      response: { 200: exportSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      return await exportClickless(deps, caller, await findClickless(deps, caller, request.params.id))
    },
  })
  app.post('/api/v1/privacy/conversions/:id/erase', {
    schema: {
      tags: TAGS,
      summary: 'Erase what came from the person of a conversion without a click',
      params,
      response: { 200: exportSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const { id } = request.params
      const { conversion } = await findClickless(deps, caller, id)
      const { workspace, actor } = caller
      const at = deps.clock()
      const subject = { subjectType: 'conversion', subjectId: id }
      const entry = { workspace, at, actor, action: 'conversion.erase', ...subject, detail: {} }
      const record = (db: Db) => appendAudit(db, entry)
      const lock = lockOfConversion(conversion)
      await eraseClicklessConversion(deps.store, { workspace, id, lock, record }, at)
      return await exportClickless(deps, caller, await findClickless(deps, caller, id))
    },
  })
}

async function findClickless(deps: ApiDeps, { workspace }: Caller, id: string) {
  const found = await getConversionWithHistory(deps.store.db, { workspace, id })
  if (found === undefined) throw notFound('conversion', id)
  const { clickId } = found.conversion
  if (clickId === '') return found
  throw new Problem(409, 'conflict', `The conversion is of the click id "${clickId}": ask for that.`)
}
