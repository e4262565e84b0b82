import { createBrowserHistory } from '@tanstack/react-router'
import { createContext, use, useEffect, useSyncExternalStore } from 'react'

/** Where the dashboard is. Every state worth returning to is in it. */
export type Place = { readonly path: string; readonly query: URLSearchParams }

export type PathParams = Readonly<Record<string, string>>

/** The addresses gone through. It may be ahead of the address bar by a microtask, so nothing else is asked. */
export const visited = createBrowserHistory()

/** The path that a screen was made for; a screen hears of no place after its own. */
export const ScreenPath = createContext<string | undefined>(undefined)

/** The place before the path changed: what the screen that is about to go still shows. */
let current = visited.location.href
let previous = current
visited.subscribe(({ location }) => {
  if (pathOf(location.href) !== pathOf(current)) previous = current
  current = location.href
})

/**
 * Goes to a path of the dashboard without loading the page again.
 * @param options.unasked leaves a changed form without a question: what it was about is gone.
 */
export function navigate(
  to: string,
  { replace = false, unasked = false }: { readonly replace?: boolean; readonly unasked?: boolean } = {},
): void {
  if (replace) visited.replace(to, undefined, { ignoreBlocker: unasked })
  else visited.push(to, undefined, { ignoreBlocker: unasked })
}

/**
 * The current place; the component renders again when it changes. A screen that stays until the code of the next one is
 * there keeps its own place, so that it does not load once more, for another's query.
 */
export function usePlace(): Place {
  const own = use(ScreenPath)
  const href = useSyncExternalStore(visited.subscribe, () => {
    const { href: now } = visited.location
    return own === undefined || pathOf(now) === own || pathOf(previous) !== own ? now : previous
  })
  const url = new URL(href, location.origin)
  return { path: url.pathname, query: url.searchParams }
}

/** Changes some parameters of the current address; undefined or '' removes one. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const { pathname, search } = visited.location
  const query = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  const to = pathname + (text === '' ? '' : `?${text}`)
  if (to !== pathname + search) navigate(to, { replace: true })
}

/** `matchPath('/offers/:id', '/offers/a1')` is `{ id: 'a1' }`; undefined when the pattern does not fit. */
export function matchPath(pattern: string, path: string): PathParams | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = decoded(value)
    else if (part !== value) return undefined
  }
  return params
}

/** As it was typed where it is no encoding of anything. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Makes plain `<a href>` inside the page navigate without a reload; new tabs and downloads stay the browser's. */
export function useLinks(): void {
  useEffect(() => {
    document.addEventListener('click', followLink)
    return () => document.removeEventListener('click', followLink)
  }, [])
}

/** The place of the dashboard that an element inside a link leads to; undefined when it leads elsewhere. */
export function placeOfLink(element: EventTarget | null): string | undefined {
  const link = element instanceof Element ? element.closest('a') : null
  if (link === null || link.target !== '' || link.hasAttribute('download')) return undefined
  if (link.origin !== location.origin || link.pathname.startsWith('/api/') || link.hash !== '')
    return undefined
  return link.pathname + link.search
}

function followLink(event: MouseEvent): void {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (!plain || event.defaultPrevented) return
  const to = placeOfLink(event.target)
  if (to === undefined) return
  event.preventDefault()
  navigate(to)
}

function pathOf(href: string): string {
  return href.split(/[?#]/, 1)[0] ?? href
}
