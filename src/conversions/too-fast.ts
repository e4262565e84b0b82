import type { Court } from './court.ts'
import { type HitContext, isClickless } from './hit-context.ts'
import { isReportedByMember } from './reported-by-member.ts'
import { enterVisitChange } from './visit-changes.ts'

const FLAG = 'too_fast'

/**
 * A conversion sooner after its visit than the workspace believes possible puts the flag on the visit, and makes it a
 * bot's where the flag does so. The conversion counts all the same: who pays decides about it.
 * @returns the hit with the visit as it is then.
 */
export function flagTooFast(context: HitContext, court: Court): HitContext {
  const { hit, visit, workspace } = context
  if (isClickless(context)) return context
  const tookMs = Math.max(0, hit.at - visit.visit.visit_at)
  if (isReportedByMember(hit) || tookMs >= workspace.fraud.tooFastSeconds * 1_000) return context
  const isBot = workspace.fraud.botFlags.includes(FLAG) && (visit.visit.bot ?? '') === ''
  const change = { addFlags: [FLAG], ...(isBot && { bot: FLAG }) }
  const row = enterVisitChange(court, { id: hit.id, row: visit.visit, change })
  return { ...context, visit: { ...visit, visit: row } }
}
