import { type Alert, type AlertFinding, type AlertKind, STATED_KINDS } from './alert.ts'

const MINUTE_MS = 60_000
/** What is measured has to be well for so long before it is over. */
const CLEAR_MS = 10 * MINUTE_MS
/** An open alert is brought to mind again, at most so often. */
const REMINDER_MS = 24 * 60 * MINUTE_MS

/** What becomes of the alerts of one workspace after a look. */
export type TurnPlan = {
  readonly opened: readonly AlertFinding[]
  /** Found again, with its present words. */
  readonly held: readonly { readonly alert: Alert; readonly finding: AlertFinding }[]
  /** Found no more for the first time. */
  readonly cleared: readonly Alert[]
  readonly resolved: readonly Alert[]
}

/**
 * ```
 *           found                     not found          not found for CLEAR_MS
 *  (none) ─────────▶ open, held ────────────────▶ open, cleared ────────▶ resolved
 *                        ▲                              │
 *                        ╰────────── found again ───────╯
 * ```
 *
 * @param of.open alerts of the workspace that are open.
 * @param of.judged kinds that could be judged this time; of any other nothing is known, and nothing changes.
 */
export function planTurns(of: {
  readonly open: readonly Alert[]
  readonly findings: readonly AlertFinding[]
  readonly judged: ReadonlySet<AlertKind>
  readonly now: number
}): TurnPlan {
  const found = new Map(of.findings.map((finding) => [keyOf(finding), finding]))
  const known = new Map(of.open.map((alert) => [keyOf(alert), alert]))
  const gone = of.open.filter((alert) => of.judged.has(alert.kind) && !found.has(keyOf(alert)))
  const isOver = ({ kind, clearedAt }: Alert) =>
    STATED_KINDS.has(kind) || (clearedAt !== null && of.now - clearedAt >= CLEAR_MS)
  return {
    opened: [...found].filter(([key]) => !known.has(key)).map(([, finding]) => finding),
    held: [...found].flatMap(([key, finding]) => {
      const alert = known.get(key)
      return alert === undefined ? [] : [{ alert, finding }]
    }),
    cleared: gone.filter((alert) => !isOver(alert) && alert.clearedAt === null),
    resolved: gone.filter(isOver),
  }
}

/** Whether an open alert of which everything was told is to be brought to mind once more. */
export function needsReminder(alert: Alert, now: number): boolean {
  const { state, kind, toldAt, transitions, toldTransition } = alert
  if (state !== 'open' || STATED_KINDS.has(kind) || toldTransition < transitions) return false
  return toldAt !== null && now - toldAt >= REMINDER_MS
}

function keyOf({ kind, subjectId }: Pick<AlertFinding, 'kind' | 'subjectId'>): string {
  return `${kind} ${subjectId}`
}
