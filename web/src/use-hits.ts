import { useInfiniteQuery } from '@tanstack/react-query'
import { type AddressFilter, given, useDayRange } from './address-filter.ts'
import { answerOf, api } from './api.ts'
import { isKey, texts } from './texts.ts'

export const HIT_FILTERS = [
  ...(['outcome', 'kind', 'affiliateNetworkId', 'advertiserId', 'affiliateId', 'dialect'] as const),
  ...(['reportedBy', 'clickId', 'conversionId', 'text', 'param', 'value', 'txid', 'offer'] as const),
  ...(['event', 'reason', 'ip', 'host', 'path', 'from', 'to'] as const),
] as const
export type HitFilter = AddressFilter<(typeof HIT_FILTERS)[number]>

const PAGE_SIZE = 50
const REFRESH_MS = 15_000

/** What the address calls our own URLs, which the API calls ''. */
export const OWN_DIALECT = 'own'

/** Hits that the filter names, newest first, a page at a time. */
export function useHits(filter: HitFilter) {
  const { outcome, kind, dialect, from, to, ...rest } = filter
  const range = useDayRange({ from, to })
  return useInfiniteQuery({
    queryKey: ['hits', filter],
    queryFn: ({ pageParam: cursor }) => {
      const query = {
        limit: PAGE_SIZE,
        ...(cursor === undefined ? {} : { cursor }),
        ...given(rest),
        ...range,
        ...(dialect === '' ? {} : { dialect: dialect === OWN_DIALECT ? '' : dialect }),
        ...(isKey(texts.outcome, outcome) ? { outcome } : {}),
        ...(isKey(texts.hitKind, kind) ? { kind } : {}),
      }
      return answerOf(api.GET('/api/v1/hits', { params: { query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // Rows keep arriving; once older pages are open, jumping rows would only disturb.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? REFRESH_MS : false),
  })
}
