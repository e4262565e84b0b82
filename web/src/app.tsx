import { Button, Center, Loader } from '@mantine/core'
import { type ComponentType, useEffect } from 'react'
import { ApiProblem } from './api.ts'
import { Empty } from './parts/empty.tsx'
import { Failure } from './parts/loaded.tsx'
import { Page } from './parts/page.tsx'
import { ScreenGuard } from './parts/screen-guard.tsx'
import { matchPath, navigate, type PathParams, useLinks, usePlace } from './router.tsx'
import { CampaignScreen } from './screens/campaign.tsx'
import { Campaigns } from './screens/campaigns.tsx'
import { Conversions } from './screens/conversions.tsx'
import { Hits } from './screens/hits.tsx'
import { LanderScreen } from './screens/lander.tsx'
import { Landers } from './screens/landers.tsx'
import { NetworkScreen } from './screens/network.tsx'
import { Networks } from './screens/networks.tsx'
import { OfferScreen } from './screens/offer.tsx'
import { Offers } from './screens/offers.tsx'
import { Report } from './screens/report.tsx'
import { Settings } from './screens/settings.tsx'
import { Setup } from './screens/setup.tsx'
import { SignIn } from './screens/sign-in.tsx'
import { SourceScreen } from './screens/source.tsx'
import { Sources } from './screens/sources.tsx'
import { VisitStory } from './screens/visit-story.tsx'
import { MeContext, useSession } from './session.ts'
import { Shell } from './shell.tsx'
import { texts } from './texts.ts'

type Screen = ComponentType<{ readonly params: PathParams }>

/** Every address inside the shell. `:id` is `new` where the thing does not exist yet. */
const SCREENS: readonly (readonly [pattern: string, screen: Screen])[] = [
  ['/report', Report],
  ['/conversions', Conversions],
  ['/hits', Hits],
  ['/visits', VisitStory],
  ['/visits/:clickId', VisitStory],
  ['/campaigns', Campaigns],
  ['/campaigns/:id', CampaignScreen],
  ['/traffic-sources', Sources],
  ['/traffic-sources/:id', SourceScreen],
  ['/affiliate-networks', Networks],
  ['/affiliate-networks/:id', NetworkScreen],
  ['/offers', Offers],
  ['/offers/:id', OfferScreen],
  ['/landers', Landers],
  ['/landers/:id', LanderScreen],
  ['/settings', Settings],
  ['/settings/:tab', Settings],
]

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
            <CurrentScreen path={path} />
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
