import { masked } from '../domain/carried-data.ts'
import type { TargetCallsSummary } from '../store/target-health.ts'

/** A target that is well is noted so often, and not with every call. */
const WELL_NOTED_MS = 60_000
const TARGETS_MAX = 10_000

/** One recorded call, as far as the health of its target goes. */
export type HealthCall = {
  readonly targetId: string
  readonly workspace: string
  readonly isDelivered: boolean
  /** Of one that was not delivered. */
  readonly error: string
  readonly at: number
}

/** Sums up the calls of a batch by target: what goes into one row of target_health. */
export function sumUpCalls(calls: readonly HealthCall[]): readonly TargetCallsSummary[] {
  return [...Map.groupBy(calls, ({ targetId }) => targetId).values()].flatMap(sumUpTarget)
}

function sumUpTarget(calls: readonly HealthCall[]): readonly TargetCallsSummary[] {
  const [first] = calls
  if (first === undefined) return []
  const lastSuccess = calls.findLastIndex(({ isDelivered }) => isDelivered)
  const failures = calls.slice(lastSuccess + 1)
  return [
    {
      targetId: first.targetId,
      workspace: first.workspace,
      lastSuccessAt: calls[lastSuccess]?.at ?? null,
      failuresInRow: failures.length,
      failingSince: failures[0]?.at ?? null,
      lastFailureAt: failures.at(-1)?.at ?? null,
      lastError: masked(failures.at(-1)?.error ?? ''),
    },
  ]
}

/**
 * Remembers which targets were noted as well a short while ago: these need no row for one more call that was delivered.
 * Another worker may have noted a failure meanwhile; the next note of this one corrects that.
 */
export class WellTargets {
  readonly #notedAt = new Map<string, number>()

  /** Without those that are as they were noted. */
  select(summaries: readonly TargetCallsSummary[]): readonly TargetCallsSummary[] {
    return summaries.filter(({ targetId, failuresInRow, lastSuccessAt }) => {
      if (failuresInRow > 0 || lastSuccessAt === null) return true
      return lastSuccessAt - (this.#notedAt.get(targetId) ?? Number.NEGATIVE_INFINITY) >= WELL_NOTED_MS
    })
  }

  /** After they were written. */
  note(summaries: readonly TargetCallsSummary[]): void {
    for (const { targetId, failuresInRow, lastSuccessAt } of summaries) {
      this.#notedAt.delete(targetId)
      if (failuresInRow === 0 && lastSuccessAt !== null) this.#notedAt.set(targetId, lastSuccessAt)
    }
    while (this.#notedAt.size > TARGETS_MAX) {
      const [oldest = ''] = this.#notedAt.keys()
      this.#notedAt.delete(oldest)
    }
  }
}
