import { formatCount, formatMoney, formatNumber, formatShare } from './format.ts'
import type { CustomMetric } from './report-kept.ts'
import { isBuiltInMetric, type Metric } from './report-names.ts'
import { texts } from './texts.ts'
import { explorerTexts } from './texts-explorer.ts'

/** As the API tells it of every metric. */
export type MetricKind = CustomMetric['kind']
export type MetricValue = number | string | null
export type MetricValues = Readonly<Record<string, MetricValue>>

/** How a metric is called, written and judged. */
export type MetricFacts = {
  readonly label: string
  readonly hint: string
  readonly kind: MetricKind
  /** Whether more of it is better, worse, or neither. */
  readonly more: 'good' | 'bad' | 'neutral'
  /** Fewer decimals would hide the price of one visit. */
  readonly isFine: boolean
}

const CUSTOM_PREFIX = 'custom:'
const MONEY: ReadonlySet<string> = new Set(['revenue', 'cost', 'profit', 'payout'])
const SHARES: ReadonlySet<string> = new Set(['ctr', 'cr', 'roi', 'cv', 'lander_ctr'])
/** Money of one visit or click: cents are too coarse. */
const FINE_MONEY: ReadonlySet<string> = new Set(['epc', 'epv', 'cpc', 'cpv', 'cpa', 'ap', 'payout_epc'])
const FINE_PLACES = 4
const NUMBER_PLACES = 4
const WORSE: ReadonlySet<string> = new Set([
  'cpc',
  'cpv',
  'cpa',
  'bot_visits',
  'conversions_rejected',
  'conversions_trash',
])
/** What is spent, and what only tells how things are, is neither good nor bad by itself. */
const NEUTRAL: ReadonlySet<string> = new Set(['cost', 'payout', 'impressions', 'conversions_pending'])

export type FactsOf = (metric: Metric) => MetricFacts

/** @param customs the workspace's own metrics */
export function factsOf(metric: Metric, customs: readonly CustomMetric[]): MetricFacts {
  if (isBuiltInMetric(metric)) {
    const { metrics, metricHints } = texts.report
    return { label: metrics[metric], hint: metricHints[metric], ...builtIn(metric) }
  }
  const colon = metric.indexOf(':')
  const [prefix, name] = [metric.slice(0, colon), metric.slice(colon + 1)]
  if (metric.startsWith(CUSTOM_PREFIX)) return custom(customs.find(({ id }) => id === name))
  const kind = prefix === 'revenue' ? 'money' : 'count'
  return { ...explorerTexts.ofEvent(prefix, name), kind, more: 'good', isFine: false }
}

/** Whether more of a formula is good, nobody has said. */
function custom(found: CustomMetric | undefined): MetricFacts {
  const judged = { more: 'neutral', isFine: true } as const
  return found === undefined
    ? { ...judged, label: explorerTexts.formula.gone, hint: '', kind: 'number' }
    : { ...judged, label: found.name, hint: found.formula, kind: found.kind }
}

export function customMetricName(id: string): Metric {
  return `${CUSTOM_PREFIX}${id}`
}

function builtIn(metric: string): Pick<MetricFacts, 'kind' | 'more' | 'isFine'> {
  const isFine = FINE_MONEY.has(metric)
  const kind = MONEY.has(metric) || isFine ? 'money' : SHARES.has(metric) ? 'ratio' : 'count'
  return { kind, isFine, more: WORSE.has(metric) ? 'bad' : NEUTRAL.has(metric) ? 'neutral' : 'good' }
}

/** A metric's value as people read it. */
export function formatMetric(
  { kind, isFine }: Pick<MetricFacts, 'kind' | 'isFine'>,
  value: MetricValue,
  currency: string,
): string {
  switch (kind) {
    case 'money':
      return formatMoney(value, currency, isFine ? FINE_PLACES : 2)
    case 'ratio':
      return formatShare(value === null ? null : Number(value))
    case 'number':
      return value === null ? formatShare(null) : formatNumber(Number(value), NUMBER_PLACES)
    case 'count':
      return value === null ? formatShare(null) : formatCount(Number(value))
  }
}

/** How much more or less than before, as a share of that; null where there was nothing to compare with. */
export function changeOf(value: MetricValue, before: MetricValue): number | null {
  if (value === null || before === null || Number(before) === 0) return null
  return (Number(value) - Number(before)) / Math.abs(Number(before))
}
