import { customMetrics } from './report-kept.ts'
import { customMetricName, type FactsOf, factsOf } from './report-metrics.ts'
import { METRICS, type Metric } from './report-names.ts'
import { useItems } from './resource.ts'
import { eventTypes } from './resources.ts'
import { explorerTexts } from './texts-explorer.ts'

export type MetricGroup = { readonly label: string; readonly metrics: readonly Metric[] }

/** How every metric is called and written, also the workspace's own. */
export function useMetricFacts(): FactsOf {
  const own = useItems(customMetrics).data ?? []
  return (metric) => factsOf(metric, own)
}

/** Every metric that there is: the usual ones, one's own, and those of single events. */
export function useMetricGroups(): readonly MetricGroup[] {
  const own = useItems(customMetrics).data ?? []
  const names = (useItems(eventTypes).data ?? []).map(({ name }) => name)
  const { columns } = explorerTexts
  return [
    { label: columns.more, metrics: METRICS },
    { label: columns.own, metrics: own.map(({ id }) => customMetricName(id)) },
    {
      label: columns.events,
      metrics: names.flatMap((name): readonly Metric[] => [
        `conversions:${name}`,
        `events:${name}`,
        `revenue:${name}`,
      ]),
    },
  ].filter(({ metrics }) => metrics.length > 0)
}
