import { Button, Group, Input, SegmentedControl, Select, Text, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { clearAddressFilter, isAnyGiven, useAddressFilter } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatCount, formatMoney, formatShare } from '../format.ts'
import { CsvButton } from '../parts/csv-button.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { FilterBar } from '../parts/filter-bar.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import controls from '../parts/report-controls.module.css'
import { ROWS_STEP, readReportQuery, todayIn } from '../report-query.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import {
  MORE_REPORT_FIELDS,
  REPORT_FIELDS,
  REPORT_FILTERS,
  type ReportFilter,
  toReportFilters,
} from './report-filter.ts'

type Report = components['schemas']['PortalReport']
type Row = Report['rows'][number]
type Dimension = keyof typeof words.dimensions
type Metric = keyof typeof words.metrics
const words = portalTexts.report
const common = texts.report
const METRICS = Object.keys(words.metrics).filter((name) => isKey(words.metrics, name))
const REFRESH_MS = 30_000
/** As many as the API gives at once; a file has more. */
const ROWS_MAX = 10_000
/** Money of one visit: cents are too coarse. */
const FINE_PLACES = 4
const countries = new Intl.DisplayNames('en', { type: 'region' })

/** What the address asks; days, basis and rows are written as in the staff's report. */
function useReportQuery() {
  const { query: address } = usePlace()
  const { timeZone } = useMe().workspace
  const { range, from, to, dateBasis, limit } = readReportQuery(address, todayIn(timeZone))
  const [first, second] = (address.get('by') ?? 'day').split(',')
  const groupBy = [first, second].filter((name) => isKey(words.dimensions, name))
  const filter = useAddressFilter(REPORT_FILTERS)
  return { range, from, to, dateBasis, limit: Math.min(limit, ROWS_MAX), groupBy, filter }
}
type ReportQuery = ReturnType<typeof useReportQuery>

/** Groups × counts and payouts of a period. */
export function PortalReport() {
  const query = useReportQuery()
  const report = useQuery({
    queryKey: ['portal/report', query],
    queryFn: () => loadReport(query),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
  return (
    <Page title={words.title} actions={<SaveCsv query={query} />}>
      <Controls query={query} />
      <FilterBar values={query.filter} fields={REPORT_FIELDS} more={MORE_REPORT_FIELDS} />
      <Loaded query={report}>
        {(found) =>
          found.groups === 0 ? (
            <NoRows filter={query.filter} />
          ) : (
            <div>
              <ReportRows report={found} groupBy={query.groupBy} />
              <ReportEnd report={found} limit={query.limit} />
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

function NoRows({ filter }: { readonly filter: ReportFilter }) {
  if (!isAnyGiven(filter)) return <Empty icon="report" title={words.emptyTitle} text={words.emptyText} />
  return (
    <Empty
      icon="report"
      title={texts.filter.nothing}
      text={words.nothingText}
      action={
        <Button variant="default" onClick={() => clearAddressFilter(REPORT_FILTERS)}>
          {texts.filter.clear}
        </Button>
      }
    />
  )
}

/** All rows as a file, in the columns that are shown: the server writes it, for it may be longer than any list. */
function SaveCsv({ query }: { readonly query: ReportQuery }) {
  return (
    <CsvButton
      label={words.save}
      fileName={words.fileName(query.from, query.to)}
      load={() =>
        answerOf<Blob>(
          api.POST('/api/v1/portal/reports/export', { body: questionOf(query), parseAs: 'blob' }),
        )
      }
    />
  )
}

function loadReport(query: ReportQuery) {
  const body = { ...questionOf(query), limit: query.limit, offset: 0 }
  return answerOf(api.POST('/api/v1/portal/reports', { body }))
}

function questionOf({ from, to, dateBasis, groupBy, filter }: ReportQuery) {
  const [first] = groupBy
  const isTime = first === 'day' || first === 'hour'
  return {
    from,
    to,
    dateBasis,
    groupBy: [...groupBy],
    metrics: [...METRICS],
    filters: toReportFilters(filter),
    // Days read best in their own order, anything else with the most money on top.
    sort: { by: isTime ? first : ('payout' as const), direction: 'desc' as const },
  }
}

/** What is shown of how many, and the way to more of them, as far as the API goes. */
function ReportEnd({ report, limit }: { readonly report: Report; readonly limit: number }) {
  const { rows, groups, timeZone } = report
  const hasMore = rows.length < groups
  return (
    <>
      <Group justify="space-between" mt="sm">
        <Text size="xs" c="dimmed">
          {common.groups(formatCount(rows.length), formatCount(groups))} · {common.timeZone(timeZone)}
        </Text>
        {hasMore && limit < ROWS_MAX && (
          <Button
            variant="default"
            size="xs"
            onClick={() => setQuery({ rows: String(Math.min(limit + ROWS_STEP, ROWS_MAX)) })}
          >
            {texts.form.loadMore}
          </Button>
        )}
      </Group>
      {hasMore && limit >= ROWS_MAX && (
        <Text size="sm" mt="xs" role="status">
          {words.ends(formatCount(ROWS_MAX))}
        </Text>
      )}
    </>
  )
}

function Controls({ query }: { readonly query: ReportQuery }) {
  const [first, second] = query.groupBy
  return (
    <Group gap="xs" align="flex-end">
      <Select
        label={common.range}
        data={toOptions(common.ranges)}
        value={query.range}
        onChange={(range) => setQuery({ range: range ?? undefined, from: query.from, to: query.to })}
        allowDeselect={false}
        w={150}
      />
      {query.range === 'custom' && (
        <>
          <Day label={common.from} value={query.from} onChange={(from) => setQuery({ from })} />
          <Day label={common.to} value={query.to} onChange={(to) => setQuery({ to })} />
        </>
      )}
      <Select
        label={words.groupBy}
        data={toOptions(words.dimensions)}
        value={first ?? null}
        onChange={(by) => setQuery({ by: [by, second].filter(Boolean).join(',') })}
        allowDeselect={false}
        searchable
        w={150}
      />
      <Select
        label={words.thenBy}
        placeholder={words.nobody}
        data={toOptions(words.dimensions).filter(({ value }) => value !== first)}
        value={second ?? null}
        onChange={(by) => setQuery({ by: [first, by].filter(Boolean).join(',') })}
        searchable
        clearable
        w={150}
      />
      <div>
        <Input.Label labelElement="div" id="date-basis" className={controls.label}>
          {common.dateBasis}
        </Input.Label>
        <SegmentedControl
          aria-labelledby="date-basis"
          data={toOptions(common.dateBases)}
          value={query.dateBasis}
          onChange={(basis) => setQuery({ basis })}
          size="sm"
        />
      </div>
    </Group>
  )
}

type DayProps = { readonly label: string; readonly value: string; readonly onChange: (day: string) => void }

function Day({ label, value, onChange }: DayProps) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      w={150}
    />
  )
}

function ReportRows({
  report,
  groupBy,
}: {
  readonly report: Report
  readonly groupBy: readonly Dimension[]
}) {
  const { rows, totals, currency } = report
  const groups = groupBy.map(
    (dimension, index): Column<Row> => ({
      key: dimension,
      header: words.dimensions[dimension],
      total: index === 0 ? words.total : '',
      cell: ({ keys, labels }) => labels[dimension] ?? valueText(dimension, keys[dimension] ?? ''),
    }),
  )
  const metrics = METRICS.map(
    (metric): Column<Row> => ({
      key: metric,
      header: words.metrics[metric],
      numeric: true,
      total: metricText(metric, totals[metric] ?? null, currency),
      cell: (row) => <MetricCell metric={metric} value={row.metrics[metric] ?? null} currency={currency} />,
    }),
  )
  return (
    <DataTable
      label={words.title}
      columns={[...groups, ...metrics]}
      rows={rows}
      rowKey={(row) => JSON.stringify(row.keys)}
    />
  )
}

type MetricCellProps = {
  readonly metric: Metric
  readonly value: number | string | null
  readonly currency: string
}

/** Nothing is pale, so that the eye finds what matters. */
function MetricCell({ metric, value, currency }: MetricCellProps) {
  return (
    <Text component="span" inherit {...(Number(value) === 0 ? { c: 'dimmed' } : {})}>
      {metricText(metric, value, currency)}
    </Text>
  )
}

function metricText(metric: Metric, value: number | string | null, currency: string): string {
  if (metric === 'payout') return formatMoney(value, currency)
  if (metric === 'epc') return formatMoney(value, currency, FINE_PLACES)
  if (metric === 'cr') return formatShare(value === null ? null : Number(value))
  return formatCount(Number(value))
}

function valueText(dimension: Dimension, value: string): string {
  if (value === '') return words.empty
  if (dimension === 'status' && isKey(texts.status, value)) return texts.status[value]
  if (dimension === 'hour') return value.replace('T', ' ').slice(0, 16)
  if (dimension !== 'country') return value
  try {
    return countries.of(value) ?? value
  } catch {
    // A code that is none, such as a made-up country, stays as it is.
    return value
  }
}
