import '@mantine/core/styles.css'
import './app.css'
import { MantineProvider } from '@mantine/core'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiProblem } from './api.ts'
import { App } from './app.tsx'
import { ScreenGuard } from './parts/screen-guard.tsx'
import { preloadScreen } from './screens.ts'
import { tellSignedOut } from './session.ts'
import { cssVariables, theme } from './theme.ts'

/** A file that stays away must not make the page reload for ever. */
const RELOAD_PAUSE_MS = 30_000

/** Without them everything else goes on. */
const Notices = lazy(async () => {
  const loaded = await import('./parts/notices.tsx').catch(() => undefined)
  return { default: loaded?.Notices ?? Nothing }
})

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignedOut }),
  mutationCache: new MutationCache({ onError: noticeSignedOut }),
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

function noticeSignedOut(error: unknown): void {
  if (error instanceof ApiProblem && error.code === 'not_signed_in') tellSignedOut(queries)
}

function Nothing() {
  return null
}

/**
 * Screens of an older version are gone after an upgrade; the page of the new version knows its own. While the server is
 * away there is nothing to reload.
 */
addEventListener('vite:preloadError', () => void reloadIfNewer())

async function reloadIfNewer(): Promise<void> {
  const page = await fetch('/').then(
    (answer) => (answer.ok ? answer.text() : undefined),
    () => undefined,
  )
  if (page === undefined || page.includes(new URL(import.meta.url).pathname)) return
  const key = 'trailpost:reloaded'
  const last = Number(sessionStorage.getItem(key))
  if (Date.now() - last < RELOAD_PAUSE_MS) return
  sessionStorage.setItem(key, String(Date.now()))
  location.reload()
}

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
        <ScreenGuard>
          <App />
        </ScreenGuard>
        <Suspense>
          <Notices />
        </Suspense>
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
)
