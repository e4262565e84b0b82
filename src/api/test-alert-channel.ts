import { z } from 'zod'
import { buildAlertCall } from '../alerts/tell-alerts.ts'
import type { FiredCall } from '../delivery/fire-target.ts'
import type { Alert } from '../domain/alert.ts'
import { newRecordId } from '../store/ids.ts'
import { getWorkspace } from '../store/workspaces.ts'
import { findChannel } from './alert-channels.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { TESTS_PER_MINUTE } from './fire-test.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'
import { perWorkspace } from './rate-limits.ts'

const testSchema = z
  .object({
    ok: z.boolean().describe('The receiver took the message'),
    reason: z.string().describe("What went wrong; '' when nothing did"),
    answer: z
      .object({ status: z.int(), body: z.string().describe('First 4 kB') })
      .nullable()
      .describe('Null when none came'),
    durationMs: z.number(),
  })
  .meta({ id: 'AlertChannelTest' })

/** The Test button: one marked message, sent at once; nothing is queued or kept. */
export function testAlertChannelRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/alert-channels/:id/test', {
    config: perWorkspace(TESTS_PER_MINUTE),
    schema: {
      tags: ['alerts'],
      summary: 'Test: send a marked message to a channel now, and show the answer',
      params: idParams,
      response: { 200: testSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const { db } = deps.store
      const channel = await findChannel(db, caller, request.params.id)
      const workspace = await getWorkspace(db, caller.workspace)
      if (workspace === undefined) throw notFound('workspace', caller.workspace)
      const now = deps.clock()
      const telling = { workspace, dashboardUrl: deps.dashboardUrl, now, isTest: true }
      const call = buildAlertCall(channel, [testAlert(workspace.id, now)], telling)
      if (call === undefined) throw notFound('system', channel.system)
      return toView(await deps.fireTarget(channel, call))
    },
  })
}

/** Of no rule's kind of trouble: its words say what it is. */
function testAlert(workspace: string, now: number): Alert {
  return {
    id: newRecordId(now),
    workspace,
    kind: 'target_failing',
    subjectId: '',
    state: 'open',
    title: 'Test of an alert channel',
    detail: { text: 'Somebody pressed Test. Nothing is wrong.', path: '/settings/alerts' },
    openedAt: now,
    seenAt: now,
    clearedAt: null,
    resolvedAt: null,
    toldAt: null,
    transitions: 1,
    toldTransition: 0,
  }
}

function toView(fired: FiredCall): z.input<typeof testSchema> {
  const { answer, durationMs } = fired
  const reason = whyRefused(fired)
  const shown = answer === undefined ? null : { status: answer.status, body: answer.body }
  return { ok: reason === '', reason, answer: shown, durationMs }
}

/** '' when the receiver took it. A system may answer 200 and refuse in the body. */
function whyRefused({ answer, verdict, failure }: FiredCall): string {
  if (failure !== undefined) return `${failure.code}: ${failure.detail}`
  if (verdict?.kind === 'refused') return verdict.reason
  const isTaken = answer !== undefined && answer.status >= 200 && answer.status < 300
  return isTaken ? '' : `The receiver answered ${answer?.status}.`
}
