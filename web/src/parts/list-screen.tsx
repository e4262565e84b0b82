import { Button, Group, Switch, TextInput } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { clearAddressFilter } from '../address-filter.ts'
import { type Listed, type Resource, useArchive } from '../resource.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMayChange, useMayManage } from '../session.ts'
import { texts as general } from '../texts.ts'
import { shellTexts } from '../texts-shell.ts'
import { useListed } from '../use-listed.ts'
import { type Column, DataTable } from './data-table.tsx'
import { Empty } from './empty.tsx'
import { type Facet, FacetSelect, fitsFacet } from './facets.tsx'
import { Icon, type IconName } from './icon.tsx'
import { ListEnd } from './list-end.tsx'
import { Loaded } from './loaded.tsx'
import { Page } from './page.tsx'
import { tellFailure, useTell } from './tell.tsx'

const words = shellTexts.list

type ListTexts = {
  readonly title: string
  readonly lead: string
  readonly create: string
  readonly emptyTitle: string
  readonly emptyText: string
}

type ListedItem = { readonly id: string; readonly name: string }

type ListScreenProps<Item> = {
  readonly resource: Listed<Item> | Resource<Item, never>
  readonly texts: ListTexts
  readonly icon: IconName
  readonly columns: readonly Column<Item>[]
  /** What else leads on from here, beside making one. */
  readonly more?: ReactNode
  readonly facets?: readonly Facet<Item>[]
}

/** All things of one kind; each row leads to its form. What is searched and how it is sorted is in the address. */
export function ListScreen<Item extends ListedItem>(props: ListScreenProps<Item>) {
  const { resource, texts, icon, more, facets = [] } = props
  const { query: place } = usePlace()
  const canRestore = 'archive' in resource && resource.restore !== undefined
  const isArchive = canRestore && place.get('archived') === 'true'
  const search = (place.get('q') ?? '').trim()
  const { all, found, isCut } = useListed(resource, { search, isArchive })
  const mayChange = useMayChange()
  const create = (
    <Button component="a" href={`/${resource.name}/new`} leftSection={<Icon name="plus" size={14} />}>
      {texts.create}
    </Button>
  )
  const isEmpty = !isArchive && all.data?.length === 0
  return (
    <Page title={texts.title} lead={texts.lead} actions={withMore(more, mayChange && !isEmpty && create)}>
      {isEmpty && (
        <Empty icon={icon} title={texts.emptyTitle} text={texts.emptyText} action={mayChange && create} />
      )}
      {!isEmpty && (
        <ListFilters title={texts.title} canRestore={canRestore} isArchive={isArchive}>
          {facets.map((facet) => (
            <FacetSelect key={facet.name} facet={facet} items={all.data ?? []} />
          ))}
        </ListFilters>
      )}
      {isEmpty && canRestore && <ArchiveLink />}
      {!isEmpty && <Found {...props} query={found} isArchive={isArchive} />}
      {isCut && <ListEnd isSearched={resource.isSearched === true} />}
    </Page>
  )
}

function withMore(more: ReactNode, create: ReactNode): ReactNode {
  if (more === undefined) return create
  return (
    <>
      {more}
      {create}
    </>
  )
}

type ListFiltersProps = {
  readonly title: string
  readonly canRestore: boolean
  readonly isArchive: boolean
  readonly children: ReactNode
}

function ListFilters({ title, canRestore, isArchive, children }: ListFiltersProps) {
  const search = usePlace().query.get('q') ?? ''
  return (
    <Group gap="md">
      <TextInput
        type="search"
        aria-label={words.search(title)}
        placeholder={words.searchHint}
        value={search}
        onChange={(event) => setQuery({ q: event.currentTarget.value })}
        leftSection={<Icon name="story" size={14} />}
        w={{ base: '100%', xs: 260 }}
      />
      {children}
      {canRestore && (
        <Switch
          label={words.archived}
          checked={isArchive}
          onChange={(event) => setQuery({ archived: event.currentTarget.checked ? 'true' : undefined })}
        />
      )}
    </Group>
  )
}

/** Where nothing is in use, something may still be archived. */
function ArchiveLink() {
  return (
    <Group justify="center">
      <Button variant="subtle" color="gray" size="xs" onClick={() => setQuery({ archived: 'true' })}>
        {words.showArchived}
      </Button>
    </Group>
  )
}

type FoundProps<Item> = ListScreenProps<Item> & {
  readonly query: UseQueryResult<readonly Item[]>
  readonly isArchive: boolean
}

function Found<Item extends ListedItem>(props: FoundProps<Item>) {
  const { resource, texts, columns, query, isArchive, facets = [] } = props
  const { query: place } = usePlace()
  const search = (place.get('q') ?? '').trim().toLocaleLowerCase()
  const mayRestore = useMayManage()
  return (
    <Loaded query={query}>
      {(items) => {
        const named = items.filter(({ name }) => name.toLocaleLowerCase().includes(search))
        const rows = named.filter((item) => facets.every((facet) => fitsFacet(item, facet, place)))
        const chosen = facets.filter(({ name }) => place.has(name)).map(({ name }) => name)
        if (rows.length === 0) return <Nothing isSearch={search !== ''} chosen={chosen} />
        const restore = isArchive && mayRestore && 'archive' in resource ? [restoreColumn(resource)] : []
        return (
          <DataTable
            label={texts.title}
            columns={[...columns, ...restore]}
            rows={rows}
            rowKey={(item) => item.id}
            href={(item) => `/${resource.name}/${item.id}`}
            sorting={{ by: place.get('sort') ?? undefined, onChange: (sort) => setQuery({ sort }) }}
          />
        )
      }}
    </Loaded>
  )
}

type NothingProps = {
  readonly isSearch: boolean
  /** Names of the facets that the address gives. */
  readonly chosen: readonly string[]
}

function Nothing({ isSearch, chosen }: NothingProps) {
  if (!isSearch && chosen.length === 0)
    return <Empty icon="inbox" title={words.noneArchived} text={words.noneArchivedText} />
  return (
    <Empty
      icon="story"
      title={general.filter.nothing}
      text={words.nothingFound}
      action={
        <Button variant="default" onClick={() => clearAddressFilter(['q', ...chosen])}>
          {general.filter.clear}
        </Button>
      }
    />
  )
}

function restoreColumn<Item extends ListedItem>(resource: Resource<Item, never>): Column<Item> {
  return {
    key: 'restore',
    header: words.actions,
    numeric: true,
    cell: (item) => <RestoreButton resource={resource} item={item} />,
  }
}

type RestoreButtonProps<Item> = {
  readonly resource: Pick<Resource<Item, never>, 'name' | 'archive' | 'restore'>
  readonly item: ListedItem
}

/** Takes into use again what is archived. */
export function RestoreButton<Item>({ resource, item }: RestoreButtonProps<Item>) {
  const { restore } = useArchive(resource)
  const tell = useTell()
  const run = () =>
    restore(item.id).then(
      () => tell(words.restored(item.name)),
      (failure: unknown) => tellFailure(words.notRestored(item.name), failure),
    )
  return (
    <Button
      variant="default"
      size="compact-sm"
      onClick={() => void run()}
      aria-label={words.restoreWhat(item.name)}
    >
      {words.restore}
    </Button>
  )
}
