import { Select } from '@mantine/core'
import { setQuery, usePlace } from '../router.tsx'

/** What a list can be narrowed by: one parameter of the address, its choices those that the list has. */
export type Facet<Item> = {
  readonly name: string
  readonly label: string
  readonly any: string
  readonly of: (item: Item) => readonly { readonly value: string; readonly label: string }[]
}

type FacetSelectProps<Item> = { readonly facet: Facet<Item>; readonly items: readonly Item[] }

/** Not there where the list has nothing to choose from, unless the address names a choice. */
export function FacetSelect<Item>({ facet, items }: FacetSelectProps<Item>) {
  const chosen = usePlace().query.get(facet.name) ?? ''
  const named = new Map(items.flatMap(facet.of).map(({ value, label }) => [value, label]))
  if (chosen !== '' && !named.has(chosen)) named.set(chosen, chosen)
  if (named.size === 0) return null
  const choices = [...named].map(([value, label]) => ({ value, label }))
  return (
    <Select
      aria-label={facet.label}
      placeholder={facet.any}
      data={choices.toSorted((a, b) => a.label.localeCompare(b.label))}
      value={chosen === '' ? null : chosen}
      onChange={(value) => setQuery({ [facet.name]: value ?? undefined })}
      searchable
      clearable
      w={190}
    />
  )
}

/** Whether a thing is one of those that the address asks for. */
export function fitsFacet<Item>(item: Item, { name, of }: Facet<Item>, place: URLSearchParams): boolean {
  const wanted = place.get(name) ?? ''
  return wanted === '' || of(item).some(({ value }) => value === wanted)
}
