import { setQuery, usePlace } from './router.tsx'
import { useMe } from './session.ts'
import { dayAfter, startOfDay } from './zoned-day.ts'

/** What of a list is shown, by names that the address keeps; '' where it does not matter. */
export type AddressFilter<Name extends string> = Readonly<Record<Name, string>>

const DAY = /^\d{4}-\d\d-\d\d$/

/** The filter as the address has it. */
export function useAddressFilter<Name extends string>(names: readonly Name[]): AddressFilter<Name> {
  const { query } = usePlace()
  return Object.fromEntries(names.map((name) => [name, query.get(name) ?? ''])) as AddressFilter<Name> // by its names
}

export function clearAddressFilter(names: readonly string[]): void {
  setQuery(Object.fromEntries(names.map((name) => [name, undefined])))
}

export function isAnyGiven(filter: Readonly<Record<string, string>>): boolean {
  return Object.values(filter).some((value) => value !== '')
}

/** What of the values is given, without blanks around it. */
export function given<Name extends string>(
  values: Readonly<Record<Name, string>>,
): Partial<Record<Name, string>> {
  const kept = Object.entries<string>(values).map(([name, value]) => [name, value.trim()] as const)
  return Object.fromEntries(kept.filter(([, value]) => value !== '')) as Partial<Record<Name, string>> // its own names
}

/** Days of the workspace, both meant as a whole, as moments for the API. */
export function useDayRange({ from, to }: { readonly from: string; readonly to: string }): {
  readonly from?: string
  readonly to?: string
} {
  const { timeZone } = useMe().workspace
  return {
    ...(DAY.test(from) ? { from: startOfDay(from, timeZone).toISOString() } : {}),
    ...(DAY.test(to) ? { to: startOfDay(dayAfter(to), timeZone).toISOString() } : {}),
  }
}

/** The address with one more thing opened over the list; undefined closes it. */
export function useOpened(): {
  readonly id: string
  readonly hrefOf: (id: string) => string
  readonly close: () => void
} {
  const { path, query } = usePlace()
  return {
    id: query.get('open') ?? '',
    hrefOf: (id) => {
      const next = new URLSearchParams(query)
      next.set('open', id)
      return `${path}?${next}`
    },
    close: () => setQuery({ open: undefined }),
  }
}
