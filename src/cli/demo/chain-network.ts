import { type ApiClient, field, idOf } from './api-client.ts'
import type { AdvertiserTask } from './chain-advertiser.ts'

/** An offer of the network: where it leads, and what the advertiser pays and the affiliate gets for one sale. */
export type ChainOffer = {
  readonly page: string
  readonly id: string
  readonly revenueMicros: (saleMicros: number) => number
  readonly payoutMicros: (saleMicros: number) => number
}

export type ChainNetwork = {
  readonly offers: readonly ChainOffer[]
  readonly task: AdvertiserTask
  readonly advertiserId: string
  readonly affiliateId: string
  /** The affiliate's own portal. */
  readonly portalKey: string
}

type Plan = {
  readonly page: string
  readonly name: string
  readonly terms: object
  readonly revenueMicros: ChainOffer['revenueMicros']
  readonly payoutMicros: ChainOffer['payoutMicros']
}

const percentOf = (percent: number) => (micros: number) => (micros * percent) / 100
const flat = (micros: number) => () => micros

const PLANS: readonly Plan[] = [
  {
    page: 'percent',
    name: 'Shop, a share of the sale',
    terms: {
      protocol: 'postback',
      revenue: { model: 'percent', percent: 10 },
      payout: { model: 'percent', percent: 7 },
    },
    revenueMicros: percentOf(10),
    payoutMicros: percentOf(7),
  },
  {
    page: 'approval',
    name: 'Loan, approved by hand',
    terms: {
      protocol: 'postback',
      approval: 'manual',
      visibility: 'approval',
      revenue: { model: 'flat', amount: '12' },
      payout: { model: 'flat', amount: '9.50' },
    },
    revenueMicros: flat(12_000_000),
    payoutMicros: flat(9_500_000),
  },
  {
    page: 'iframe',
    name: 'Iframe pixel',
    terms: {
      protocol: 'iframe',
      revenue: { model: 'flat', amount: '20' },
      payout: { model: 'flat', amount: '15.25' },
    },
    revenueMicros: flat(20_000_000),
    payoutMicros: flat(15_250_000),
  },
  {
    page: 'image',
    name: 'Image pixel',
    terms: {
      protocol: 'image',
      revenue: { model: 'both', amount: '1', percent: 10 },
      payout: { model: 'flat', amount: '4' },
    },
    revenueMicros: (micros) => 1_000_000 + percentOf(10)(micros),
    payoutMicros: flat(4_000_000),
  },
]

/** Sets the network up as its people would: an advertiser with a token, its offers, one affiliate with a portal. */
export async function createChainNetwork(
  api: ApiClient,
  parties: { readonly networkUrl: string; readonly advertiserUrl: string },
): Promise<ChainNetwork> {
  const advertiserId = await idOf(api, '/advertisers', { name: 'Shop', clickIdParam: 'click' })
  const token = await enforceToken(api, advertiserId)
  const affiliateId = await idOf(api, '/affiliates', {
    name: 'The tracker',
    email: 'affiliate@example.com',
    status: 'active',
  })
  const offers: ChainOffer[] = []
  for (const { page, name, terms, revenueMicros, payoutMicros } of PLANS) {
    const url = `${parties.advertiserUrl}/${page}`
    const id = await idOf(api, '/offers', { name, advertiserId, url, defaultEvent: 'sale', terms })
    offers.push({ page, id, revenueMicros, payoutMicros })
  }
  const key = await api.post(`/affiliates/${affiliateId}/api-keys`, { name: 'demo' })
  return {
    offers,
    task: {
      networkUrl: parties.networkUrl,
      token,
      offers: Object.fromEntries(offers.map(({ page, id }) => [page, id])),
    },
    advertiserId,
    affiliateId,
    portalKey: String(field(key, 'key')),
  }
}

/** Two steps: the advertiser has the new token in place before it is asked for. */
async function enforceToken(api: ApiClient, advertiserId: string): Promise<string> {
  const generated = await api.post(`/advertisers/${advertiserId}/token`, { action: 'generate' })
  await api.post(`/advertisers/${advertiserId}/token`, { action: 'enforce' })
  return String(field(generated, 'nextToken'))
}
