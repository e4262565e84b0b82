import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type Advertiser, getAdvertiser, updateAdvertiser } from '../store/advertisers.ts'
import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import { inTransaction } from '../store/transaction.ts'
import { advertiserSchema, toAdvertiserView } from './advertisers.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf } from './caller.ts'
import { idParams } from './page.ts'
import { notFound, Problem } from './problem.ts'

/** 192 random bits: nobody guesses it, and no two are the same. */
const TOKEN_BYTES = 24
const ACTIONS = ['generate', 'enforce', 'revoke'] as const
type Action = (typeof ACTIONS)[number]

const tokenBody = z.strictObject({
  action: z
    .enum(ACTIONS)
    .describe(
      'generate: a new token, accepted at once and not required; enforce: from now on it is required, and the one ' +
        'before is refused; revoke: neither is known any more, and none is required',
    ),
})

/** POST /api/v1/advertisers/:id/token: a token in two steps, so that no hit is lost between them. */
export function advertiserTokenRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/advertisers/:id/token', {
    schema: {
      tags: ['advertisers'],
      summary: 'Generate, enforce or revoke the token of an advertiser',
      params: idParams,
      body: tokenBody,
      response: { 200: advertiserSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const changed = await changeToken(deps, caller, { id: request.params.id, action: request.body.action })
      return toAdvertiserView(changed, deps, caller)
    },
  })
}

async function changeToken(
  { store, clock }: ApiDeps,
  caller: Caller,
  { id, action }: { readonly id: string; readonly action: Action },
): Promise<Advertiser> {
  const key = { workspace: caller.workspace, id }
  return await inTransaction(store.db, async (db) => {
    await lockKeys(db, store.engine, [`advertiser-token:${id}`])
    const current = await getAdvertiser(db, key)
    if (current?.archivedAt !== null) throw notFound('advertiser', id)
    const now = clock()
    const changed = await updateAdvertiser(db, key, tokensAfter(action, current), now)
    if (changed === undefined) throw notFound('advertiser', id)
    const subject = { subjectType: 'advertiser', subjectId: id, detail: { action } }
    const { workspace, actor } = caller
    await appendAudit(db, { workspace, actor, at: now, action: 'advertiser.token', ...subject })
    return changed
  })
}

function tokensAfter(
  action: Action,
  { nextToken }: Pick<Advertiser, 'nextToken'>,
): Partial<Pick<Advertiser, 'token' | 'nextToken'>> {
  switch (action) {
    case 'generate':
      return { nextToken: randomBytes(TOKEN_BYTES).toString('base64url') }
    case 'enforce':
      if (nextToken === '') {
        throw new Problem(409, 'no_new_token', 'There is no new token to enforce: generate one first.')
      }
      return { token: nextToken, nextToken: '' }
    case 'revoke':
      return { token: '', nextToken: '' }
  }
}
