import { Text, UnstyledButton } from '@mantine/core'
import { type Dimension, dimensionLabel, type Metric, type ReportQuery, writeOnly } from '../report-query.ts'
import { formatMetric } from '../report-values.ts'
import { setQuery } from '../router.tsx'
import { texts } from '../texts.ts'
import { type Column, DataTable } from './data-table.tsx'
import { Icon } from './icon.tsx'
import classes from './report-table.module.css'

const words = texts.report

type MetricValues = Readonly<Record<string, number | string | null>>
export type ReportRow = {
  readonly keys: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly metrics: MetricValues
}

type ReportTableProps = {
  readonly query: ReportQuery
  readonly rows: readonly ReportRow[]
  readonly totals: MetricValues
  readonly currency: string
  readonly labelOf: (dimension: Dimension, value: string) => string
  /** What else stands in each row, such as the verdict of a split test. */
  readonly extra?: Column<ReportRow> | undefined
}

/** Groups by metrics, totals on top; a press on a group shows only it. */
export function ReportTable({ query, rows, totals, currency, labelOf, extra }: ReportTableProps) {
  const sortedBy = (name: string) =>
    query.sort.by === name ? (`${query.sort.direction}ending` as const) : undefined
  const groups = query.groupBy.map(
    (dimension, index): Column<ReportRow> => ({
      key: dimension,
      header: <SortButton by={dimension} label={dimensionLabel(dimension)} query={query} />,
      sorted: sortedBy(dimension),
      total: index === 0 ? words.total : '',
      cell: ({ keys, labels }) => {
        const value = keys[dimension] ?? ''
        return (
          <GroupValue
            query={query}
            dimension={dimension}
            value={value}
            label={labels[dimension] ?? labelOf(dimension, value)}
          />
        )
      },
    }),
  )
  const metrics = query.metrics.map(
    (metric): Column<ReportRow> => ({
      key: metric,
      header: (
        <SortButton
          by={metric}
          label={words.metrics[metric]}
          query={query}
          hint={words.metricHints[metric]}
        />
      ),
      numeric: true,
      sorted: sortedBy(metric),
      total: <MetricValue metric={metric} value={totals[metric] ?? null} currency={currency} />,
      cell: (row) => <MetricValue metric={metric} value={row.metrics[metric] ?? null} currency={currency} />,
    }),
  )
  return (
    <DataTable
      label={words.title}
      columns={[...groups, ...(extra === undefined ? [] : [extra]), ...metrics]}
      rows={rows}
      rowKey={(row) => JSON.stringify(row.keys)}
    />
  )
}

type SortButtonProps = {
  readonly by: Metric | Dimension
  readonly label: string
  readonly hint?: string
  readonly query: ReportQuery
}

/** Highest first; a second press turns the order round. */
function SortButton({ by, label, hint, query: { sort } }: SortButtonProps) {
  const isSorted = sort.by === by
  const next = isSorted && sort.direction === 'desc' ? 'asc' : undefined
  return (
    <UnstyledButton
      className={classes.sort}
      data-sorted={isSorted || undefined}
      title={hint}
      onClick={() => setQuery({ sort: by, dir: next })}
    >
      {label}
      {isSorted && <Icon name={sort.direction === 'asc' ? 'up' : 'down'} size={11} />}
    </UnstyledButton>
  )
}

type GroupValueProps = {
  readonly query: ReportQuery
  readonly dimension: Dimension
  readonly value: string
  readonly label: string
}

function GroupValue({ query, dimension, value, label }: GroupValueProps) {
  return (
    <UnstyledButton
      className={classes.group}
      data-empty={value === '' || undefined}
      title={words.onlyHint(label)}
      onClick={() => setQuery({ only: writeOnly(withOnly(query, dimension, value)) })}
    >
      {label}
    </UnstyledButton>
  )
}

function withOnly({ only }: ReportQuery, dimension: Dimension, value: string) {
  return [...only.filter((other) => other.dimension !== dimension), { dimension, value }]
}

type MetricValueProps = {
  readonly metric: Metric
  readonly value: number | string | null
  readonly currency: string
}

/** Nothing is pale and a loss is red, so that the eye finds what matters. */
function MetricValue({ metric, value, currency }: MetricValueProps) {
  const number = Number(value)
  const color = number < 0 ? 'red' : number === 0 ? 'dimmed' : undefined
  return (
    <Text component="span" inherit {...(color === undefined ? {} : { c: color })}>
      {formatMetric(metric, value, currency)}
    </Text>
  )
}
