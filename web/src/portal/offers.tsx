import { Button, Checkbox, Group, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { COUNTRIES } from '../places.ts'
import { useItems } from '../resource.ts'
import { setQuery, usePlace } from '../router.tsx'
import { portalTexts } from '../texts-portal.ts'
import { StandingBadge } from './portal-badges.tsx'
import { type PortalOffer, portalOffers } from './portal-data.ts'
import { priceText } from './price-text.ts'

const words = portalTexts.offers
const PAGE_SIZE = 50
const TYPING_MS = 250
/** More countries than these are counted, not named. */
const COUNTRIES_SHOWN = 4
const NAMES = ['search', 'tag', 'country', 'mine'] as const
type Filters = Readonly<Record<(typeof NAMES)[number], string>>

/** Offers to run or to apply for; the address keeps what is searched. */
export function PortalOffers() {
  const { query: address } = usePlace()
  /** A new round begins with empty fields. */
  const [round, setRound] = useState(0)
  const clear = () => {
    setQuery({ search: undefined, tag: undefined, country: undefined, mine: undefined })
    setRound(round + 1)
  }
  const filters: Filters = {
    search: address.get('search') ?? '',
    tag: address.get('tag') ?? '',
    country: address.get('country') ?? '',
    mine: address.get('mine') ?? '',
  }
  const query = useInfiniteQuery({
    queryKey: [portalOffers.name, 'search', filters],
    queryFn: ({ pageParam }) => loadOffers(filters, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  return (
    <Page title={words.title} lead={words.lead}>
      <OfferFilters key={round} filters={filters} />
      <Loaded query={query}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items)
          if (rows.length === 0) {
            return <NoOffers onClear={NAMES.some((name) => filters[name] !== '') ? clear : undefined} />
          }
          return (
            <>
              <OfferTable rows={rows} />
              <LoadMore query={query} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

function loadOffers({ search, tag, country, mine }: Filters, cursor: string | undefined) {
  const query = {
    limit: PAGE_SIZE,
    search,
    tag,
    country,
    mine: mine === 'true' ? ('true' as const) : ('false' as const),
    ...(cursor === undefined ? {} : { cursor }),
  }
  return answerOf(api.GET('/api/v1/portal/offers', { params: { query } }))
}

function OfferFilters({ filters }: { readonly filters: Filters }) {
  const [search, setSearch] = useState(filters.search)
  const find = useDebouncedCallback((text: string) => setQuery({ search: text }), TYPING_MS)
  const offers = useItems(portalOffers).data ?? []
  const tags = [...new Set([...offers.flatMap((offer) => offer.tags), filters.tag])].filter(
    (tag) => tag !== '',
  )
  return (
    <Group gap="xs" align="flex-end">
      <TextInput
        label={words.search}
        placeholder={words.searchHint}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value)
          find(event.currentTarget.value)
        }}
        w={220}
      />
      {tags.length > 0 && (
        <Select
          label={words.tag}
          placeholder={words.any}
          data={tags.toSorted()}
          value={filters.tag === '' ? null : filters.tag}
          onChange={(tag) => setQuery({ tag: tag ?? undefined })}
          searchable
          clearable
          w={150}
        />
      )}
      <Select
        label={words.country}
        placeholder={words.any}
        data={COUNTRIES}
        value={filters.country === '' ? null : filters.country}
        onChange={(country) => setQuery({ country: country ?? undefined })}
        searchable
        clearable
        w={190}
      />
      <Checkbox
        label={words.mine}
        checked={filters.mine === 'true'}
        onChange={(event) => setQuery({ mine: event.currentTarget.checked ? 'true' : undefined })}
        mb={9}
        ml="xs"
      />
    </Group>
  )
}

function OfferTable({ rows }: { readonly rows: readonly PortalOffer[] }) {
  return (
    <DataTable
      label={words.title}
      rows={rows}
      rowKey={(offer) => offer.id}
      href={(offer) => `/portal/offers/${offer.id}`}
      columns={[
        { key: 'name', header: words.name, cell: (offer) => offer.name },
        {
          key: 'payout',
          header: words.payout,
          cell: (offer) => priceText(offer.payout, offer.currency),
        },
        { key: 'standing', header: words.standing, cell: (offer) => <StandingBadge offer={offer} /> },
        {
          key: 'countries',
          header: words.countries,
          cell: (offer) => <Dimmed text={countriesText(offer.countries)} />,
        },
        { key: 'tags', header: words.tag, cell: (offer) => <Dimmed text={offer.tags.join(', ')} /> },
      ]}
    />
  )
}

function Dimmed({ text }: { readonly text: string }) {
  return (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  )
}

function countriesText(countries: readonly string[]): string {
  if (countries.length === 0) return words.everywhere
  const shown = countries.slice(0, COUNTRIES_SHOWN).join(', ')
  const rest = countries.length - COUNTRIES_SHOWN
  return rest > 0 ? `${shown}, ${words.more(rest)}` : shown
}

/** @param onClear undefined when nothing is filtered. */
function NoOffers({ onClear }: { readonly onClear: (() => void) | undefined }) {
  if (onClear === undefined) return <Empty icon="offer" title={words.emptyTitle} text={words.emptyText} />
  return (
    <Empty
      icon="offer"
      title={words.nothing}
      text={words.nothingText}
      action={
        <Button variant="default" onClick={onClear}>
          {words.clear}
        </Button>
      }
    />
  )
}
