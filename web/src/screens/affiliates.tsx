import { Button, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { given } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { WaitingTabs } from '../parts/waiting-tabs.tsx'
import { When } from '../parts/when.tsx'
import { useItems } from '../resource.ts'
import { type Affiliate, type AffiliateStatus, affiliates, members } from '../resources-network.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMayChange, useMayManage } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { listTexts } from '../texts-facets.ts'
import { affiliateTexts as words } from '../texts-network.ts'

const PAGE_SIZE = 50
const TYPING_MS = 250

/** All affiliates that one may see, by name, e-mail and status. */
export function Affiliates() {
  const { query: place } = usePlace()
  const search = place.get('search') ?? ''
  const given = place.get('status')
  const status = isKey(words.statuses, given) ? given : undefined
  const tag = place.get('tag') ?? ''
  const manager = place.get('manager') ?? ''
  const query = useAffiliates({ search, status, tag, manager })
  const mayChange = useMayChange()
  const isFiltered = search !== '' || status !== undefined || tag !== '' || manager !== ''
  const create = (
    <Button component="a" href="/affiliates/new" leftSection={<Icon name="plus" size={14} />}>
      {words.create}
    </Button>
  )
  return (
    <Page title={words.title} lead={words.lead} actions={mayChange && create}>
      {status === 'pending' && <WaitingTabs />}
      <Group gap="xs">
        <SearchField search={search} />
        <Select
          aria-label={words.status}
          placeholder={words.anyStatus}
          data={toOptions(words.statuses)}
          value={status ?? null}
          onChange={(chosen) => setQuery({ status: chosen ?? undefined })}
          clearable
          w={190}
        />
        <TagSelect rows={query.data?.pages.flatMap(({ items }) => items) ?? []} tag={tag} />
        {useMayManage() && <ManagerSelect manager={manager} />}
      </Group>
      <Loaded query={query}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items)
          if (rows.length === 0) return <NoAffiliates isFiltered={isFiltered} />
          return (
            <>
              <AffiliateTable rows={rows} />
              <LoadMore query={query} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

type Wanted = {
  readonly search: string
  readonly status: AffiliateStatus | undefined
  readonly tag: string
  /** Id of a member. */
  readonly manager: string
}

function useAffiliates(wanted: Wanted) {
  return useInfiniteQuery({
    queryKey: [affiliates.name, 'found', wanted],
    queryFn: ({ pageParam }) => {
      const { status, ...texts } = wanted
      const found = { ...given(texts), ...(status === undefined ? {} : { status }) }
      const cursor = pageParam === undefined ? {} : { cursor: pageParam }
      const params = { query: { limit: PAGE_SIZE, ...cursor, ...found } }
      return answerOf(api.GET('/api/v1/affiliates', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}

/** Its text goes into the address once the typing rests. */
function SearchField({ search }: { readonly search: string }) {
  const [text, setText] = useState(search)
  const [rested] = useDebouncedValue(text, TYPING_MS)
  useEffect(() => setQuery({ search: rested.trim() }), [rested])
  return (
    <TextInput
      aria-label={words.search}
      placeholder={words.search}
      type="search"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      leftSection={<Icon name="story" size={14} />}
      w={{ base: '100%', xs: 280 }}
    />
  )
}

/** The tags of those that are shown: the API knows no list of them. */
function TagSelect({ rows, tag }: { readonly rows: readonly Affiliate[]; readonly tag: string }) {
  const tags = new Set([...rows.flatMap(({ tags: own }) => own), ...(tag === '' ? [] : [tag])])
  if (tags.size === 0) return null
  return (
    <Select
      aria-label={listTexts.tag}
      placeholder={listTexts.anyTag}
      data={[...tags].toSorted()}
      value={tag === '' ? null : tag}
      onChange={(chosen) => setQuery({ tag: chosen ?? undefined })}
      searchable
      clearable
      w={160}
    />
  )
}

function ManagerSelect({ manager }: { readonly manager: string }) {
  const people = useItems(members).data ?? []
  return (
    <Select
      aria-label={listTexts.manager}
      placeholder={listTexts.anyManager}
      data={people.map(({ id, name }) => ({ value: id, label: name }))}
      value={manager === '' ? null : manager}
      onChange={(chosen) => setQuery({ manager: chosen ?? undefined })}
      clearable
      w={210}
    />
  )
}

function AffiliateTable({ rows }: { readonly rows: readonly Affiliate[] }) {
  return (
    <DataTable
      label={words.title}
      rows={rows}
      rowKey={(affiliate) => affiliate.id}
      href={(affiliate) => `/affiliates/${affiliate.id}`}
      columns={[
        { key: 'name', header: texts.form.name, cell: (affiliate) => affiliate.name },
        {
          key: 'status',
          header: words.status,
          cell: (affiliate) => <StateBadge state={affiliate.status} words={words.statuses} />,
        },
        {
          key: 'email',
          header: words.email,
          cell: (affiliate) => <Shortened text={affiliate.email} width={220} />,
        },
        { key: 'tier', header: words.tier, cell: (affiliate) => affiliate.tier },
        { key: 'since', header: texts.form.created, cell: (affiliate) => <When at={affiliate.createdAt} /> },
      ]}
    />
  )
}

function NoAffiliates({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty icon="story" title={texts.filter.nothing} text={texts.filter.nothingText} />
  return <Empty icon="affiliate" title={words.emptyTitle} text={words.emptyText} />
}
