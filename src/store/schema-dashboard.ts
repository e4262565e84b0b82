import type { OwnedColumns } from './owned.ts'

type Kept = { -readonly [Name in keyof OwnedColumns]: OwnedColumns[Name] } & { name: string }

export type ReportViewsTable = Kept & {
  /** The report's address after the `?`. */
  query: string
}

export type CustomMetricsTable = Kept & {
  /** Over other metrics by their names (domain/formula.ts). */
  formula: string
  /** How its value is rounded and written. */
  kind: CustomMetricKind
}

export type CustomMetricKind = 'count' | 'money' | 'number' | 'ratio'
