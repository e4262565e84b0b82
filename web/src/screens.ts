import { lazyRouteComponent as lazy } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { matchPath, type PathParams } from './router.tsx'
import { NETWORK_SCREENS } from './screens-network.ts'
import { NOTIFICATION_SCREENS } from './screens-notifications.ts'

/** `preload` fetches its code before somebody goes there; nothing once the code is there. */
export type Screen = ComponentType<{ readonly params: PathParams }> & {
  preload?: () => Promise<void> | undefined
}
export type ScreenList = readonly (readonly [pattern: string, screen: Screen])[]

/**
 * Every address inside the shell. `:id` is `new` where the thing does not exist yet. A screen's code is loaded when
 * somebody goes there, so that the first page stays small however many screens there are.
 */
export const SCREENS: ScreenList = [
  ['/start', lazy(async () => ({ default: (await import('./screens/start.tsx')).Start }))],
  ['/overview', lazy(async () => ({ default: (await import('./screens/overview.tsx')).Overview }))],
  ['/report', lazy(async () => ({ default: (await import('./screens/report.tsx')).Report }))],
  ['/conversions', lazy(async () => ({ default: (await import('./screens/conversions.tsx')).Conversions }))],
  [
    '/conversions/upload',
    lazy(async () => ({ default: (await import('./screens/conversion-upload.tsx')).ConversionUpload })),
  ],
  ['/hits', lazy(async () => ({ default: (await import('./screens/hits.tsx')).Hits }))],
  ['/visits', lazyStory()],
  ['/visits/:clickId', lazyStory()],
  ['/campaigns', lazy(async () => ({ default: (await import('./screens/campaigns.tsx')).Campaigns }))],
  [
    '/campaigns/:id',
    lazy(async () => ({ default: (await import('./screens/campaign.tsx')).CampaignScreen })),
  ],
  ['/flows', lazy(async () => ({ default: (await import('./screens/flows.tsx')).Flows }))],
  ['/flows/:id', lazy(async () => ({ default: (await import('./screens/flow.tsx')).FlowScreen }))],
  ['/traffic-sources', lazy(async () => ({ default: (await import('./screens/sources.tsx')).Sources }))],
  [
    '/traffic-sources/:id',
    lazy(async () => ({ default: (await import('./screens/source.tsx')).SourceScreen })),
  ],
  ['/affiliate-networks', lazy(async () => ({ default: (await import('./screens/networks.tsx')).Networks }))],
  [
    '/affiliate-networks/:id',
    lazy(async () => ({ default: (await import('./screens/network.tsx')).NetworkScreen })),
  ],
  ['/offers', lazy(async () => ({ default: (await import('./screens/offers.tsx')).Offers }))],
  ['/offers/:id', lazy(async () => ({ default: (await import('./screens/offer.tsx')).OfferScreen }))],
  ['/landers', lazy(async () => ({ default: (await import('./screens/landers.tsx')).Landers }))],
  ['/landers/:id', lazy(async () => ({ default: (await import('./screens/lander.tsx')).LanderScreen }))],
  ['/events', lazy(async () => ({ default: (await import('./screens/events.tsx')).Events }))],
  ['/events/:id', lazy(async () => ({ default: (await import('./screens/event.tsx')).EventScreen }))],
  ['/domains', lazy(async () => ({ default: (await import('./screens/domains.tsx')).Domains }))],
  ['/domains/:id', lazy(async () => ({ default: (await import('./screens/domain.tsx')).DomainScreen }))],
  ['/costs', lazy(async () => ({ default: (await import('./screens/costs.tsx')).Costs }))],
  ['/moving', lazy(async () => ({ default: (await import('./screens/moving.tsx')).Moving }))],
  ['/fraud', lazy(async () => ({ default: (await import('./screens/fraud.tsx')).Fraud }))],
  ...NETWORK_SCREENS,
  ...NOTIFICATION_SCREENS,
  ['/settings', lazySettings()],
  ['/settings/:tab', lazySettings()],
]

function lazyStory(): Screen {
  return lazy(async () => ({ default: (await import('./screens/visit-story.tsx')).VisitStory }))
}

function lazySettings(): Screen {
  return lazy(async () => ({ default: (await import('./screens/settings.tsx')).Settings }))
}

/** Where the staff begin. */
const HOME = '/overview'

/** Fetches the code of the screen at an address, for whoever will go there in a moment. */
export function preloadScreen(path: string): void {
  const place = path === '/' ? HOME : path
  const [, screen] = SCREENS.find(([pattern]) => matchPath(pattern, place) !== undefined) ?? []
  // What can not be fetched now is told when it is shown.
  screen?.preload?.()?.catch(() => undefined)
}
