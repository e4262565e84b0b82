import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { LISTED_MAX, type Listed, loadAll, useArchivedItems, useItems, useNames } from './resource.ts'

type Named = { readonly id: string; readonly name: string }
type Wanted = { readonly search: string; readonly isArchive?: boolean }

type FoundList<Item> = {
  /** What there is without the search. */
  readonly all: UseQueryResult<readonly Item[]>
  /** What the server found, where the list has an end; else the same as `all`. */
  readonly found: UseQueryResult<readonly Item[]>
  /** There may be more than the list holds. */
  readonly isCut: boolean
}

/** All things of a kind as far as a list goes; behind its end the server searches. */
export function useListed<Item extends Named>(
  resource: Listed<Item>,
  { search, isArchive = false }: Wanted,
): FoundList<Item> {
  const used = useItems(resource, { enabled: !isArchive })
  const archived = useArchivedItems(resource, { enabled: isArchive })
  const all = isArchive ? archived : used
  const isCut = isListCut(all.data)
  const isSearched = isCut && resource.isSearched === true && search !== ''
  const which = { search, ...(isArchive ? { archived: 'true' as const } : {}) }
  const found = useQuery({
    queryKey: [resource.name, 'found', which],
    queryFn: () => loadAll(resource, which),
    enabled: isSearched,
    placeholderData: keepPreviousData,
  })
  return { all, found: isSearched ? found : all, isCut }
}

function isListCut(items: readonly unknown[] | undefined): boolean {
  return items !== undefined && items.length >= LISTED_MAX
}

export type Choice = { readonly value: string; readonly label: string }

/** What can be chosen of a kind: all that is listed, what the server finds by the typed text, and what is chosen now. */
export function useChoices<Item extends Named>(
  resource: Listed<Item>,
  { value, typed }: { readonly value: string; readonly typed: string },
): readonly Choice[] {
  const { all, found } = useListed(resource, { search: typed.trim() })
  const nameOf = useNames(resource)
  const listed = all.data ?? []
  const items =
    found === all
      ? listed
      : [...new Map([...listed, ...(found.data ?? [])].map((item) => [item.id, item])).values()]
  const choices = items.map(({ id, name }) => ({ value: id, label: name }))
  const isOther = value !== '' && all.data !== undefined && items.every(({ id }) => id !== value)
  return isOther ? [...choices, { value, label: nameOf(value) }] : choices
}
