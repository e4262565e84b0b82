import { Text, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatChange } from '../format.ts'
import type { ReportAnswer } from '../report-data.ts'
import { withOnly, writeFilters } from '../report-filters.ts'
import {
  changeOf,
  type FactsOf,
  formatMetric,
  type MetricFacts,
  type MetricValue,
  type MetricValues,
} from '../report-metrics.ts'
import { type Dimension, dimensionLabel, type Metric } from '../report-names.ts'
import { writePaths } from '../report-query.ts'
import { toggled, type ValuesRow } from '../report-tree.ts'
import type { LabelOf } from '../report-values.ts'
import { setQuery } from '../router.tsx'
import { texts } from '../texts.ts'
import { explorerTexts as words } from '../texts-explorer.ts'
import { Icon } from './icon.tsx'
import classes from './report-table.module.css'

/** One column of the report's table. */
export type ReportColumn = {
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly isNumeric: boolean
  /** In CSS pixels, unless somebody dragged it. */
  readonly width: number
  /** By what its head sorts; undefined where it does not. */
  readonly sortBy: Metric | Dimension | undefined
  readonly total: ReactNode
  /** `tabIndex` is that of what can be pressed in the cell: one row at a time is a stop of the Tab key. */
  readonly cell: (row: ValuesRow, tabIndex: 0 | -1) => ReactNode
}

export type ColumnsOf = {
  readonly answer: ReportAnswer
  readonly factsOf: FactsOf
  readonly labelOf: LabelOf
  readonly currency: string
  /** What else stands in each row, such as the verdict of a split test. */
  readonly extra: ReportColumn | undefined
}

const LABEL_WIDTH = 280
const VALUE_WIDTH = 108
const FLAT_WIDTH = 180
/** A value with its change below needs more. */
const COMPARED_WIDTH = 136

/** The columns that show an answer: groupings, what is extra, metrics. */
export function reportColumns(of: ColumnsOf): readonly ReportColumn[] {
  const { asked, top } = of.answer
  const width = top.before === undefined ? VALUE_WIDTH : COMPARED_WIDTH
  const metrics = asked.metrics.map((metric): ReportColumn => {
    const facts = of.factsOf(metric)
    const cell = (values: MetricValues, before: MetricValues | null | undefined) => (
      <MetricCell metric={metric} facts={facts} values={values} before={before} currency={of.currency} />
    )
    return {
      id: metric,
      label: facts.label,
      hint: facts.hint,
      isNumeric: true,
      width,
      sortBy: metric,
      total: cell(top.totals, top.before?.totals),
      cell: ({ row, before }) => cell(row.metrics, before),
    }
  })
  return [...groupColumns(of), ...(of.extra === undefined ? [] : [of.extra]), ...metrics]
}

function groupColumns({ answer: { asked }, labelOf }: ColumnsOf): readonly ReportColumn[] {
  const columnOf = (dimension: Dimension, index: number): ReportColumn => ({
    id: dimension,
    label: dimensionLabel(dimension),
    isNumeric: false,
    width: index === 0 ? LABEL_WIDTH : FLAT_WIDTH,
    sortBy: dimension,
    total: index === 0 ? texts.report.total : '',
    cell: (row, tabIndex) => <GroupCell {...{ row, dimension, labelOf, asked, tabIndex }} />,
  })
  if (asked.isFlat) return asked.groupBy.map(columnOf)
  const first = asked.groupBy[0] ?? 'campaign'
  const label = asked.groupBy.map(dimensionLabel).join(' › ')
  // In every row the one grouping that is the row's own.
  const cell: ReportColumn['cell'] = (row, tabIndex) => {
    const dimension = row.groupBy[0] ?? first
    return <GroupCell {...{ row, dimension, labelOf, asked, tabIndex }} />
  }
  return [{ ...columnOf(first, 0), id: 'group', label, cell }]
}

type GroupCellProps = {
  readonly row: ValuesRow
  readonly dimension: Dimension
  readonly labelOf: LabelOf
  readonly asked: ReportAnswer['asked']
  readonly tabIndex: 0 | -1
}

/** The value of a grouping: a press narrows the report to it, the arrow before it opens what is inside. */
function GroupCell({ row, dimension, labelOf, asked, tabIndex }: GroupCellProps) {
  const value = row.row.keys[dimension] ?? ''
  const label = row.row.labels[dimension] ?? labelOf(dimension, value)
  return (
    <span className={classes.group} style={{ paddingInlineStart: `calc(${row.depth} * var(--indent))` }}>
      {asked.groupBy.length > 1 && !asked.isFlat && (
        <OpenButton row={row} label={label} open={asked.open} tabIndex={tabIndex} />
      )}
      <UnstyledButton
        className={classes.value}
        data-empty={value === '' || undefined}
        title={texts.report.onlyHint(label)}
        tabIndex={tabIndex}
        onClick={() => setQuery({ only: writeFilters(withOnly(asked.filters, dimension, value)) })}
      >
        {label}
      </UnstyledButton>
    </span>
  )
}

type OpenButtonProps = {
  readonly row: ValuesRow
  readonly label: string
  readonly open: ReportAnswer['asked']['open']
  readonly tabIndex: 0 | -1
}

function OpenButton({ row, label, open, tabIndex }: OpenButtonProps) {
  if (!row.canOpen) return <span className={classes.opener} />
  const { isOpen } = row
  return (
    <UnstyledButton
      className={classes.opener}
      aria-label={isOpen ? words.table.close(label) : words.table.open(label)}
      tabIndex={tabIndex}
      data-open={isOpen || undefined}
      onClick={() => setQuery({ open: writePaths(toggled(open, row.path)) })}
    >
      <Icon name="next" size={12} />
    </UnstyledButton>
  )
}

type MetricCellProps = {
  readonly metric: Metric
  readonly facts: MetricFacts
  readonly values: MetricValues
  readonly before: MetricValues | null | undefined
  readonly currency: string
}

/** Nothing is pale and a loss is red, so that the eye finds what matters. */
function MetricCell({ metric, facts, values, before, currency }: MetricCellProps) {
  const value = values[metric] ?? null
  const number = Number(value)
  const color = number < 0 ? 'red' : number === 0 ? 'dimmed' : undefined
  return (
    <>
      <Text component="span" inherit display="block" {...(color === undefined ? {} : { c: color })}>
        {formatMetric(facts, value, currency)}
      </Text>
      {before !== undefined && (
        <Change facts={facts} value={value} before={before?.[metric] ?? null} currency={currency} />
      )}
    </>
  )
}

type ChangeProps = Pick<MetricCellProps, 'facts' | 'currency'> & {
  readonly value: MetricValue
  readonly before: MetricValue
}

/** How much more or less than before, coloured by whether that is good. */
function Change({ facts, value, before, currency }: ChangeProps) {
  const change = changeOf(value, before)
  const was = formatMetric(facts, before, currency)
  if (change === null) {
    const isNew = Number(value) !== 0
    return <span className={classes.change}>{isNew ? words.newRow : ' '}</span>
  }
  const isGood = facts.more === 'neutral' || change === 0 ? undefined : change > 0 === (facts.more === 'good')
  const verdict = isGood === undefined ? undefined : isGood ? 'good' : 'bad'
  return (
    <span className={classes.change} title={words.before(was)}>
      <span data-verdict={verdict}>{formatChange(change)}</span> <s>{was}</s>
    </span>
  )
}
