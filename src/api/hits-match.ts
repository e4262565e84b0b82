import { z } from 'zod'
import { matchHit, REMATCH_HITS_MAX, rematchHits } from '../conversions/match-hit.ts'
import { appendAudit } from '../store/audit-log.ts'
import { roleSuffices } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { hitAnswerSchema, toHitAnswerView } from './hit-answer-view.ts'
import { idParams } from './page.ts'
import { invalidFields, notFound, Problem } from './problem.ts'

const TAGS = ['hits']
const ID_CHARS_MAX = 100

const matchBody = z.strictObject({ clickId: z.string().min(1).max(ID_CHARS_MAX) })

const rematchBody = z.union([
  z.strictObject({ ids: z.array(z.string().max(ID_CHARS_MAX)).min(1).max(REMATCH_HITS_MAX) }),
  z.strictObject({ all: z.literal(true).describe(`The newest ${REMATCH_HITS_MAX}`) }),
])

/** The unmatched inbox: hits whose visit was not found, matched by hand or judged anew. */
export function hitMatchRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/hits/:id/match', {
    schema: {
      tags: TAGS,
      summary: 'Say which visit an unmatched hit means, and judge it anew',
      params: idParams,
      body: matchBody,
      response: { 200: hitAnswerSchema },
    },
    handler: async (request) => {
      const { workspace, actor, role } = callerOf(request)
      const { id } = request.params
      const { clickId } = request.body
      const mayClaim = roleSuffices(role, 'owner')
      const result = await matchHit(deps.byHand, { workspace, actor, mayClaim, hitId: id, clickId })
      if (result.ok) return toHitAnswerView(result.answer)
      switch (result.problem) {
        case 'no_hit':
          throw notFound('hit', id)
        case 'no_visit':
          throw invalidFields([{ field: 'clickId', message: result.reason }])
        case 'not_unmatched':
          throw new Problem(409, 'not_unmatched', result.reason)
        case 'request_gone':
          throw new Problem(409, 'request_gone', result.reason)
      }
    },
  })
  rematchRoute(app, deps)
}

function rematchRoute(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/hits/rematch', {
    schema: {
      tags: TAGS,
      summary: 'Judge unmatched hits anew, e.g. after a visit came late',
      body: rematchBody,
      response: {
        200: z.object({ judged: z.int(), matched: z.int().describe('Unmatched no more') }),
      },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const result = await rematchHits(deps.byHand, workspace, request.body)
      const subject = { subjectType: 'workspace', subjectId: workspace }
      const entry = { workspace, at: deps.clock(), actor, action: 'hit.rematch', ...subject }
      await appendAudit(deps.store.db, { ...entry, detail: result })
      return result
    },
  })
}
