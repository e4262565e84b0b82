import { formatCount, formatMoney, formatShare } from './format.ts'
import type { Dimension, Metric, Only } from './report-query.ts'
import { useNames } from './resource.ts'
import { campaigns, landers, networks, offers, sources } from './resources.ts'
import { texts } from './texts.ts'

const countries = new Intl.DisplayNames('en', { type: 'region' })
const languages = new Intl.DisplayNames('en', { type: 'language' })
/** 2024 began on a Monday. */
const weekdays = Array.from({ length: 7 }, (_, index) =>
  new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, index + 1)),
)
const MONEY: ReadonlySet<Metric> = new Set(['revenue', 'cost', 'profit', 'payout'])
const SHARES: ReadonlySet<Metric> = new Set(['ctr', 'cr', 'roi', 'cv', 'lander_ctr'])
/** Money of one visit or click: cents are too coarse. */
const FINE_MONEY: ReadonlySet<Metric> = new Set(['epc', 'epv', 'cpc', 'cpv', 'cpa', 'ap'])
const FINE_PLACES = 4

/** Says the values of dimensions in words: names for ids, days as people write them. */
export function useValueLabels(): (dimension: Dimension, value: string) => string {
  const names: Partial<Record<Dimension, (id: string) => string>> = {
    campaign: useNames(campaigns),
    source: useNames(sources),
    network: useNames(networks),
    offer: useNames(offers),
    lander: useNames(landers),
  }
  return (dimension, value) => {
    if (value === '') return dimension === 'bot' ? texts.report.person : texts.report.empty
    return names[dimension]?.(value) ?? WORDS[dimension]?.(value) ?? value
  }
}

/** Dimensions whose values are not words already. */
const WORDS: Readonly<Record<string, (value: string) => string>> = {
  country: (code) => nameOr(countries, code),
  language: (code) => nameOr(languages, code),
  weekday: (number) => weekdays[Number(number) - 1] ?? number,
  hour_of_day: (hour) => `${hour.padStart(2, '0')}:00`,
  hour: (time) => time.replace('T', ' ').slice(0, 16),
}

/** Codes that are none, such as a made-up country, stay as they are. */
function nameOr(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code
  } catch {
    return code
  }
}

/** A metric's value as people read it. */
export function formatMetric(metric: Metric, value: number | string | null, currency: string): string {
  if (MONEY.has(metric)) return formatMoney(value, currency)
  if (FINE_MONEY.has(metric)) return formatMoney(value, currency, FINE_PLACES)
  if (SHARES.has(metric)) return formatShare(value === null ? null : Number(value))
  return formatCount(Number(value))
}

/** The API's form of the report's filters. */
export function toReportFilters(only: readonly Only[]) {
  return only.map(({ dimension, value }) => ({ dimension, operator: 'is' as const, values: [value] }))
}
