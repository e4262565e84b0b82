import { writeTestBody } from '../domain/webhook-sample.ts'
import type { StoredTarget } from '../store/notification-targets.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf } from './caller.ts'
import { fireCall, firedTestSchema, TESTS_PER_MINUTE } from './fire-test.ts'
import { idParams } from './page.ts'
import { perWorkspace } from './rate-limits.ts'

type Webhooks = {
  readonly find: (db: Db, caller: Caller, id: string) => Promise<StoredTarget>
  /** Refuses a URL that leads back to this installation, whose domains may have changed since it was saved. */
  readonly checkUrl: (deps: ApiDeps, db: Db, url: string) => Promise<void>
}

/** The Test button of a webhook: whatever its status and events, and signed as every call is. */
export function webhookTestRoute(app: ApiApp, deps: ApiDeps, { find, checkUrl }: Webhooks): void {
  app.post('/api/v1/webhooks/:id/test', {
    config: perWorkspace(TESTS_PER_MINUTE),
    schema: {
      tags: ['webhooks'],
      summary: 'Test: call a webhook now with an event of type "test", and show the request and the answer',
      params: idParams,
      response: { 200: firedTestSchema },
    },
    handler: async (request) => {
      const { db } = deps.store
      const webhook = await find(db, callerOf(request), request.params.id)
      await checkUrl(deps, db, webhook.url)
      const { method, url, contentType } = webhook
      return await fireCall(deps, webhook, { method, url, contentType, body: writeTestBody(deps.clock()) })
    },
  })
}
