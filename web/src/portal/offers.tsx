import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { COUNTRIES } from '../places.ts'
import { type Listed, loadAll, useItems } from '../resource.ts'
import { setQuery, usePlace } from '../router.tsx'
import { toOptions } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import { FoundOffers } from './found-offers.tsx'
import classes from './offers.module.css'
import { type PortalOffer, portalOffers } from './portal-data.ts'
import { pricesOf } from './price-text.ts'

const words = portalTexts.offers
const TYPING_MS = 250
const NAMES = ['search', 'tag', 'country', 'standing', 'kind', 'pays'] as const
type Filters = Readonly<Record<(typeof NAMES)[number], string>>
const NO_FILTERS: Readonly<Record<(typeof NAMES)[number], undefined>> = {
  search: undefined,
  tag: undefined,
  country: undefined,
  standing: undefined,
  kind: undefined,
  pays: undefined,
}

/** Offers to run or to apply for; the address keeps what is searched. */
export function PortalOffers() {
  const { query: address } = usePlace()
  /** A new round begins with empty fields. */
  const [round, setRound] = useState(0)
  const clear = () => {
    setQuery(NO_FILTERS)
    setRound(round + 1)
  }
  const [search = '', tag = '', country = '', standing = '', kind = '', pays = ''] = NAMES.map(
    (name) => address.get(name) ?? '',
  )
  const filters: Filters = { search, tag, country, standing, kind, pays }
  const query = useFound(filters)
  return (
    <Page title={words.title} lead={words.lead}>
      <OfferFilters key={round} filters={filters} />
      <Loaded query={query}>
        {(found) => {
          const rows = found.filter((offer) => fits(offer, filters))
          if (rows.length === 0) {
            return <NoOffers onClear={NAMES.some((name) => filters[name] !== '') ? clear : undefined} />
          }
          return <FoundOffers rows={rows} />
        }}
      </Loaded>
    </Page>
  )
}

function useFound(filters: Filters) {
  const found = foundOffers(filters)
  return useQuery({
    queryKey: [found.name],
    queryFn: () => loadAll(found),
    placeholderData: keepPreviousData,
  })
}

/** What the API can search; where the affiliate stands and what an offer allows is looked at here. */
function foundOffers({ search, tag, country, standing }: Filters): Listed<PortalOffer> {
  const mine = standing === 'run' ? ('true' as const) : ('false' as const)
  return {
    name: `${portalOffers.name} ${JSON.stringify([search, tag, country, mine])}`,
    list: ({ limit, cursor }) => {
      const query = { limit, search, tag, country, mine, ...(cursor === undefined ? {} : { cursor }) }
      return answerOf(api.GET('/api/v1/portal/offers', { params: { query } }))
    },
  }
}

function fits(offer: PortalOffer, { standing, kind, pays }: Filters) {
  const { mayRun, application, kinds } = offer
  if (standing === 'applied' && application.state !== 'pending') return false
  if (standing === 'open' && (mayRun || application.state !== 'none')) return false
  if (pays !== '' && !pricesOf(offer).some(({ model }) => model === pays)) return false
  return kind === '' || kinds.some(({ type, isAllowed }) => type === kind && isAllowed)
}

function OfferFilters({ filters }: { readonly filters: Filters }) {
  const [search, setSearch] = useState(filters.search)
  const find = useDebouncedCallback((text: string) => setQuery({ search: text }), TYPING_MS)
  const offers = useItems(portalOffers).data ?? []
  const tags = [...new Set([...offers.flatMap((offer) => offer.tags), filters.tag])].filter(
    (tag) => tag !== '',
  )
  const selects = [
    { name: 'standing', label: words.standing, data: toOptions(words.standings) },
    { name: 'country', label: words.country, data: COUNTRIES },
    { name: 'kind', label: words.kind, data: toOptions(portalTexts.kinds.types) },
    { name: 'pays', label: words.pays, data: toOptions(words.models) },
    ...(tags.length > 0 ? [{ name: 'tag', label: words.tag, data: tags.toSorted() } as const] : []),
  ] as const
  return (
    <div className={classes.filters}>
      <TextInput
        label={words.search}
        placeholder={words.searchHint}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value)
          find(event.currentTarget.value)
        }}
      />
      {selects.map(({ name, label, data }) => (
        <Select
          key={name}
          label={label}
          placeholder={words.any}
          data={data}
          value={filters[name] === '' ? null : filters[name]}
          onChange={(chosen) => setQuery({ [name]: chosen ?? undefined })}
          searchable={name === 'country' || name === 'tag'}
          clearable
        />
      ))}
    </div>
  )
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
