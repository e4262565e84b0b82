import { useEffect, useSyncExternalStore } from 'react'

/** Where the dashboard is. Every state worth returning to is in it. */
export type Place = { readonly path: string; readonly query: URLSearchParams }

export type PathParams = Readonly<Record<string, string>>

const NAVIGATED = 'trailpost:navigated'

/** Goes to a path of the dashboard without loading the page again. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  const from = location.pathname
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  if (location.pathname !== from) scrollTo(0, 0)
  dispatchEvent(new Event(NAVIGATED))
}

/** The current place; the component renders again when it changes. */
export function usePlace(): Place {
  const href = useSyncExternalStore(subscribe, () => location.pathname + location.search)
  const url = new URL(href, location.origin)
  return { path: url.pathname, query: url.searchParams }
}

/** Changes some parameters of the current address; undefined or '' removes one. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  navigate(location.pathname + (text === '' ? '' : `?${text}`), { replace: true })
}

/** `matchPath('/offers/:id', '/offers/a1')` is `{ id: 'a1' }`; undefined when the pattern does not fit. */
export function matchPath(pattern: string, path: string): PathParams | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = decodeURIComponent(value)
    else if (part !== value) return undefined
  }
  return params
}

/** Makes plain `<a href>` inside the page navigate without a reload; new tabs and downloads stay the browser's. */
export function useLinks(): void {
  useEffect(() => {
    document.addEventListener('click', followLink)
    return () => document.removeEventListener('click', followLink)
  }, [])
}

function followLink(event: MouseEvent): void {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (!plain || event.defaultPrevented || !(event.target instanceof Element)) return
  const link = event.target.closest('a')
  if (link === null || link.target !== '' || link.hasAttribute('download')) return
  if (link.origin !== location.origin || link.pathname.startsWith('/api/') || link.hash !== '') return
  event.preventDefault()
  navigate(link.pathname + link.search)
}

function subscribe(onChange: () => void): () => void {
  addEventListener('popstate', onChange)
  addEventListener(NAVIGATED, onChange)
  return () => {
    removeEventListener('popstate', onChange)
    removeEventListener(NAVIGATED, onChange)
  }
}
