import { useInfiniteQuery } from '@tanstack/react-query'
import { type AddressFilter, given, useDayRange } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import type { FilterField } from '../parts/filter-bar.tsx'
import { isKey, texts, toOptions } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import { DAY_FIELDS, OFFER_FIELD, SUB_FIELDS, SUB_IDS } from './filter-fields.ts'

const words = portalTexts.conversions
const PAGE_SIZE = 50
const REFRESH_MS = 15_000

export const CONVERSION_FILTERS = [
  ...(['status', 'offerId', 'from', 'to', 'affClickId', 'event', 'clickId'] as const),
  ...SUB_IDS,
] as const
export type ConversionFilter = AddressFilter<(typeof CONVERSION_FILTERS)[number]>

const STATUS: FilterField = {
  kind: 'choice',
  name: 'status',
  label: words.status,
  any: words.anyStatus,
  choices: toOptions(texts.status),
}

/** By what an affiliate looks for its conversions: those asked for most are always in sight. */
export const CONVERSION_FIELDS: readonly FilterField[] = [
  STATUS,
  OFFER_FIELD,
  ...DAY_FIELDS,
  { kind: 'text', name: 'affClickId', label: words.affClickId },
]
export const MORE_CONVERSION_FIELDS: readonly FilterField[] = [
  { kind: 'text', name: 'event', label: words.event },
  { kind: 'text', name: 'clickId', label: words.clickId },
  ...SUB_FIELDS,
]

/** The API's form of the filter. */
export function useApiConversionFilter(filter: ConversionFilter) {
  const { status, from, to, ...rest } = filter
  return {
    ...given(rest),
    ...(isKey(texts.status, status) ? { status } : {}),
    ...useDayRange({ from, to }),
  }
}

/** The affiliate's conversions that the filter names, newest first, a page at a time. */
export function usePortalConversions(filter: ConversionFilter) {
  const wanted = useApiConversionFilter(filter)
  return useInfiniteQuery({
    queryKey: ['portal/conversions', filter],
    queryFn: ({ pageParam: cursor }) => {
      const query = { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }), ...wanted }
      return answerOf(api.GET('/api/v1/portal/conversions', { params: { query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // Rows keep arriving; once older pages are open, jumping rows would only disturb.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? REFRESH_MS : false),
  })
}
