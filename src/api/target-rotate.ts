import { inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { targetFields } from './notification-target-fields.ts'
import { auditTarget, findTarget, notTheirs } from './notification-targets.ts'
import { idParams } from './page.ts'
import { lockTarget, rotatedSchema, rotateSecret, rotationBody } from './rotate-secret.ts'

/** The signing secret of a source's or campaign's target; an affiliate rotates its own in the portal. */
export function targetRotateRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/notification-targets/:id/rotate-secret', {
    schema: {
      tags: ['notification-targets'],
      summary:
        'Give a notification target a new secret, shown this once; the one before signs too for a while',
      params: idParams,
      body: rotationBody(targetFields.secret),
      response: { 200: rotatedSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const { id } = request.params
      const { vault, store } = deps
      const now = deps.clock()
      return await inTransaction(store.db, async (db) => {
        await lockTarget(db, store.engine, id)
        const target = await findTarget(db, caller.workspace, id)
        if (target.ownerType === 'affiliate') throw notTheirs(['secret'])
        const rotated = await rotateSecret({ db, vault, now }, target, request.body)
        await auditTarget(db, caller, { now, deed: 'rotate_secret', id })
        return rotated
      })
    },
  })
}
