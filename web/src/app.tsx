import { Button, Center, Stack } from '@mantine/core'
import { lazy, Suspense, useEffect } from 'react'
import { ApiProblem } from './api.ts'
import { placesOf } from './navigation.ts'
import { Empty } from './parts/empty.tsx'
import { Failure } from './parts/loaded.tsx'
import { Page } from './parts/page.tsx'
import { ShellSkeleton } from './parts/shell-skeleton.tsx'
import { matchPath, navigate, useLinks, usePlace } from './router.tsx'
import { Routes } from './routes.tsx'
import { SignIn } from './screens/sign-in.tsx'
import { SCREENS } from './screens.ts'
import { MANAGER_SCREENS } from './screens-network.ts'
import { type Me, MeContext, useIsSignedOut, useSession, useSignOut } from './session.ts'
import { Shell } from './shell.tsx'
import { useStartPlaces } from './start-state.ts'
import { texts } from './texts.ts'

// Of affiliates alone, and of the first minute: nobody else loads them.
const Portal = lazy(async () => ({ default: (await import('./portal/portal.tsx')).Portal }))
const SignUp = lazy(async () => ({ default: (await import('./portal/sign-up.tsx')).SignUp }))
const TwoFactorDue = lazy(async () => ({
  default: (await import('./screens/two-factor-due.tsx')).TwoFactorDue,
}))
const SignInAgain = lazy(async () => ({
  default: (await import('./parts/sign-in-again.tsx')).SignInAgain,
}))
const Setup = lazy(async () => ({ default: (await import('./screens/setup.tsx')).Setup }))

/** The whole dashboard: set-up, sign-up, sign-in, or a screen inside the shell of the staff or of an affiliate. */
export function App() {
  useLinks()
  const { path } = usePlace()
  const network = matchPath('/sign-up/:workspace', path)?.workspace
  if (network !== undefined) {
    return (
      <Suspense>
        <SignUp workspace={network} />
      </Suspense>
    )
  }
  if (path !== '/setup') return <SignedIn path={path} />
  return (
    <Suspense>
      <Setup />
    </Suspense>
  )
}

function SignedIn({ path }: { readonly path: string }) {
  const session = useSession()
  const isSignedOut = useIsSignedOut()
  const signOut = useSignOut()
  const role = session.data?.workspace.role
  useEffect(() => {
    if (path === '/' && role !== undefined && role !== 'affiliate')
      navigate(placesOf(role).home, { replace: true })
  }, [path, role])
  if (session.data !== undefined) {
    return (
      <MeContext value={session.data}>
        {role === 'affiliate' ? (
          <Suspense fallback={<ShellSkeleton />}>
            <Portal path={path} />
          </Suspense>
        ) : (
          <Staff me={session.data} />
        )}
        <Suspense>{isSignedOut && <SignInAgain />}</Suspense>
      </MeContext>
    )
  }
  if (session.error instanceof ApiProblem && session.error.status === 401) return <SignIn />
  if (session.error !== null) {
    return (
      <Center mih="100dvh" p="md">
        <Stack>
          <Failure error={session.error} onRetry={() => void session.refetch()} />
          <Button variant="subtle" onClick={() => signOut.mutate()}>
            {texts.problem.signOut}
          </Button>
        </Stack>
      </Center>
    )
  }
  return <ShellSkeleton />
}

function Staff({ me }: { readonly me: Me }) {
  const places = useStartPlaces(placesOf(me.workspace.role))
  if (me.workspace.requiresTwoFactor && !me.user.hasTwoFactor) {
    return (
      <Suspense fallback={<ShellSkeleton />}>
        <TwoFactorDue />
      </Suspense>
    )
  }
  const screens = me.workspace.role === 'affiliate_manager' ? MANAGER_SCREENS : SCREENS
  return (
    <Shell me={me} places={places}>
      {/* Another workspace may come with another role. */}
      <Routes key={me.workspace.id} screens={screens} notFound={NotFound} />
    </Shell>
  )
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
