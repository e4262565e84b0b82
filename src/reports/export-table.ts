import type { MetricKind } from './metrics.ts'
import type { ReportResult } from './run-report.ts'

/** A report as a table of a spreadsheet. */
export type ExportTable = {
  readonly columns: readonly ExportColumn[]
  /** In the order of the columns. Decimals are strings, as reports have them; null where there is no value. */
  readonly rows: readonly (readonly ExportCell[])[]
  /** Groups that the table has no row of: it would be too long. */
  readonly leftOut: number
}

export type ExportColumn = { readonly name: string; readonly kind: 'text' | MetricKind }
export type ExportCell = string | number | null

export type Exported = Pick<ReportResult, 'rows' | 'groups'> & {
  readonly groupBy: readonly string[]
  readonly metrics: readonly { readonly name: string; readonly title: string; readonly kind: MetricKind }[]
  /** For each row, dimension → name, where the dimension's values are ids. */
  readonly labels: readonly Readonly<Record<string, string>>[]
}

/** A dimension of ids has two columns: the name, then the id. */
export function toExportTable({ rows, groups, groupBy, metrics, labels }: Exported): ExportTable {
  const isNamed = (dimension: string) => labels.some((label) => label[dimension] !== undefined)
  const keys = groupBy.map((dimension) => ({ dimension, named: isNamed(dimension) }))
  return {
    columns: [
      ...keys.flatMap(({ dimension, named }) =>
        named ? [textColumn(dimension), textColumn(`${dimension}_id`)] : [textColumn(dimension)],
      ),
      ...metrics.map(({ title, kind }) => ({ name: title, kind })),
    ],
    rows: rows.map((row, index) => [
      ...keys.flatMap(({ dimension, named }) => {
        const key = row.keys[dimension] ?? ''
        return named ? [labels[index]?.[dimension] ?? '', key] : [key]
      }),
      ...metrics.map(({ name }) => row.metrics[name] ?? null),
    ]),
    leftOut: groups - rows.length,
  }
}

/** The last line of a table that is cut. */
export function leftOutLine({ leftOut }: ExportTable): string {
  return `${leftOut} more groups are left out. Filter the report, or group it by less, to have them all.`
}

function textColumn(name: string): ExportColumn {
  return { name, kind: 'text' }
}
