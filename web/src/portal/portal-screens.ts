import { lazyRouteComponent as lazy } from '@tanstack/react-router'
import type { ScreenList } from '../screens.ts'

// Their own account alone.
const settings = lazy(async () => ({ default: (await import('../screens/settings.tsx')).Settings }))

export const PORTAL_HOME = '/portal/overview'

/** Every address of the portal; each screen's code is loaded when somebody goes there. */
export const PORTAL_SCREENS: ScreenList = [
  [PORTAL_HOME, lazy(async () => ({ default: (await import('./overview.tsx')).Overview }))],
  ['/portal/offers', lazy(async () => ({ default: (await import('./offers.tsx')).PortalOffers }))],
  ['/portal/offers/:id', lazy(async () => ({ default: (await import('./offer.tsx')).PortalOfferScreen }))],
  [
    '/portal/global-postback',
    lazy(async () => ({ default: (await import('./global-postback.tsx')).GlobalPostback })),
  ],
  ['/portal/postbacks', lazy(async () => ({ default: (await import('./postbacks.tsx')).Postbacks }))],
  ['/portal/postbacks/:id', lazy(async () => ({ default: (await import('./postback.tsx')).PostbackScreen }))],
  ['/portal/postback-log', lazy(async () => ({ default: (await import('./postback-log.tsx')).PostbackLog }))],
  [
    '/portal/postback-log/:id',
    lazy(async () => ({ default: (await import('./postback-log-entry.tsx')).PostbackLogEntry })),
  ],
  ['/portal/conversions', lazy(async () => ({ default: (await import('./conversions.tsx')).Conversions }))],
  ['/portal/reports', lazy(async () => ({ default: (await import('./report.tsx')).PortalReport }))],
  ['/portal/balance', lazy(async () => ({ default: (await import('./balance.tsx')).Balance }))],
  ['/portal/api-keys', lazy(async () => ({ default: (await import('./api-keys.tsx')).PortalApiKeys }))],
]

/** Of who signs in for the affiliate: whoever only looks has theirs in the dashboard. */
export const ACCOUNT_SCREENS: ScreenList = [
  ['/settings', settings],
  ['/settings/:tab', settings],
]
