import type { HitOutcome } from '../domain/hit.ts'

/** One rule's word on a hit. */
export type RuleResult = {
  readonly step: string
  readonly ok: boolean
  readonly detail: string
  /** What the hit becomes when this rule is the first to fail. */
  readonly outcome: HitOutcome
}

/** @param problem '' when the rule is kept, which `fine` then describes. */
export function toResult(
  step: string,
  problem: string,
  fine = '',
  outcome: HitOutcome = 'rejected',
): RuleResult {
  return { step, ok: problem === '', detail: problem || fine, outcome }
}
