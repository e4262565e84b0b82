import type { LedgerRow } from '../domain/ledger-row.ts'
import { LEDGER_COLUMNS } from './schema.ts'

/** Select list that gives rows of the ledger as LedgerRow: times as milliseconds, money as decimal strings. */
export const LEDGER_ROW_COLUMNS = LEDGER_COLUMNS.map(({ name, type }) => {
  if (type.startsWith('DateTime64')) return `toUnixTimestamp64Milli(${name}) AS ${name}`
  if (type.includes('Decimal') && type.startsWith('Map'))
    return `mapApply((name, value) -> (name, toString(value)), ${name}) AS ${name}`
  if (type.startsWith('Decimal')) return `toString(${name}) AS ${name}`
  return name
}).join(', ')

/** Needed on servers whose default is to quote them. */
export const LEDGER_ROW_SETTINGS = 'output_format_json_quote_64bit_integers = 0'

const REQUIRED: ReadonlySet<string> = new Set(['kind', 'workspace', 'at', 'visit_at', 'click_id'])

/** Leaves out what is the column's default, as the row was written. */
export function withoutDefaults(row: LedgerRow): LedgerRow {
  const kept = Object.entries(row).filter(([name, value]) => REQUIRED.has(name) || !isDefault(value))
  // Only optional properties were left out.
  return Object.fromEntries(kept) as LedgerRow
}

function isDefault(value: unknown): boolean {
  if (value === '' || value === 0 || value === '0') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
