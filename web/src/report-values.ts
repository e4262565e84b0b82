import type { Filter } from './report-filters.ts'
import type { Dimension } from './report-names.ts'
import { useNames } from './resource.ts'
import { campaigns, landers, networks, offers, sources } from './resources.ts'
import { advertisers, affiliates } from './resources-network.ts'
import { texts } from './texts.ts'

/** The values of dimensions in words. */
export type LabelOf = (dimension: Dimension, value: string) => string

const countries = new Intl.DisplayNames('en', { type: 'region' })
const languages = new Intl.DisplayNames('en', { type: 'language' })
/** 2024 began on a Monday. */
const weekdays = Array.from({ length: 7 }, (_, index) =>
  new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, index + 1)),
)

/**
 * Says the values of dimensions in words: names for ids, days as people write them.
 * @param named whose names are needed beside those that a report brings with its rows: these lists alone are loaded
 */
export function useValueLabels(named: readonly Dimension[]): LabelOf {
  const ifNamed = (dimension: Dimension) => ({ enabled: named.includes(dimension) })
  const names: Partial<Record<Dimension, (id: string) => string>> = {
    campaign: useNames(campaigns, ifNamed('campaign')),
    source: useNames(sources, ifNamed('source')),
    network: useNames(networks, ifNamed('network')),
    offer: useNames(offers, ifNamed('offer')),
    lander: useNames(landers, ifNamed('lander')),
    affiliate: useNames(affiliates, ifNamed('affiliate')),
    advertiser: useNames(advertisers, ifNamed('advertiser')),
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
  weekday: weekdayName,
  hour_of_day: (hour) => `${hour.padStart(2, '0')}:00`,
  hour: (time) => time.replace('T', ' ').slice(0, 16),
}

/** 1 is Monday. */
export function weekdayName(number: string): string {
  return weekdays[Number(number) - 1] ?? number
}

/** Codes that are none, such as a made-up country, stay as they are. */
function nameOr(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code
  } catch {
    return code
  }
}

/** The API's form of the report's filters. */
export function toReportFilters(filters: readonly Filter[]) {
  return filters.map(({ dimension, operator, values }) => ({ dimension, operator, values: [...values] }))
}
