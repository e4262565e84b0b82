import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type AddressFilter, given, useDayRange } from './address-filter.ts'
import { answerOf, api } from './api.ts'
import { isKey, texts } from './texts.ts'

export const CONVERSION_FILTERS = [
  ...(['status', 'campaignId', 'trafficSourceId', 'offerId', 'affiliateNetworkId'] as const),
  ...(['affiliateId', 'advertiserId', 'event', 'anyId', 'from', 'to'] as const),
] as const
export type ConversionFilter = AddressFilter<(typeof CONVERSION_FILTERS)[number]>

const PAGE_SIZE = 50
const REFRESH_MS = 15_000

/** The API's form of the filter. */
export function useApiConversionFilter(filter: ConversionFilter) {
  const { status, from, to, ...rest } = filter
  const range = useDayRange({ from, to })
  return {
    ...given(rest),
    ...(isKey(texts.status, status) ? { status } : {}),
    ...(range.from === undefined ? {} : { createdFrom: range.from }),
    ...(range.to === undefined ? {} : { createdTo: range.to }),
  }
}

/** Conversions that the filter names, newest first, a page at a time. */
export function useConversions(filter: ConversionFilter) {
  const wanted = useApiConversionFilter(filter)
  return useInfiniteQuery({
    queryKey: ['conversions', filter],
    queryFn: ({ pageParam: cursor }) => {
      const query = { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }), ...wanted }
      return answerOf(api.GET('/api/v1/conversions', { params: { query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // Rows keep arriving; once older pages are open, jumping rows would only disturb.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? REFRESH_MS : false),
  })
}

/** How many they are, and what they come to. */
export function useConversionTotals(filter: ConversionFilter) {
  const query = useApiConversionFilter(filter)
  return useQuery({
    queryKey: ['conversions', 'totals', filter],
    queryFn: () => answerOf(api.GET('/api/v1/conversions/totals', { params: { query } })),
    refetchInterval: REFRESH_MS,
  })
}
