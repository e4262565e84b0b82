import { z } from 'zod'
import { CORRECTION_LIMITS } from '../corrections/correction-limits.ts'
import type { UndoRefusal } from '../corrections/undo-costs.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import {
  costAppliedSchema,
  costPreviewSchema,
  toCostAppliedView,
  toCostPreviewView,
} from './cost-correction-view.ts'
import { toTime } from './fields.ts'
import { idParams } from './page.ts'
import { notFound, Problem } from './problem.ts'

const WHAT = 'cost correction'

const undoBody = z.strictObject({
  preview: z.boolean().default(false).describe('Say what it would do, and do nothing'),
})

/** POST /api/v1/cost-corrections/{id}/undo: adds the opposite of what a correction added, once. */
export function costUndoRoute(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/cost-corrections/:id/undo', {
    schema: {
      tags: ['costs'],
      summary: 'Take a correction of costs back; asked twice it is taken back once',
      params: idParams,
      body: undoBody,
      response: { 200: z.union([costPreviewSchema, costAppliedSchema]) },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      if (request.body.preview) {
        const planned = await deps.costs.previewUndo({ workspace, id })
        if (!planned.ok) throw toProblem(planned, id)
        if ('undone' in planned) return toCostAppliedView(planned.undone, undefined)
        return toCostPreviewView(planned)
      }
      const undone = await deps.costs.undo({ workspace, id }, actor)
      if (!undone.ok) throw toProblem(undone, id)
      return toCostAppliedView(undone.correction, undefined)
    },
  })
}

function toProblem(refused: UndoRefusal, id: string): Problem {
  switch (refused.reason) {
    case 'unknown':
      return notFound(WHAT, id)
    case 'is_undo':
      return new Problem(
        409,
        'is_undo',
        'This takes another correction back. To correct the cost again, apply a new correction.',
      )
    case 'not_kept':
      return new Problem(
        409,
        'not_kept',
        `A correction can be undone for ${CORRECTION_LIMITS.costUndoDays} days. Apply a new one with the cost as it should be.`,
      )
    case 'later': {
      const { key, createdAt } = refused.later
      return new Problem(
        409,
        'later_correction',
        `A later correction of the same visits counts on this one: undo that first (key "${key}", ${toTime(createdAt)}).`,
      )
    }
    case 'too_many_groups':
      return new Problem(
        422,
        'too_many_groups',
        'Too many kinds of visits have come since. Apply a new correction for a shorter range.',
      )
    case 'key_used':
      return new Problem(409, 'key_used', 'Another correction has the key that the undo would have.')
  }
}
