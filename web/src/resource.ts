import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useNamesById } from './names-by-id.ts'
import { navigate } from './router.tsx'

export type ItemPage<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null }

/** One kind of thing, as far as all of them can be listed. */
export type Listed<Item> = {
  /** Last part of its address in the dashboard, and the first of its query keys. */
  readonly name: string
  readonly list: (page: {
    readonly limit: number
    readonly cursor?: string
    /** In place of those in use; for kinds that can be restored. */
    readonly archived?: 'true'
    /** Part of a name, and ids separated by commas, in use or not; for kinds that are searched. */
    readonly search?: string
    readonly ids?: string
  }) => Promise<ItemPage<Item>>
  /** The server finds them by a part of their name and by their ids. */
  readonly isSearched?: true
  /** Takes into use again what was archived; absent where that is not possible. */
  readonly restore?: (id: string) => Promise<unknown>
}

/** One kind of configured thing: how the API serves it and where its screens are. */
export type Resource<Item, Body> = Listed<Item> & {
  readonly get: (id: string) => Promise<Item>
  readonly create: (body: Body) => Promise<Item>
  readonly update: (id: string, body: Body) => Promise<Item>
  readonly archive: (id: string) => Promise<unknown>
}

const PAGE_SIZE = 200
const PAGES_MAX = 25
/** A list holds the newest of them; others are found by a search, and named by their ids. */
export const LISTED_MAX = PAGE_SIZE * PAGES_MAX

/**
 * The things of a kind that are in use, newest first: all of them up to LISTED_MAX, and no more.
 * @param options.refreshMs how often to look again, for what changes by itself.
 * @param options.enabled false: what is known already, without asking.
 */
export function useItems<Item>(
  resource: Listed<Item>,
  { refreshMs, enabled = true }: { readonly refreshMs?: number; readonly enabled?: boolean } = {},
) {
  return useQuery({
    queryKey: [resource.name],
    queryFn: () => loadAll(resource),
    enabled,
    ...(refreshMs === undefined ? {} : { refetchInterval: refreshMs }),
  })
}

/** The things of a kind that are out of use, newest first, up to LISTED_MAX. */
export function useArchivedItems<Item>(resource: Listed<Item>, { enabled }: { readonly enabled: boolean }) {
  return useQuery({
    queryKey: [resource.name, 'archived'],
    queryFn: () => loadAll(resource, { archived: 'true' }),
    enabled,
  })
}

/** As `useItems`, but fetched anew: a form must not begin with what was there before. */
export function useFreshItems<Item>(resource: Listed<Item>) {
  return useQuery({ queryKey: [resource.name, 'fresh'], queryFn: () => loadAll(resource), gcTime: 0 })
}

/**
 * Tells the name of a thing by its id. Of a kind that is searched what is archived, or behind the end of the list, is
 * fetched by its id, and named once it is there; what the workspace does not have keeps its id.
 * @param options.enabled false: those that are known already, without asking.
 */
export function useNames<Item extends { readonly id: string; readonly name: string }>(
  resource: Listed<Item>,
  options: { readonly enabled?: boolean } = {},
): (id: string) => string {
  const items = useItems(resource, options).data
  const names = useMemo(() => new Map(items?.map(({ id, name }) => [id, name])), [items])
  const nameById = useNamesById(resource)
  const isAsked = resource.isSearched === true && options.enabled !== false && items !== undefined
  return (id) => names.get(id) ?? (isAsked && id !== '' ? nameById(id) : undefined) ?? id
}

/** One thing by its id, archived or not. It is kept while it is shown and forgotten after: a form begins with what is there now. */
export function useItem<Item, Body>(resource: Resource<Item, Body>, id: string) {
  return useQuery({ queryKey: [resource.name, id], queryFn: () => resource.get(id), gcTime: 0 })
}

/** Saving a thing, in two steps for what is saved together with it. */
export function useSave<Item extends { readonly id: string }, Body>(resource: Resource<Item, Body>) {
  const queries = useQueryClient()
  /** Creates, or updates what has an id. */
  const store = async (id: string | undefined, body: Body): Promise<Item> => {
    const saved = id === undefined ? await resource.create(body) : await resource.update(id, body)
    await queries.invalidateQueries({ queryKey: [resource.name], exact: true })
    queries.removeQueries({ queryKey: [resource.name, 'name', saved.id] })
    return saved
  }
  /** Shows the saved thing, a new one at its own address. */
  const show = (saved: Item, { isNew }: { readonly isNew: boolean }): void => {
    queries.setQueryData([resource.name, saved.id], saved)
    if (isNew) navigate(`/${resource.name}/${saved.id}`, { replace: true })
  }
  const save = async (id: string | undefined, body: Body): Promise<void> => {
    show(await store(id, body), { isNew: id === undefined })
  }
  return { save, store, show }
}

/** Taking a thing out of use, and into use again where its kind allows that. */
export function useArchive<Item>(resource: Pick<Resource<Item, never>, 'name' | 'archive' | 'restore'>) {
  const queries = useQueryClient()
  const reload = async () => {
    await queries.invalidateQueries({ queryKey: [resource.name], exact: true })
    await queries.invalidateQueries({ queryKey: [resource.name, 'archived'] })
  }
  return {
    archive: async (id: string): Promise<void> => {
      await resource.archive(id)
      await reload()
    },
    restore: async (id: string): Promise<void> => {
      await resource.restore?.(id)
      queries.removeQueries({ queryKey: [resource.name, id] })
      await reload()
    },
  }
}

/** Everything of a kind that fits, page after page, up to LISTED_MAX. */
export async function loadAll<Item>(
  resource: Listed<Item>,
  which: { readonly archived?: 'true'; readonly search?: string } = {},
): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const next: ItemPage<Item> = await resource.list({
      limit: PAGE_SIZE,
      ...which,
      ...(cursor === null ? {} : { cursor }),
    })
    items.push(...next.items)
    cursor = next.nextCursor
    if (cursor === null) break
  }
  return items
}
