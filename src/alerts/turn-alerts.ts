import type { Alert, AlertFinding } from '../domain/alert.ts'
import { planTurns, type TurnPlan } from '../domain/alert-turns.ts'
import { clearAlert, holdAlert, openAlert, resolveAlert } from '../store/alerts.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { type Telling, tellAlerts } from './tell-alerts.ts'

/** What is known of one workspace before a look, and what the look found. */
export type Turning = Telling &
  Pick<Parameters<typeof planTurns>[0], 'judged'> & {
    /** Open ones, and those of which a turn waits to be told. */
    readonly live: readonly Alert[]
    readonly findings: readonly AlertFinding[]
  }

/**
 * Turns the alerts of a workspace by what a look found and tells of the turns, in one transaction.
 * @returns whether deliveries were made.
 */
export async function turnAlerts(db: Db, turning: Turning): Promise<boolean> {
  const { live, findings, judged, now } = turning
  const open = live.filter(({ state }) => state === 'open')
  const plan = planTurns({ open, findings, judged, now })
  if (live.length === 0 && plan.opened.length === 0) return false
  return await inTransaction(db, async (trx) => {
    await apply(trx, plan, turning)
    return await tellAlerts(trx, open, turning)
  })
}

async function apply(db: Db, plan: TurnPlan, { workspace, now }: Turning): Promise<void> {
  for (const finding of plan.opened) await openAlert(db, workspace.id, finding, now)
  for (const { alert, finding } of plan.held) await holdAlert(db, alert, finding, now)
  for (const alert of plan.cleared) await clearAlert(db, alert, now)
  for (const alert of plan.resolved) await resolveAlert(db, alert, now)
}
