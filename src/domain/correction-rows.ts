import { erasedRow } from './erasure.ts'
import type { LedgerMeasures, LedgerRow } from './ledger-row.ts'

/**
 * A correction of what the ledger has: rows are added, none is changed.
 *
 * ```
 *  visit  DE  visits  1   cost  0.02     as it was recorded
 *  visit  DE  visits −1   cost −0.02     out: takes it away
 *  visit  FR  visits  1   cost  0.02     in:  adds it as it is now
 * ```
 *
 * Sums over any period and dimension are then those of the corrected row alone.
 */

/**
 * The rows that make the ledger's rows into changed ones: for each row that the change alters, one that takes it away
 * and one that adds it changed, both with its kind and times. Changing to what is there already is no row, so that
 * a correction may be repeated.
 * @param rows all rows of one click id, also those of earlier corrections
 * @param change gets a row as it is now and all its states so far
 * @param correctedAt Unix milliseconds, later than that of every earlier correction of these rows
 */
export function correctionRows(
  rows: readonly LedgerRow[],
  change: (row: LedgerRow, past: readonly LedgerRow[]) => LedgerRow,
  correctedAt: number,
): readonly LedgerRow[] {
  return netRows(rows).flatMap((row) => {
    const past = rows.filter((other) => other.correction !== 'out' && isSameDeed(row, other))
    const changed = change(row, past)
    if (identityOf(changed) === identityOf(row)) return []
    return [
      { ...negated(row), correction: 'out', corrected_at: correctedAt },
      { ...changed, correction: 'in', corrected_at: correctedAt },
    ]
  })
}

/**
 * The rows that are left when corrections have taken away what they correct; each as it is now.
 *
 * Retention and erasure change rows in place, and a correction that was under way then names its row as it was before.
 * Such an `out` takes away the oldest row that is the same but for what they take.
 */
export function netRows(rows: readonly LedgerRow[]): readonly LedgerRow[] {
  const counts = new Map<string, Counted>()
  for (const row of rows) {
    const { correction, corrected_at: _, ...recorded } = row
    const isOut = correction === 'out'
    const state = isOut ? negated(recorded) : recorded
    const identity = identityOf(state)
    const known = counts.get(identity) ?? { row: state, count: 0 }
    known.count += isOut ? -1 : 1
    counts.set(identity, known)
  }
  for (const taken of counts.values()) takeAlike(taken, counts)
  return [...counts.values()].flatMap(({ row, count }) => Array<LedgerRow>(Math.max(count, 0)).fill(row))
}

type Counted = { readonly row: LedgerRow; count: number }

function takeAlike(taken: Counted, counts: ReadonlyMap<string, Counted>): void {
  if (taken.count >= 0) return
  const reduced = identityOf(erasedRow(taken.row))
  for (const known of counts.values()) {
    if (taken.count === 0) return
    if (known.count <= 0 || identityOf(erasedRow(known.row)) !== reduced) continue
    const count = Math.min(known.count, -taken.count)
    known.count -= count
    taken.count += count
  }
}

/** When the next correction of the rows may be dated: now, but behind all earlier ones, also when the clock stepped back. */
export function correctionTime(rows: readonly LedgerRow[], now: number): number {
  return rows.reduce((time, row) => Math.max(time, (row.corrected_at ?? 0) + 1), now)
}

/** A correction keeps kind and times, and which offer a click went to; of a conversion also which one it is. */
function isSameDeed(a: LedgerRow, b: LedgerRow): boolean {
  return (
    a.kind === b.kind &&
    a.at === b.at &&
    (a.offer_id ?? '') === (b.offer_id ?? '') &&
    (a.conversion_id ?? '') === (b.conversion_id ?? '')
  )
}

const COUNTS = [
  ...(['visits', 'unique_visits', 'workspace_unique_visits', 'bot_visits', 'impressions'] as const),
  ...(['lander_views', 'clicks', 'unique_clicks', 'conversions', 'events'] as const),
] as const satisfies readonly (keyof LedgerMeasures)[]

const AMOUNTS = ['revenue', 'payout', 'cost'] as const satisfies readonly (keyof LedgerMeasures)[]

/** The row that an `out` row takes away, as it was. */
export function uncorrected(out: LedgerRow): LedgerRow {
  const { correction: _, corrected_at: __, ...row } = negated(out)
  return row
}

/** All measures with the other sign; what is absent stays absent. */
function negated(row: LedgerRow): LedgerRow {
  const counts = COUNTS.flatMap((name) => (row[name] ? [[name, -row[name]] as const] : []))
  const amounts = AMOUNTS.flatMap((name) =>
    row[name] === undefined ? [] : [[name, negatedDecimal(row[name])] as const],
  )
  const numbers = Object.entries(row.numbers ?? {}).map(([name, value]) => [name, negatedDecimal(value)])
  return {
    ...row,
    ...Object.fromEntries(counts),
    ...Object.fromEntries(amounts),
    ...(row.numbers !== undefined && { numbers: Object.fromEntries(numbers) }),
  }
}

/** Exact: the digits are not touched. */
function negatedDecimal(decimal: string): string {
  if (/^-?0*(\.0*)?$/.test(decimal)) return '0'
  return decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`
}

const DECIMALS: ReadonlySet<string> = new Set(AMOUNTS)
const CORRECTION: ReadonlySet<string> = new Set<keyof LedgerRow>(['correction', 'corrected_at'])

/**
 * Equal for rows that the ledger can not tell apart, whatever was written out or left to the column's default, in
 * which order, and with how many zeros behind the point.
 */
function identityOf(row: LedgerRow): string {
  const properties = Object.entries(row)
    .filter(([name]) => !CORRECTION.has(name))
    .map(([name, value]) => [name, plainValue(name, value)] as const)
    .filter(([, value]) => value !== '' && value !== 0 && value !== '0')
    .sort(byName)
  return JSON.stringify(properties)
}

function plainValue(name: string, value: unknown): unknown {
  if (DECIMALS.has(name)) return plainDecimal(String(value))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .map(([key, text]) => [key, name === 'numbers' ? plainDecimal(String(text)) : text] as const)
    .sort(byName)
  return entries.length === 0 ? '' : entries
}

function plainDecimal(decimal: string): string {
  const shortest = decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
  return shortest === '' || shortest === '-' || shortest === '-0' ? '0' : shortest
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b)
}
