import { Button } from '@mantine/core'
import { useEffect } from 'react'
import type { Places } from '../navigation.ts'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'
import { navigate } from '../router.tsx'
import { Routes } from '../routes.tsx'
import { useMe } from '../session.ts'
import { Shell } from '../shell.tsx'
import { texts } from '../texts.ts'
import { portalTexts as words } from '../texts-portal.ts'
import { ClosedPortal } from './closed-portal.tsx'
import { PortalBanner } from './portal-banner.tsx'
import { ACCOUNT_SCREENS, PORTAL_HOME, PORTAL_SCREENS } from './portal-screens.ts'

const PLACES: Places = {
  home: PORTAL_HOME,
  navigation: [
    {
      label: words.nav.work,
      items: [
        { href: PORTAL_HOME, label: words.overview.title, icon: 'lander', letter: 'o' },
        { href: '/portal/offers', label: words.offers.title, icon: 'offer', letter: 'p' },
      ],
    },
    {
      label: words.nav.tracking,
      items: [
        { href: '/portal/global-postback', label: words.global.title, icon: 'domain', letter: 'g' },
        { href: '/portal/postbacks', label: words.postbacks.title, icon: 'event', letter: 't' },
        { href: '/portal/postback-log', label: words.log.title, icon: 'hits', letter: 'l' },
      ],
    },
    {
      label: words.nav.results,
      items: [
        { href: '/portal/conversions', label: words.conversions.title, icon: 'conversion', letter: 'v' },
        { href: '/portal/reports', label: words.report.title, icon: 'report', letter: 'r' },
        { href: '/portal/balance', label: words.balance.title, icon: 'cost', letter: 'b' },
      ],
    },
  ],
  last: { href: '/portal/api-keys', label: words.keys.title, icon: 'key', letter: 'k' },
}

/** What an affiliate of a network sees in the place of the staff's dashboard. */
export function Portal({ path }: { readonly path: string }) {
  const me = useMe()
  const { isLooking } = me
  const { affiliate } = me.workspace
  const banner = isLooking && affiliate !== null && <PortalBanner affiliate={affiliate} />
  useEffect(() => {
    if (path === '/' || path === '/portal') navigate(PORTAL_HOME, { replace: true })
  }, [path])
  if (affiliate?.status !== 'active') {
    return (
      <>
        {banner}
        <ClosedPortal affiliate={affiliate} />
      </>
    )
  }
  const screens = isLooking ? PORTAL_SCREENS : [...PORTAL_SCREENS, ...ACCOUNT_SCREENS]
  return (
    <Shell me={me} places={PLACES}>
      {banner}
      <Routes screens={screens} notFound={NotFound} />
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
          <Button component="a" href={PORTAL_HOME} variant="default">
            {words.home}
          </Button>
        }
      />
    </Page>
  )
}
