import { navigate } from './router.tsx'

const REPORT_PATH = '/report'
/** Which saved view is open; not part of what the view keeps. */
const VIEW_PARAM = 'view-id'

/** The report's address after the `?`, as a saved view keeps it. */
export function currentQuery(): string {
  const query = new URLSearchParams(location.search)
  query.delete(VIEW_PARAM)
  return query.toString()
}

export function openView({ id, query }: { readonly id: string; readonly query: string }): void {
  const address = new URLSearchParams(query)
  address.set(VIEW_PARAM, id)
  navigate(`${REPORT_PATH}?${address}`)
}

export function openedView(address: URLSearchParams): string | null {
  return address.get(VIEW_PARAM)
}

export const viewParam = (id: string | undefined) => ({ [VIEW_PARAM]: id })

/** Whether two addresses ask the same, in whichever order. */
export function isSameQuery(one: string, other: string): boolean {
  return sorted(one) === sorted(other)
}

function sorted(query: string): string {
  const address = new URLSearchParams(query)
  address.sort()
  return address.toString()
}
