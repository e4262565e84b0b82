import { Button, Center, Loader } from '@mantine/core'
import { Suspense, useEffect } from 'react'
import { ApiProblem } from './api.ts'
import { Empty } from './parts/empty.tsx'
import { Failure, Lines } from './parts/loaded.tsx'
import { Page } from './parts/page.tsx'
import { ScreenGuard } from './parts/screen-guard.tsx'
import { matchPath, navigate, useLinks, usePlace } from './router.tsx'
import { Setup } from './screens/setup.tsx'
import { SignIn } from './screens/sign-in.tsx'
import { SCREENS } from './screens.ts'
import { MeContext, useSession } from './session.ts'
import { Shell } from './shell.tsx'
import { texts } from './texts.ts'

/** The whole dashboard: set-up, sign-in, or a screen inside the shell. */
export function App() {
  useLinks()
  const { path } = usePlace()
  return path === '/setup' ? <Setup /> : <SignedIn path={path} />
}

function SignedIn({ path }: { readonly path: string }) {
  const session = useSession()
  useEffect(() => {
    if (path === '/') navigate('/report', { replace: true })
  }, [path])
  if (session.data !== undefined) {
    return (
      <MeContext value={session.data}>
        <Shell me={session.data}>
          {/* The key gives each thing a fresh form. */}
          <ScreenGuard key={path}>
            <Suspense fallback={<Lines />}>
              <CurrentScreen path={path} />
            </Suspense>
          </ScreenGuard>
        </Shell>
      </MeContext>
    )
  }
  if (session.error instanceof ApiProblem && session.error.status === 401) return <SignIn />
  if (session.error !== null) {
    return (
      <Center mih="100dvh" p="md">
        <Failure error={session.error} onRetry={() => void session.refetch()} />
      </Center>
    )
  }
  return (
    <Center mih="100dvh">
      <Loader size="sm" aria-label={texts.loading} />
    </Center>
  )
}

function CurrentScreen({ path }: { readonly path: string }) {
  for (const [pattern, Found] of SCREENS) {
    const params = matchPath(pattern, path)
    if (params !== undefined) return <Found params={params} />
  }
  return path === '/' ? null : <NotFound />
}

function NotFound() {
  return (
    <Page title={texts.problem.notFound}>
      <Empty
        icon="story"
        title={texts.problem.notFound}
        text={texts.problem.notFoundText}
        action={
          <Button component="a" href="/report" variant="default">
            {texts.problem.home}
          </Button>
        }
      />
    </Page>
  )
}
