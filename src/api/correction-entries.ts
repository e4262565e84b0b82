import { uncorrected } from '../domain/correction-rows.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import type { VisitChange } from '../domain/visit-change.ts'
import { toTime } from './fields.ts'
import type { TimelineEntry } from './timeline-view.ts'

type Correction = Extract<TimelineEntry, { type: 'correction' }>
type Change = Correction['changes'][number]

/** What says which row it is, and when it was corrected: no value of it. */
const NO_VALUES: ReadonlySet<string> = new Set<keyof LedgerRow>([
  'correction',
  'corrected_at',
  'at',
  'visit_at',
])

/** What the ledger's corrections of a visit changed; rows that were changed alike by one correction are told once. */
export function correctionEntries(rows: readonly LedgerRow[]): readonly Correction[] {
  const corrections = rows.filter(({ correction }) => correction !== undefined)
  const byTime = Map.groupBy(corrections, (row) => row.corrected_at ?? 0)
  return [...byTime].map(([at, own]) => {
    const changes = new Map<string, Change>()
    for (const [before, after] of pairs(own)) {
      for (const change of changesBetween(before, after)) changes.set(JSON.stringify(change), change)
    }
    return { type: 'correction', at: toTime(at), changes: [...changes.values()] }
  })
}

/** A row as it was and as it is: both halves of a correction keep its kind and times. */
function pairs(rows: readonly LedgerRow[]): readonly (readonly [LedgerRow, LedgerRow])[] {
  const added = rows.filter(({ correction }) => correction === 'in')
  return rows
    .filter(({ correction }) => correction === 'out')
    .flatMap((out) => {
      const index = added.findIndex((row) => isSameDeed(row, out))
      const [match] = index === -1 ? [] : added.splice(index, 1)
      return match === undefined ? [] : [[uncorrected(out), match] as const]
    })
}

function isSameDeed(a: LedgerRow, b: LedgerRow): boolean {
  return (
    a.kind === b.kind && a.at === b.at && a.offer_id === b.offer_id && a.conversion_id === b.conversion_id
  )
}

function changesBetween(before: LedgerRow, after: LedgerRow): readonly Change[] {
  const [from, to] = [flat(before), flat(after)]
  const fields = new Set([...from.keys(), ...to.keys()])
  return [...fields]
    .sort()
    .map((field) => ({ field, from: from.get(field) ?? '', to: to.get(field) ?? '' }))
    .filter((change) => change.from !== change.to)
}

/** Column, or column.name for named values → text. */
function flat(row: LedgerRow): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [column, value] of Object.entries(row)) {
    if (NO_VALUES.has(column)) continue
    if (typeof value !== 'object') values.set(column, String(value))
    else for (const [name, text] of Object.entries(value ?? {})) values.set(`${column}.${name}`, String(text))
  }
  return values
}

/** What an update set, by the names that it is asked for under. */
export function updatedValues(change: VisitChange): Readonly<Record<string, string>> {
  const { externalId, subs, tokens, params, bot, addFlags, removeFlags } = change
  return {
    ...(externalId !== undefined && { externalId }),
    ...subs,
    ...prefixed('token.', tokens),
    ...prefixed('param.', params),
    ...(bot !== undefined && { bot }),
    ...(addFlags !== undefined && { 'flags added': addFlags.join(', ') }),
    ...(removeFlags !== undefined && { 'flags removed': removeFlags.join(', ') }),
  }
}

function prefixed(prefix: string, values: Readonly<Record<string, string>> = {}) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]))
}
