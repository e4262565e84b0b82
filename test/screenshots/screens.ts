import { type ApiClient, field } from '../../src/cli/demo/api-client.ts'

/** A screen, by the name of its picture and its address. */
export type Shot = { readonly name: string; readonly path: string }

/** Kinds whose first thing is opened; the part of the address is that of the API, except for the next ones. */
const THINGS = {
  campaign: 'campaigns',
  source: 'traffic-sources',
  network: 'affiliate-networks',
  offer: 'offers',
  lander: 'landers',
  target: 'notification-targets',
  delivery: 'deliveries',
  advertiser: 'advertisers',
  affiliate: 'affiliates',
  flow: 'flows',
  event: 'events',
  domain: 'domains',
  invoice: 'invoices',
  'payment-run': 'payment-runs',
  reconciliation: 'reconciliations',
} as const
const ADDRESSES: Readonly<Record<string, string>> = {
  invoices: 'billing/invoices',
  'payment-runs': 'billing/payments',
}

/** Before anybody is signed in. */
export const PUBLIC: readonly Shot[] = [{ name: 'sign-in', path: '/' }]

const STAFF: readonly Shot[] = [
  { name: 'overview', path: '/overview' },
  { name: 'start', path: '/start' },
  { name: 'report', path: '/report?by=campaign,country&range=week' },
  { name: 'campaigns', path: '/campaigns' },
  { name: 'campaign-new', path: '/campaigns/new' },
  { name: 'sources', path: '/traffic-sources' },
  { name: 'networks', path: '/affiliate-networks' },
  { name: 'offers', path: '/offers' },
  { name: 'landers', path: '/landers' },
  { name: 'flows', path: '/flows' },
  { name: 'events', path: '/events' },
  { name: 'domains', path: '/domains' },
  { name: 'conversions', path: '/conversions' },
  { name: 'conversions-upload', path: '/conversions/upload' },
  { name: 'hits', path: '/hits' },
  { name: 'unmatched', path: '/hits?outcome=unmatched' },
  { name: 'costs', path: '/costs' },
  { name: 'fraud', path: '/fraud' },
  { name: 'visits', path: '/visits' },
  { name: 'moving', path: '/moving?from=prosper202' },
  { name: 'live', path: '/live' },
  { name: 'deliveries', path: '/deliveries' },
  { name: 'targets', path: '/notification-targets' },
  { name: 'jobs', path: '/jobs' },
  { name: 'alerts', path: '/alerts' },
  { name: 'explain-url', path: '/explain-url' },
  { name: 'advertisers', path: '/advertisers' },
  { name: 'affiliates', path: '/affiliates' },
  { name: 'applications', path: '/applications?state=pending' },
  { name: 'pixel-moderation', path: '/pixel-moderation' },
  { name: 'billing', path: '/billing' },
  { name: 'billing-invoices', path: '/billing/invoices' },
  { name: 'billing-payments', path: '/billing/payments' },
  { name: 'reconciliations', path: '/reconciliations' },
  { name: 'settings-workspace', path: '/settings/workspace' },
  { name: 'settings-network', path: '/settings/network' },
  { name: 'settings-members', path: '/settings/members' },
  { name: 'settings-account', path: '/settings/account' },
  { name: 'settings-api-keys', path: '/settings/api-keys' },
  { name: 'settings-webhooks', path: '/settings/webhooks' },
  { name: 'settings-alerts', path: '/settings/alerts' },
  { name: 'settings-retention', path: '/settings/retention' },
  { name: 'settings-audit-log', path: '/settings/audit-log' },
  { name: 'settings-system', path: '/settings/system' },
]

/** What the portal shows an affiliate. */
export const PORTAL: readonly Shot[] = [
  { name: 'portal-overview', path: '/portal/overview' },
  { name: 'portal-offers', path: '/portal/offers' },
  { name: 'portal-global-postback', path: '/portal/global-postback' },
  { name: 'portal-postbacks', path: '/portal/postbacks' },
  { name: 'portal-postback-new', path: '/portal/postbacks/new' },
  { name: 'portal-postback-log', path: '/portal/postback-log' },
  { name: 'portal-conversions', path: '/portal/conversions' },
  { name: 'portal-reports', path: '/portal/reports' },
  { name: 'portal-balance', path: '/portal/balance' },
  { name: 'portal-api-keys', path: '/portal/api-keys' },
]

type Sale = { readonly clickId: string; readonly campaignId: string }

/** All screens of the staff, with the first thing of each kind and the story of a visit that converted. */
export async function staffShots(api: ApiClient): Promise<readonly Shot[]> {
  const shots = [...STAFF]
  for (const [name, path] of Object.entries(THINGS)) {
    const [first] = field(await api.get(`/${path}?limit=1`), 'items') as readonly { id: string }[]
    if (first !== undefined) shots.push({ name, path: `/${ADDRESSES[path] ?? path}/${first.id}` })
  }
  const offers = await networkOffers(api)
  if (offers[0] !== undefined) {
    shots.push({ name: 'offer-terms', path: `/offers/${offers[0].id}` })
    shots.push({ name: 'offer-integration', path: `/offers/${offers[0].id}/integration` })
  }
  const sales = field(await api.get('/conversions?limit=200'), 'items') as readonly Sale[]
  // What came through a campaign has the longest story.
  const sale = sales.findLast(({ campaignId }) => campaignId !== '')
  if (sale !== undefined) shots.push({ name: 'visit', path: `/visits/${sale.clickId}` })
  return shots
}

/** An offer as the affiliate sees it. */
export async function portalShots(api: ApiClient): Promise<readonly Shot[]> {
  const [offer] = await networkOffers(api)
  return offer === undefined
    ? PORTAL
    : [...PORTAL, { name: 'portal-offer', path: `/portal/offers/${offer.id}` }]
}

/** Offers of the network's own advertisers, the one with the most about it first. */
async function networkOffers(api: ApiClient): Promise<readonly { readonly id: string }[]> {
  const offers = field(await api.get('/offers?limit=50'), 'items') as readonly { id: string; name: string }[]
  return offers.filter(({ name }) => name.startsWith('GreenBox'))
}
