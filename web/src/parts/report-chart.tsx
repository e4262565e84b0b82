import { Text } from '@mantine/core'
import type { AskedReport } from '../report-data.ts'
import { formatMetric, type MetricFacts } from '../report-metrics.ts'
import { type Path, SERIES_MAX } from '../report-query.ts'
import { useSeries } from '../report-series.ts'
import { useMe } from '../session.ts'
import { explorerTexts } from '../texts-explorer.ts'
import { LineChart } from './line-chart.tsx'
import { Lines, Loaded } from './loaded.tsx'

const words = explorerTexts.chart

type ReportChartProps = {
  readonly asked: AskedReport
  readonly facts: MetricFacts
  readonly nameOf: (path: Path) => string
}

/** The measure over time: of the rows that are chosen in the table below, or of all together. */
export function ReportChart({ asked, facts, nameOf }: ReportChartProps) {
  const { currency } = useMe().workspace
  const series = useSeries(asked, facts.kind)
  return (
    <div>
      <Loaded query={series} skeleton={<Lines count={8} />}>
        {(found) => (
          <LineChart
            label={words.label(facts.label)}
            at={found.at}
            timeZone={found.timeZone}
            series={found.series.map(({ path, values, before }) => {
              const name = path.length === 0 ? words.total : nameOf(path)
              return { name, values, before: before && { name: words.before(name), values: before } }
            })}
            format={(value) => formatMetric(facts, value, currency)}
          />
        )}
      </Loaded>
      {asked.picked.length === 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          {words.hint(SERIES_MAX)}
        </Text>
      )}
    </div>
  )
}
