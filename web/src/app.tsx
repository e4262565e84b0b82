import { Button, Center, Loader } from '@mantine/core'
import { lazy, Suspense, useEffect } from 'react'
import { ApiProblem } from './api.ts'
import { Empty } from './parts/empty.tsx'
import { Failure, Lines } from './parts/loaded.tsx'
import { Page } from './parts/page.tsx'
import { ScreenGuard } from './parts/screen-guard.tsx'
import { matchPath, navigate, useLinks, usePlace } from './router.tsx'
import { Setup } from './screens/setup.tsx'
import { SignIn } from './screens/sign-in.tsx'
import { SCREENS } from './screens.ts'
import { MANAGER_SCREENS } from './screens-network.ts'
import { type Me, MeContext, useMe, useSession } from './session.ts'
import { Shell } from './shell.tsx'
import { texts } from './texts.ts'

// Of affiliates alone: nobody else loads them.
const Portal = lazy(async () => ({ default: (await import('./portal/portal.tsx')).Portal }))
const SignUp = lazy(async () => ({ default: (await import('./portal/sign-up.tsx')).SignUp }))

/** The whole dashboard: set-up, sign-up, sign-in, or a screen inside the shell of the staff or of an affiliate. */
export function App() {
  useLinks()
  const { path } = usePlace()
  const network = matchPath('/sign-up/:workspace', path)?.workspace
  if (network !== undefined) {
    return (
      <Suspense fallback={<Waiting />}>
        <SignUp workspace={network} />
      </Suspense>
    )
  }
  return path === '/setup' ? <Setup /> : <SignedIn path={path} />
}

function SignedIn({ path }: { readonly path: string }) {
  const session = useSession()
  const role = session.data?.workspace.role
  useEffect(() => {
    if (path === '/' && role !== undefined && role !== 'affiliate') navigate(homeOf(role), { replace: true })
  }, [path, role])
  if (session.data !== undefined && role === 'affiliate') {
    return (
      <MeContext value={session.data}>
        <Suspense fallback={<Waiting />}>
          <Portal path={path} />
        </Suspense>
      </MeContext>
    )
  }
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
  return <Waiting />
}

function Waiting() {
  return (
    <Center mih="100dvh">
      <Loader size="sm" aria-label={texts.loading} />
    </Center>
  )
}

function CurrentScreen({ path }: { readonly path: string }) {
  const { role } = useMe().workspace
  for (const [pattern, Found] of role === 'affiliate_manager' ? MANAGER_SCREENS : SCREENS) {
    const params = matchPath(pattern, path)
    if (params !== undefined) return <Found params={params} />
  }
  return path === '/' ? null : <NotFound />
}

/** An affiliate manager sees no report of the workspace. */
function homeOf(role: Me['workspace']['role']): string {
  return role === 'affiliate_manager' ? '/affiliates' : '/report'
}

function NotFound() {
  return (
    <Page title={texts.problem.notFound}>
      <Empty
        icon="story"
        title={texts.problem.notFound}
        text={texts.problem.notFoundText}
        action={
          <Button component="a" href="/" variant="default">
            {texts.problem.home}
          </Button>
        }
      />
    </Page>
  )
}
