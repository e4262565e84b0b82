import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  type ParsedLocation,
  RouterProvider,
  useMatch,
} from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { Lines } from './parts/loaded.tsx'
import { ScreenGuard } from './parts/screen-guard.tsx'
import { placeOfLink, ScreenPath, visited } from './router.tsx'
import type { Screen, ScreenList } from './screens.ts'

/** Before this nobody sees that a screen's code is being fetched: the screen before it stays. */
const PENDING_MS = 400

type RoutesProps = {
  readonly screens: ScreenList
  /** What stands where no screen is. */
  readonly notFound: () => ReactNode
}

/** The screen of the current address. Its code is fetched as soon as somebody points at a link to it. */
export function Routes({ screens, notFound }: RoutesProps) {
  const [router] = useState(() => buildRouter(screens, notFound))
  useEffect(() => {
    const preload = (event: Event) => {
      const to = placeOfLink(event.target)
      // What can not be fetched now is told when somebody goes there.
      if (to !== undefined) router.preloadRoute({ to }).catch(() => undefined)
    }
    const intents = ['pointerover', 'focusin', 'touchstart'] as const
    for (const intent of intents) document.addEventListener(intent, preload, { passive: true })
    return () => {
      for (const intent of intents) document.removeEventListener(intent, preload)
    }
  }, [router])
  return <RouterProvider router={router} />
}

function buildRouter(screens: ScreenList, notFound: () => ReactNode) {
  const root = createRootRoute({ component: Outlet, notFoundComponent: notFound })
  const routes = screens.map(([pattern, screen]) =>
    createRoute({
      getParentRoute: () => root,
      path: pattern.replaceAll(':', '$'),
      component: toRouteComponent(screen),
      // Each thing gets a fresh form.
      remountDeps: ({ params }) => params,
    }),
  )
  // The start page is chosen by the role; see App.
  const start = createRoute({ getParentRoute: () => root, path: '/', component: Nothing })
  return createRouter({
    routeTree: root.addChildren([start, ...routes]),
    history: visited,
    // Screens read the query themselves; to the router it is one text that it must not write anew.
    parseSearch: (text) => ({ text }),
    stringifySearch: ({ text }) => (typeof text === 'string' ? text : ''),
    defaultPendingComponent: Lines,
    defaultPendingMs: PENDING_MS,
    defaultPendingMinMs: 0,
    scrollRestoration: isElsewhere(),
  })
}

/** A screen that changes its own query keeps its scroll; elsewhere begins at the top, or where one was before. */
function isElsewhere(): (to: { readonly location: ParsedLocation }) => boolean {
  let shown: string | undefined
  return ({ location: { pathname } }) => {
    const moved = pathname !== shown
    shown = pathname
    return moved
  }
}

/** The router fetches a route's code by the `preload` of its component, which is gone once the code is there. */
function toRouteComponent(screen: Screen) {
  const show = () => <Routed screen={screen} />
  return Object.assign(show, { preload: () => screen.preload?.() })
}

function Routed({ screen: Found }: { readonly screen: Screen }) {
  const { pathname, params } = useMatch({ strict: false })
  return (
    <ScreenPath value={pathname}>
      <ScreenGuard key={pathname}>
        <Found params={params} />
      </ScreenGuard>
    </ScreenPath>
  )
}

function Nothing() {
  return null
}
