import { type ApiClient, clientByKey, field, idOf } from './api-client.ts'
import type { Installation } from './installation.ts'
import type { PastArm } from './showcase-past.ts'

export type ShowcaseNetwork = {
  readonly arms: readonly PastArm[]
  /** Links of an affiliate to the offers that convert by postback. */
  readonly links: readonly string[]
  /** Where the advertiser's server reports to, `cid` and the rest of it still to be added. */
  readonly advertiserUrl: string
  readonly advertiserId: string
  /** Whose portal one can sign in to. */
  readonly affiliateId: string
  /** What the advertiser pays for an order by each of the links. */
  readonly revenues: readonly string[]
}

/** Who can sign in to the portal of the showcase. */
export const SHOWCASE_AFFILIATE = { email: 'affiliate@example.com', password: 'a long enough password' }

type OfferPlan = {
  readonly name: string
  readonly countries: readonly string[]
  readonly revenue: string
  readonly payout: string
  readonly terms: object
  readonly perDay: number
  readonly convertPerMyriad: number
}

const OFFERS: readonly OfferPlan[] = [
  {
    name: 'GreenBox meal kits',
    countries: ['US', 'CA'],
    revenue: '38',
    payout: '30',
    terms: {
      protocol: 'postback',
      holdDays: 0,
      description: 'First box for new customers. No incentives, no brand bidding.',
    },
    perDay: 340,
    convertPerMyriad: 160,
  },
  {
    name: 'BrightSmile aligners',
    countries: ['GB', 'DE', 'FR'],
    revenue: '62',
    payout: '48',
    terms: { protocol: 'iframe', description: 'Paid for each appointment that takes place.' },
    perDay: 180,
    convertPerMyriad: 75,
  },
  {
    name: 'LoanPath, requests',
    countries: ['US'],
    revenue: '14',
    payout: '11',
    terms: {
      protocol: 'postback',
      visibility: 'approval',
      approval: 'manual',
      allowsPixels: false,
      description: 'Each request is checked by hand. No pixels: the thank-you page holds personal data.',
    },
    perDay: 260,
    convertPerMyriad: 310,
  },
  {
    name: 'TrailRun shoes',
    countries: [],
    revenue: '9',
    payout: '7',
    terms: { protocol: 'image', description: 'Online shop, all sizes, worldwide.' },
    perDay: 210,
    convertPerMyriad: 230,
  },
]

const AFFILIATES = ['Harbor Media', 'Peakside Digital', 'Nordlicht Ads', 'Small Steps Blog'] as const
const APPLICANT = 2
/** Offers that have sales of this moment. */
const SOLD_TODAY = [0, 2]

/** The network's side: advertisers, offers, affiliates, and what waits for somebody's decision. */
export async function createShowcaseNetwork(
  api: ApiClient,
  installation: Installation,
  sinkUrl: string,
): Promise<ShowcaseNetwork> {
  const advertiserId = await idOf(api, '/advertisers', { name: 'GreenBox Foods', clickIdParam: 'click' })
  await idOf(api, '/advertisers', { name: 'BrightSmile Clinics', clickIdParam: 'cid' })
  const offerIds: string[] = []
  for (const { name, countries, revenue, payout, terms } of OFFERS) {
    const url = `https://shop.example.com/${encodeURIComponent(name)}`
    const prices = { revenue: { model: 'flat', amount: revenue }, payout: { model: 'flat', amount: payout } }
    const body = { name, countries, advertiserId, url, defaultEvent: 'sale', terms: { ...terms, ...prices } }
    offerIds.push(await idOf(api, '/offers', body))
  }
  const affiliateIds: string[] = []
  for (const name of AFFILIATES) {
    const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`
    affiliateIds.push(await idOf(api, '/affiliates', { name, email, status: 'active', tags: ['newsletter'] }))
  }
  await idOf(api, '/affiliates', { name: 'Fresh Sign-up Ltd', email: 'hello@example.com', status: 'pending' })
  const first = affiliateIds[0] ?? ''
  await api.post(`/affiliates/${first}/users`, { ...SHOWCASE_AFFILIATE, name: 'Robin Harbor' })
  const portal = await portalOf(api, installation, first)
  await placeTargets(api, portal, { offerIds, affiliateIds, sinkUrl, installation })
  await idOf(api, '/coupons', { name: 'HARBOR10', affiliateId: first, offerId: offerIds[0] })
  const links = []
  for (const offerId of SOLD_TODAY.map((index) => offerIds[index])) {
    links.push(String(field(await portal.get(`/portal/offers/${offerId}/link`), 'link')))
  }
  const integration = await api.get(`/offers/${offerIds[0]}/integration`)
  return {
    arms: pastOf({ advertiserId, offerIds, affiliateIds }),
    links,
    advertiserUrl: postbackOf(integration),
    advertiserId,
    affiliateId: first,
    revenues: SOLD_TODAY.map((index) => OFFERS[index]?.revenue ?? ''),
  }
}

async function portalOf(api: ApiClient, installation: Installation, affiliateId: string): Promise<ApiClient> {
  const key = await api.post(`/affiliates/${affiliateId}/api-keys`, { name: 'Tracker' })
  return clientByKey(installation, String(field(key, 'key')))
}

type Placed = {
  readonly offerIds: readonly string[]
  readonly affiliateIds: readonly string[]
  readonly sinkUrl: string
  readonly installation: Installation
}

/** A global postback, a postback of one offer, a pixel that waits for approval, and an application that does. */
async function placeTargets(api: ApiClient, portal: ApiClient, placed: Placed): Promise<void> {
  const { offerIds, affiliateIds, sinkUrl, installation } = placed
  await portal.post(`/portal/offers/${offerIds[2]}/apply`, { message: 'We send people who compare loans.' })
  await api.post(`/offers/${offerIds[2]}/affiliates/${affiliateIds[0]}`, { state: 'approved' })
  const parameters = 'cid={sub1}&payout={payout}&txid={txid}'
  await portal.post('/portal/global-postback', { url: `${sinkUrl}/harbor/postback?${parameters}` })
  await portal.post('/portal/postbacks', {
    type: 'iframe',
    url: `https://pixels.example.com/thanks?${parameters}`,
    offerId: offerIds[1],
  })
  const applicant = await portalOf(api, installation, affiliateIds[APPLICANT] ?? '')
  await applicant.post(`/portal/offers/${offerIds[2]}/apply`, {
    message: 'A finance newsletter, 40,000 readers.',
  })
}

function pastOf(made: {
  readonly advertiserId: string
  readonly offerIds: readonly string[]
  readonly affiliateIds: readonly string[]
}): readonly PastArm[] {
  return OFFERS.flatMap((plan, index) =>
    made.affiliateIds.map((affiliateId, rank) => ({
      campaignId: '',
      sourceId: '',
      networkId: '',
      offerId: made.offerIds[index] ?? '',
      landerId: '',
      pathId: '',
      affiliateId,
      advertiserId: made.advertiserId,
      perDay: Math.round(plan.perDay / (rank + 1) ** 1.6),
      costMicros: 0,
      clickPercent: 100,
      convertPerMyriad: plan.convertPerMyriad,
      payoutMicros: Number(plan.revenue) * 1_000_000,
      affiliateMicros: Number(plan.payout) * 1_000_000,
    })),
  )
}

/** The URL that the advertiser's server is given; nothing on this machine speaks TLS. */
function postbackOf(integration: unknown): string {
  const [event] = field(integration, 'events') as readonly unknown[] // the API's schema
  return String(field(field(event, 'postbackUrl'), 'http'))
}
