import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'
import type { Listed } from './resource.ts'

type Named = { readonly id: string; readonly name: string }

/** Second of their query keys; the first is the kind's name. */
const NAME_KEY = 'name'
/** Ids of one request. */
const TOGETHER_MAX = 100

/**
 * Tells names of things that no list has: archived ones, and those behind the end of a list. What is asked for while a
 * screen is drawn is fetched together, and drawn once it is there.
 * @returns a name, or undefined for one that is not known, or not yet.
 */
export function useNamesById<Item extends Named>(resource: Listed<Item>): (id: string) => string | undefined {
  const queries = useQueryClient()
  const { name: kind } = resource
  const subscribe = useCallback(
    (tell: () => void) =>
      queries.getQueryCache().subscribe(({ type, query: { queryKey } }) => {
        if (type === 'updated' && queryKey[0] === kind && queryKey[1] === NAME_KEY) tell()
      }),
    [queries, kind],
  )
  useSyncExternalStore(subscribe, () => countKnown(queries, kind))
  return (id) => {
    const queryKey = [kind, NAME_KEY, id]
    if (queries.getQueryState(queryKey) === undefined) {
      void queries.prefetchQuery({ queryKey, queryFn: () => fetchName(resource, id), retry: false })
    }
    return queries.getQueryData<string>(queryKey) || undefined
  }
}

function countKnown(queries: QueryClient, kind: string): number {
  const known = queries.getQueryCache().findAll({ queryKey: [kind, NAME_KEY] })
  return known.filter(({ state }) => state.data !== undefined).length
}

type Batch = { readonly ids: Set<string>; readonly names: Promise<ReadonlyMap<string, string>> }
const open = new Map<string, Batch>()

/** '' for a thing that the workspace does not have. */
async function fetchName<Item extends Named>(resource: Listed<Item>, id: string): Promise<string> {
  const current = open.get(resource.name)
  const batch = current === undefined || current.ids.size >= TOGETHER_MAX ? openBatch(resource) : current
  batch.ids.add(id)
  return (await batch.names).get(id) ?? ''
}

function openBatch<Item extends Named>(resource: Listed<Item>): Batch {
  const ids = new Set<string>()
  const ask = async () => {
    // By then the screen has said all that it wants.
    await new Promise((resolve) => setTimeout(resolve))
    if (open.get(resource.name) === batch) open.delete(resource.name)
    const { items } = await resource.list({ limit: TOGETHER_MAX, ids: [...ids].join(',') })
    return new Map(items.map(({ id, name }) => [id, name]))
  }
  const batch: Batch = { ids, names: ask() }
  open.set(resource.name, batch)
  return batch
}
