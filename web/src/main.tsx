import '@mantine/core/styles.css'
import './app.css'
import { MantineProvider } from '@mantine/core'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiProblem } from './api.ts'
import { App } from './app.tsx'
import { preloadScreen } from './screens.ts'
import { cssVariables, theme } from './theme.ts'

/** A file that stays away must not make the page reload for ever. */
const RELOAD_PAUSE_MS = 30_000

const Notices = lazy(async () => ({ default: (await import('./parts/notices.tsx')).Notices }))

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // The session ended meanwhile: asking who is there again shows the sign-in form.
      const isSession = query.queryKey[0] === 'me'
      if (!isSession && error instanceof ApiProblem && error.status === 401) {
        void queries.resetQueries({ queryKey: ['me'] })
      }
    },
  }),
  defaultOptions: {
    queries: {
      // What the API refused it will refuse again; only a lost connection or a failing server is worth a retry.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && isRefusal(error.status)),
      staleTime: 5_000,
    },
  },
})

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500
}

/** Screens of an older version are gone after an upgrade; the page of the new version knows its own. */
addEventListener('vite:preloadError', () => {
  const key = 'trailpost:reloaded'
  const last = Number(sessionStorage.getItem(key))
  if (Date.now() - last < RELOAD_PAUSE_MS) return
  sessionStorage.setItem(key, String(Date.now()))
  location.reload()
})

// Its code comes while the server says who is there.
preloadScreen(location.pathname)

/** A page that the browser kept, to go back to, may be of a workspace or a portal that was left since. */
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload()
})

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <App />
        <Suspense>
          <Notices />
        </Suspense>
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
)
