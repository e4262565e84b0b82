import { lazyRouteComponent as lazy } from '@tanstack/react-router'
import type { ScreenList } from './screens.ts'

const conversions = lazy(async () => ({
  default: (await import('./screens/managed-conversions.tsx')).ManagedConversions,
}))
const settings = lazy(async () => ({ default: (await import('./screens/settings.tsx')).Settings }))
const affiliates = lazy(async () => ({ default: (await import('./screens/affiliates.tsx')).Affiliates }))
const affiliate = lazy(async () => ({ default: (await import('./screens/affiliate.tsx')).AffiliateScreen }))
const applications = lazy(async () => ({
  default: (await import('./screens/applications.tsx')).Applications,
}))
const moderation = lazy(async () => ({ default: (await import('./screens/moderation.tsx')).Moderation }))
const billing = lazy(async () => ({ default: (await import('./screens/billing.tsx')).Billing }))

/** What an affiliate manager may see too: about the affiliates that it looks after. */
const SHARED: ScreenList = [
  ['/affiliates', affiliates],
  ['/affiliates/:id', affiliate],
  ['/applications', applications],
  ['/pixel-moderation', moderation],
  ['/billing', billing],
]

/** Everything that an affiliate manager may see. */
export const MANAGER_SCREENS: ScreenList = [
  ...SHARED,
  ['/conversions', conversions],
  ['/offers', lazy(async () => ({ default: (await import('./screens/network-offers.tsx')).NetworkOffers }))],
  // Their own account alone.
  ['/settings', settings],
  ['/settings/:tab', settings],
]

/** The network's side: its advertisers, its affiliates, and the money between them. */
export const NETWORK_SCREENS: ScreenList = [
  ...SHARED,
  ['/advertisers', lazy(async () => ({ default: (await import('./screens/advertisers.tsx')).Advertisers }))],
  [
    '/advertisers/:id',
    lazy(async () => ({ default: (await import('./screens/advertiser.tsx')).AdvertiserScreen })),
  ],
  [
    '/offers/:id/integration',
    lazy(async () => ({
      default: (await import('./screens/offer-integration.tsx')).OfferIntegrationScreen,
    })),
  ],
  ['/billing/:tab', billing],
  [
    '/billing/invoices/:id',
    lazy(async () => ({ default: (await import('./screens/invoice.tsx')).InvoiceScreen })),
  ],
  [
    '/billing/payments/:id',
    lazy(async () => ({ default: (await import('./screens/payment-run.tsx')).PaymentRunScreen })),
  ],
  [
    '/reconciliations',
    lazy(async () => ({ default: (await import('./screens/reconciliations.tsx')).Reconciliations })),
  ],
  [
    '/reconciliations/:id',
    lazy(async () => ({ default: (await import('./screens/reconciliation.tsx')).ReconciliationScreen })),
  ],
]
