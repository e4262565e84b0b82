import { AssertionError } from 'node:assert'
import { isValueError } from '../store/store-error.ts'
import type { DocketVisit } from './docket.ts'

/**
 * Hits could not be judged now: the store is locked or down, the ledger does not answer, or too many hits wait.
 * Nothing was recorded of them; they are safe in the journal and are judged from there later.
 */
export class JudgeUnavailableError extends Error {
  readonly code = 'judge_unavailable'

  constructor(what: 'store' | 'ledger' | 'queue full', cause?: unknown) {
    super(`hits can not be judged now (${what})${cause instanceof Error ? `: ${cause.message}` : ''}`, {
      cause,
    })
    this.name = 'JudgeUnavailableError'
  }
}

/**
 * Hits were decided on conversions of visits that are not theirs, and whose locks the transaction does not hold: it is
 * run again with these. Locks are not taken late, since two transactions could wait for each other then.
 */
export class UnopenedVisitsError extends Error {
  readonly code = 'unopened_visits'
  readonly visits: readonly DocketVisit[]

  constructor(visits: readonly DocketVisit[]) {
    super(`${visits.length} visits are decided on without their locks`)
    this.name = 'UnopenedVisitsError'
    this.visits = visits
  }
}

/** Errors that one hit causes, whenever it is judged: a bug of ours, or values that the store refuses. */
export function isCausedByHit(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof SyntaxError ||
    error instanceof ReferenceError ||
    error instanceof AssertionError ||
    isValueError(error)
  )
}
