import type { HitStep } from '../domain/hit.ts'
import type { JudgedHit } from '../store/hits.ts'
import type { Db } from '../store/transaction.ts'
import { previewCaps } from './caps.ts'
import { checkEveryRule } from './check-rules.ts'
import type { Court } from './court.ts'
import type { HitContext } from './hit-context.ts'
import { readReport } from './read-report.ts'
import { buildEntry } from './record.ts'
import { preview } from './settle.ts'

/** `test=1`: every rule, cap and notification is checked and explained, and nothing is counted or sent. */
export async function explainTest(
  db: Db,
  context: HitContext,
  court: Court,
): Promise<Pick<JudgedHit, 'outcome' | 'reason' | 'steps'>> {
  const click = `${context.visit.visit.click_id} by ${context.method}`
  const steps: HitStep[] = [{ step: 'visit', ok: true, detail: click }]
  for (const { step, ok, detail } of checkEveryRule(context)) steps.push({ step, ok, detail })
  for (const { ok, detail } of await previewCaps(db, context)) steps.push({ step: 'cap', ok, detail })
  steps.push(...explainConversion(context, court))
  const failed = steps.find(isFailed)
  const reason = failed === undefined ? '' : `${failed.step}: ${failed.detail}`
  return { outcome: 'test', reason, steps }
}

/** A target that would not be told has its reason, which is no failure of the hit. */
function isFailed({ step, ok }: HitStep): boolean {
  return !ok && step !== 'notification'
}

function explainConversion(context: HitContext, court: Court): readonly HitStep[] {
  const report = readReport(context)
  if (report === undefined) return []
  const { decision, change } = preview({ context, report, court })
  const detail = 'reason' in decision ? decision.reason : `would ${decision.kind} it`
  const duplicate = { step: 'duplicate', ok: change !== undefined, detail }
  if (change === undefined) return [duplicate]
  const { deliveries } = buildEntry(change, court)
  return [
    duplicate,
    ...deliveries.map(({ type, state, url, reason }) => ({
      step: 'notification',
      ok: state !== 'skipped',
      detail: state === 'skipped' ? `${type} ${url}: ${reason}` : `${type} ${url}`,
    })),
  ]
}
