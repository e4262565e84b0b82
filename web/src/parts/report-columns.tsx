import { Button, Checkbox, Popover, SimpleGrid } from '@mantine/core'
import { METRICS, type Metric, type ReportQuery, writeMetrics } from '../report-query.ts'
import { setQuery } from '../router.tsx'
import { texts } from '../texts.ts'
import { Icon } from './icon.tsx'

const words = texts.report

/** Which metrics a report shows. */
export function ReportColumns({ query: { metrics } }: { readonly query: ReportQuery }) {
  const toggle = (metric: Metric) => {
    const isShown = metrics.includes(metric)
    const next = METRICS.filter((name) => (name === metric ? !isShown : metrics.includes(name)))
    setQuery({ cols: writeMetrics(next) })
  }
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<Icon name="settings" size={14} />}>
          {words.columns}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <SimpleGrid cols={2} spacing="lg" verticalSpacing={8}>
          {METRICS.map((metric) => (
            <Checkbox
              key={metric}
              size="xs"
              label={words.metrics[metric]}
              title={words.metricHints[metric]}
              checked={metrics.includes(metric)}
              onChange={() => toggle(metric)}
            />
          ))}
        </SimpleGrid>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          mt="sm"
          ml={-8}
          onClick={() => setQuery({ cols: undefined })}
        >
          {words.columnsReset}
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
