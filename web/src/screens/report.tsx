import { Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { ApiProblem } from '../api.ts'
import { formatCount, formatDay } from '../format.ts'
import { Empty } from '../parts/empty.tsx'
import { HeatMap } from '../parts/heat-map.tsx'
import { Failure, Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { reportColumns } from '../parts/report-cells.tsx'
import { ReportChart } from '../parts/report-chart.tsx'
import { ReportControls } from '../parts/report-controls.tsx'
import { ReportExport } from '../parts/report-export.tsx'
import { ReportTable } from '../parts/report-table.tsx'
import { ReportViews } from '../parts/report-views.tsx'
import { useSplitColumn } from '../parts/split-column.tsx'
import { WorldMap } from '../parts/world-map.tsx'
import { useAskedReport } from '../report-asked.ts'
import { useMetricFacts } from '../report-choices.ts'
import { comparedPeriod } from '../report-compare.ts'
import { type AskedReport, type ReportAnswer, ROWS_BELOW, useReport } from '../report-data.ts'
import type { FactsOf } from '../report-metrics.ts'
import { isMetric } from '../report-names.ts'
import { type Path, ROWS_MAX, ROWS_STEP, todayIn } from '../report-query.ts'
import { toTreeRows, type ValuesRow } from '../report-tree.ts'
import { type LabelOf, useValueLabels } from '../report-values.ts'
import { setQuery } from '../router.tsx'
import { useMe } from '../session.ts'
import { texts, toOptions } from '../texts.ts'
import { explorerTexts } from '../texts-explorer.ts'

const words = texts.report

/** Groups × metrics of a period as a table, a chart or a map; what is asked and how it is shown is in the address. */
export function Report() {
  const asked = useAskedReport()
  const [limits, setLimits] = useState<ReadonlyMap<string, number>>(new Map())
  const limitBelow = (path: Path) => limits.get(JSON.stringify(path)) ?? ROWS_BELOW
  // Asked for before anything else: a browser asks for six things at a time.
  const report = useReport(asked, limitBelow)
  const labelOf = useValueLabels(asked.filters.map(({ dimension }) => dimension))
  const factsOf = useMetricFacts()
  const more = useCallback(
    (path: Path) =>
      setLimits((before) => {
        const key = JSON.stringify(path)
        return new Map([...before, [key, (before.get(key) ?? ROWS_BELOW) * MORE_TIMES]])
      }),
    [],
  )
  const facts = factsOf(asked.measure)
  const isWhole = asked.groupBy.length === 1 || asked.isFlat
  return (
    <Page
      title={words.title}
      actions={
        <>
          <ReportViews />
          <ReportExport asked={asked} rows={isWhole ? report.data?.top.groups : undefined} />
        </>
      }
    >
      <ReportControls asked={asked} labelOf={labelOf} />
      <ViewSwitch asked={asked} factsOf={factsOf} />
      {report.error !== null && <ReportFailure asked={asked} error={report.error} retry={report.refetch} />}
      {asked.view === 'heat' && <HeatMap asked={asked} facts={facts} />}
      {asked.view === 'map' && <WorldMap asked={asked} facts={facts} labelOf={labelOf} />}
      {(asked.view === 'table' || asked.view === 'chart') && (
        <Loaded query={{ ...report, error: null }}>
          {(answer) =>
            answer.top.groups === 0 ? (
              <NoVisits />
            ) : (
              <Rows {...{ asked, answer, labelOf, factsOf }} isOld={report.isPlaceholderData} onMore={more} />
            )
          }
        </Loaded>
      )}
    </Page>
  )
}

/** Each further look into an open row shows this many times more. */
const MORE_TIMES = 10

function ViewSwitch({ asked, factsOf }: { readonly asked: AskedReport; readonly factsOf: FactsOf }) {
  const metrics = [...new Set([...asked.metrics, asked.measure])]
  return (
    <Group gap="sm">
      <SegmentedControl
        aria-label={explorerTexts.viewLabel}
        data={toOptions(explorerTexts.views)}
        value={asked.view}
        onChange={(view) => setQuery({ view: view === 'table' ? undefined : view })}
      />
      {asked.view !== 'table' && (
        <Select
          aria-label={explorerTexts.measure}
          data={metrics.map((metric) => ({ value: metric, label: factsOf(metric).label }))}
          value={asked.measure}
          onChange={(metric) => metric !== null && isMetric(metric) && setQuery({ measure: metric })}
          allowDeselect={false}
          searchable
          w={180}
        />
      )}
      {asked.view === 'table' && asked.picked.length > 0 && (
        <Group gap={6} role="status">
          <Text size="sm">{explorerTexts.pickedCount(asked.picked.length)}</Text>
          <Button size="xs" variant="light" onClick={() => setQuery({ view: 'chart' })}>
            {explorerTexts.pickedShow}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={() => setQuery({ pick: undefined })}>
            {explorerTexts.pickedClear}
          </Button>
        </Group>
      )}
    </Group>
  )
}

type ReportFailureProps = {
  readonly asked: AskedReport
  readonly error: Error
  readonly retry: () => unknown
}

/** Why there is no report, and what leads back to one. */
function ReportFailure({ asked, error, retry }: ReportFailureProps) {
  const isRefused = error instanceof ApiProblem && error.status >= 400 && error.status < 500
  return (
    <Stack gap="xs">
      <Failure error={error} onRetry={() => void retry()} />
      {isRefused && (
        <Group gap="xs">
          {asked.range === 'custom' && (
            <Button variant="default" size="xs" onClick={() => setQuery({ range: 'week' })}>
              {explorerTexts.table.week}
            </Button>
          )}
          <Button variant="default" size="xs" onClick={() => setQuery({ cols: undefined, sort: undefined })}>
            {explorerTexts.table.usualColumns}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

type RowsProps = {
  readonly asked: AskedReport
  readonly answer: ReportAnswer
  readonly labelOf: LabelOf
  readonly factsOf: FactsOf
  readonly isOld: boolean
  readonly onMore: (path: Path) => void
}

function Rows({ asked, answer, labelOf, factsOf, isOld, onMore }: RowsProps) {
  const { currency } = useMe().workspace
  const { open, picked, filters, sort } = asked
  const extra = useSplitColumn(answer.asked, answer.top.rows)
  // The rows are of the answer; what is opened, chosen and narrowed next goes on from what is asked now.
  const shown = { ...answer, asked: { ...answer.asked, open, picked, filters, sort } }
  const columns = reportColumns({ answer: shown, factsOf, labelOf, currency, extra })
  const rows = useMemo(() => toTreeRows(answer, open), [answer, open])
  const nameOfPath = (path: Path) =>
    path.map((value, index) => nameIn(answer, labelOf, path.slice(0, index), value)).join(' › ')
  const nameOf = ({ path }: ValuesRow) => nameOfPath(path)
  return (
    <>
      {asked.view === 'chart' && (
        <ReportChart asked={asked} facts={factsOf(asked.measure)} nameOf={nameOfPath} />
      )}
      <div>
        <ReportTable
          asked={shown.asked}
          isTall={answer.top.before !== undefined || extra !== undefined}
          {...{ rows, columns, isOld, nameOf, onMore }}
        />
        <Foot asked={asked} answer={answer} />
      </div>
    </>
  )
}

/** The name of a row's value, from the answer where it has one. */
function nameIn(answer: ReportAnswer, labelOf: LabelOf, above: Path, value: string): string {
  const dimension = answer.asked.groupBy[above.length] ?? 'campaign'
  const levels = [answer.top, ...answer.below]
  for (const level of levels) {
    const row = level.rows.find(({ keys }) => keys[dimension] === value)
    const label = row?.labels[dimension]
    if (label !== undefined) return label
  }
  return labelOf(dimension, value)
}

/** How many rows there are, what the days are days of, and how to see more. */
function Foot({ asked, answer: { top } }: { readonly asked: AskedReport; readonly answer: ReportAnswer }) {
  const period = comparedPeriod(asked)
  const all = Math.min(top.groups, ROWS_MAX)
  const dayOf = (day: string) => formatDay(Date.parse(day), 'UTC')
  const notes = [
    words.groups(formatCount(top.rows.length), formatCount(top.groups)),
    words.timeZone(asked.timeZone),
    ...(period === undefined ? [] : [explorerTexts.comparedWith(dayOf(period.from), dayOf(period.to))]),
    ...(period !== undefined && asked.to >= todayIn(asked.timeZone) ? [explorerTexts.todayNotOver] : []),
  ]
  return (
    <Group justify="space-between" mt="sm" gap="xs">
      <Text size="xs" c="dimmed" role="status">
        {notes.join(' · ')}
      </Text>
      {top.rows.length < all && (
        <Group gap="xs">
          <MoreButton rows={asked.limit + ROWS_STEP}>{texts.form.loadMore}</MoreButton>
          <MoreButton rows={ROWS_MAX}>
            {top.groups > ROWS_MAX
              ? explorerTexts.table.loadMost(formatCount(ROWS_MAX))
              : explorerTexts.table.loadAll(formatCount(all))}
          </MoreButton>
        </Group>
      )}
    </Group>
  )
}

function MoreButton({ rows, children }: { readonly rows: number; readonly children: ReactNode }) {
  return (
    <Button variant="default" size="xs" onClick={() => setQuery({ rows: String(rows) })}>
      {children}
    </Button>
  )
}

function NoVisits() {
  return (
    <Empty
      icon="report"
      title={words.emptyTitle}
      text={words.emptyText}
      action={
        <Button component="a" href="/campaigns" variant="default">
          {words.toCampaigns}
        </Button>
      }
    />
  )
}
