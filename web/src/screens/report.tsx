import { Button, Group, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatCount } from '../format.ts'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { ReportControls } from '../parts/report-controls.tsx'
import { ReportTable } from '../parts/report-table.tsx'
import { useSplitColumn } from '../parts/split-column.tsx'
import { type ReportQuery, ROWS_STEP, readReportQuery, todayIn } from '../report-query.ts'
import { toReportFilters, useValueLabels } from '../report-values.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'

const words = texts.report
const REFRESH_MS = 30_000

/** Groups × metrics of a period, in the workspace's currency and time zone. */
export function Report() {
  const { currency, timeZone } = useMe().workspace
  const query = readReportQuery(usePlace().query, todayIn(timeZone))
  const labelOf = useValueLabels()
  const report = useQuery({
    queryKey: ['report', query, timeZone],
    queryFn: () => loadReport(query, timeZone),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
  const split = useSplitColumn(query, report.data?.rows ?? [])
  return (
    <Page title={words.title}>
      <ReportControls query={query} labelOf={({ dimension, value }) => labelOf(dimension, value)} />
      <Loaded query={report}>
        {({ rows, totals, groups }) =>
          groups === 0 ? (
            <NoVisits />
          ) : (
            <div>
              <ReportTable
                query={query}
                rows={rows}
                totals={totals}
                currency={currency}
                labelOf={labelOf}
                extra={split}
              />
              <Group justify="space-between" mt="sm">
                <Text size="xs" c="dimmed">
                  {words.groups(formatCount(rows.length), formatCount(groups))} · {words.timeZone(timeZone)}
                </Text>
                {rows.length < groups && (
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => setQuery({ rows: String(query.limit + ROWS_STEP) })}
                  >
                    {texts.form.loadMore}
                  </Button>
                )}
              </Group>
            </div>
          )
        }
      </Loaded>
    </Page>
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

function loadReport(query: ReportQuery, timeZone: string) {
  const { from, to, dateBasis, groupBy, metrics, sort, limit, only } = query
  const body = {
    from,
    to,
    timeZone,
    dateBasis,
    sort,
    limit,
    filters: toReportFilters(only),
    groupBy: [...groupBy],
    // Also where they are not shown: a split test needs to know which rows have any.
    metrics: [...new Set(['visits', ...metrics])],
  }
  return answerOf(api.POST('/api/v1/reports', { body }))
}
