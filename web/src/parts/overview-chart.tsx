import { Group, SegmentedControl, Skeleton, Title } from '@mantine/core'
import { setQuery } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey } from '../texts.ts'
import { overviewTexts as words } from '../texts-overview.ts'
import type { LineSeries } from './chart-lines.ts'
import { LineChart } from './line-chart.tsx'
import { Loaded } from './loaded.tsx'
import { DAYS_OF, type LastDays, type TwoDays, useLastDays } from './overview-data.ts'
import { type Against, figureOf, fullHoursOf, type OverviewMetric } from './overview-figures.ts'
import { formatFigure } from './overview-format.ts'

export type OverviewRange = keyof typeof words.ranges
const HOUR_MS = 3_600_000
const HEIGHT = 240

type OverviewChartProps = {
  readonly days: TwoDays | undefined
  readonly metric: OverviewMetric
  readonly range: OverviewRange
  readonly against: Against
}

/** The chosen figure over time, and faintly over the time before. */
export function OverviewChart({ days, metric, range, against }: OverviewChartProps) {
  const count = range === 'today' ? undefined : DAYS_OF[range]
  const last = useLastDays(count)
  const waiting = <Skeleton height={HEIGHT + 28} radius="sm" />
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{words.chart(words.metrics[metric])}</Title>
        <SegmentedControl
          aria-label={words.range}
          size="xs"
          data={Object.entries(words.ranges).map(([value, label]) => ({ value, label }))}
          value={range}
          onChange={(chosen) =>
            setQuery({ range: isKey(words.ranges, chosen) && chosen !== 'today' ? chosen : undefined })
          }
        />
      </Group>
      {count === undefined ? (
        days === undefined ? (
          waiting
        ) : (
          <Hours days={days} metric={metric} against={against} />
        )
      ) : (
        <Loaded query={last} skeleton={waiting}>
          {(lastDays) => <Days days={lastDays} metric={metric} />}
        </Loaded>
      )}
    </section>
  )
}

type HoursProps = { readonly days: TwoDays; readonly metric: OverviewMetric; readonly against: Against }

function Hours({ days, metric, against }: HoursProps) {
  const { today, before, now } = days
  // The hour that runs is drawn, the ones to come are not.
  const known = fullHoursOf(today, now) + 1
  return (
    <Chart
      metric={metric}
      at={today.hours.map((_, hour) => today.startAt + hour * HOUR_MS)}
      series={[
        {
          name: words.series.today,
          values: today.hours.map((hour, index) => (index < known ? figureOf(hour, metric) : null)),
          before: {
            name: words.series[against],
            values: today.hours.map((_, index) => {
              const hour = before.hours[index]
              return hour === undefined ? null : figureOf(hour, metric)
            }),
          },
        },
      ]}
    />
  )
}

function Days({ days, metric }: { readonly days: LastDays; readonly metric: OverviewMetric }) {
  const { at, now, before } = days
  return (
    <Chart
      metric={metric}
      at={at}
      series={[
        {
          name: words.series.days(at.length),
          values: now.map((day) => figureOf(day, metric)),
          before: {
            name: words.series.before(at.length),
            values: before.map((day) => figureOf(day, metric)),
          },
        },
      ]}
    />
  )
}

type ChartProps = {
  readonly metric: OverviewMetric
  readonly at: readonly number[]
  readonly series: readonly LineSeries[]
}

function Chart({ metric, at, series }: ChartProps) {
  const { currency, timeZone } = useMe().workspace
  return (
    <LineChart
      label={words.chart(words.metrics[metric])}
      at={at}
      series={series}
      timeZone={timeZone}
      format={(value) => formatFigure(value, metric, currency)}
      height={HEIGHT}
    />
  )
}
