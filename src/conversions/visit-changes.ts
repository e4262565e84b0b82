import { isDeepStrictEqual } from 'node:util'
import { visitDimensions } from '../domain/conversion-ledger.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { LIMITS } from '../domain/limits.ts'
import { toDecimalString } from '../domain/money.ts'
import { applyVisitChange, type VisitChange } from '../domain/visit-change.ts'
import type { NumberChange } from '../domain/visit-values.ts'
import type { VisitNumber } from '../store/visit-numbers.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import type { Court } from './court.ts'

type Changing = {
  /** The hit's. */
  readonly id: string
  /** The visit as it is at present. */
  readonly row: LedgerRow
  readonly change: VisitChange
}

/**
 * Enters new values for a visit; nothing when it has them already.
 * @returns the visit as it is then.
 */
export function enterVisitChange({ docket, now }: Court, { id, row, change }: Changing): LedgerRow {
  const changed = applyVisitChange(row, change)
  if (isDeepStrictEqual(changed, row)) return row
  const { workspace, click_id: clickId } = row
  docket.enterUpdate({ id, workspace, clickId, at: now, change })
  return changed
}

/** Why a visit can not take the values, or '' when it can: what it holds stays bounded, whoever sends. */
export function visitChangeProblem({ docket }: Court, { row, change }: Omit<Changing, 'id'>): string {
  const changed = applyVisitChange(row, change)
  if (isDeepStrictEqual(changed, row)) return ''
  if (docket.updateCount(row.click_id) >= CONVERSION_LIMITS.updatesPerVisitMax)
    return `the visit was updated ${CONVERSION_LIMITS.updatesPerVisitMax} times already`
  const names = Object.keys(changed.params ?? {}).length + Object.keys(changed.tokens ?? {}).length
  return names > LIMITS.paramsMax * 2 ? `the visit would have ${names} parameters` : ''
}

export type NumbersChange =
  | { readonly ok: true; readonly numbers: readonly VisitNumber[]; readonly deltas: readonly Delta[] }
  | { readonly ok: false; readonly reason: string }
type Delta = readonly [name: string, micros: number]

/** What the changes make of the visit's named numbers, and by how much each grows. Nothing is entered. */
export function computeNumbers(
  { docket }: Court,
  row: LedgerRow,
  changes: readonly NumberChange[],
): NumbersChange {
  const { workspace, click_id: clickId } = row
  const before = docket.numbersOf(clickId)
  const after = new Map<string, number>()
  for (const { name, mode, micros } of changes) {
    const present = after.get(name) ?? before.get(name)?.valueMicros ?? 0
    after.set(name, mode === 'add' ? present + micros : micros)
  }
  const tooLarge = [...after].find(([, micros]) => Math.abs(micros) > LIMITS.amountMicrosMax)
  if (tooLarge !== undefined) return { ok: false, reason: `${tooLarge[0]} would be too large` }
  if (new Set([...before.keys(), ...after.keys()]).size > CONVERSION_LIMITS.numbersPerVisitMax)
    return { ok: false, reason: `a visit has ${CONVERSION_LIMITS.numbersPerVisitMax} numbers at most` }
  const numbers = [...after].map(([name, valueMicros]) => ({ workspace, clickId, name, valueMicros }))
  const deltas = numbers.map(
    ({ name, valueMicros }) => [name, valueMicros - (before.get(name)?.valueMicros ?? 0)] as const,
  )
  return { ok: true, numbers, deltas: deltas.filter(([, micros]) => micros !== 0) }
}

/** Enters changed numbers: their sums, and one row of the ledger with the differences. */
export function enterNumbers(
  { docket }: Court,
  row: LedgerRow,
  change: NumbersChange & { ok: true },
  at: number,
): void {
  if (change.deltas.length === 0) return
  const numbers = Object.fromEntries(change.deltas.map(([name, micros]) => [name, toDecimalString(micros)]))
  docket.enterNumbers(change.numbers, { ...visitDimensions(row), kind: 'event', at, numbers })
}
