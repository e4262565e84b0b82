import { type AddressFilter, given } from '../address-filter.ts'
import type { FilterField } from '../parts/filter-bar.tsx'
import { COUNTRIES } from '../places.ts'
import { portalTexts } from '../texts-portal.ts'
import { OFFER_FIELD, SUB_FIELDS, SUB_IDS } from './filter-fields.ts'

const words = portalTexts.report

export const REPORT_FILTERS = ['offerId', 'country', 'source', ...SUB_IDS] as const
export type ReportFilter = AddressFilter<(typeof REPORT_FILTERS)[number]>

/** The API's names for them. */
const REPORT_DIMENSIONS = ['offer', 'country', 'source', ...SUB_IDS] as const

/** Of which visitors the report is: those asked for most are always in sight. */
export const REPORT_FIELDS: readonly FilterField[] = [
  OFFER_FIELD,
  {
    kind: 'choice',
    name: 'country',
    label: words.dimensions.country,
    any: words.anyCountry,
    choices: COUNTRIES,
  },
  { kind: 'text', name: 'sub1', label: words.dimensions.sub1 },
]
export const MORE_REPORT_FIELDS: readonly FilterField[] = [
  { kind: 'text', name: 'source', label: words.dimensions.source },
  ...SUB_FIELDS.filter(({ name }) => name !== 'sub1'),
]

/** The API's form of the filter: all of it must hold. */
export function toReportFilters(filter: ReportFilter) {
  const { offerId, ...rest } = given(filter)
  const wanted = { ...rest, offer: offerId }
  return REPORT_DIMENSIONS.flatMap((dimension) => {
    const value = wanted[dimension]
    return value === undefined ? [] : [{ dimension, operator: 'is' as const, values: [value] }]
  })
}
