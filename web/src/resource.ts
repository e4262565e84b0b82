import { useQuery, useQueryClient } from '@tanstack/react-query'
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
  }) => Promise<ItemPage<Item>>
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
/** More configured things than this need a search, not a list. */
const PAGES_MAX = 25

/**
 * All things of a kind that are in use, newest first.
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

/** All things of a kind that are out of use, newest first. */
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
 * Tells the name of a thing by its id; what is archived or unknown keeps its id.
 * @param options.enabled false: those that are known already, without asking.
 */
export function useNames<Item extends { readonly id: string; readonly name: string }>(
  resource: Listed<Item>,
  options: { readonly enabled?: boolean } = {},
): (id: string) => string {
  const items = useItems(resource, options).data ?? []
  return (id) => items.find((item) => item.id === id)?.name ?? id
}

export function useItem<Item, Body>(resource: Resource<Item, Body>, id: string) {
  // Always fetched anew: a form must not begin with yesterday's values.
  return useQuery({ queryKey: [resource.name, id], queryFn: () => resource.get(id), gcTime: 0 })
}

/** Saving a thing, in two steps for what is saved together with it. */
export function useSave<Item extends { readonly id: string }, Body>(resource: Resource<Item, Body>) {
  const queries = useQueryClient()
  /** Creates, or updates what has an id. */
  const store = async (id: string | undefined, body: Body): Promise<Item> => {
    const saved = id === undefined ? await resource.create(body) : await resource.update(id, body)
    await queries.invalidateQueries({ queryKey: [resource.name], exact: true })
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

/** Everything of a kind, page after page. */
export async function loadAll<Item>(
  resource: Listed<Item>,
  which: { readonly archived?: 'true' } = {},
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
