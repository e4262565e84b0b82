import { type ApiClient, field } from './api-client.ts'

/** The demo's campaigns: who sends the visits, and which parts of the product they go through. */
export type DemoCampaign = {
  readonly key: 'direct' | 'lander' | 'image' | 'iframe'
  readonly name: string
  readonly id: string
  /** The link to give to the source, with the source's macros in it. */
  readonly link: string
}

export type DemoSetup = { readonly campaigns: readonly DemoCampaign[]; readonly postbackUrl: string }

export type DemoParties = {
  readonly sourceUrl: string
  readonly networkUrl: string
  readonly advertiserUrl: string
  readonly trackerUrl: string
}

const POSTBACK_TOKEN = 'network-secret'

/** Configures the product through its API, as a user would. */
export async function createDemoCampaigns(api: ApiClient, parties: DemoParties): Promise<DemoSetup> {
  const source = await createSource(api, parties.sourceUrl)
  const network = await create(api, '/affiliate-networks', {
    name: 'Demo network',
    clickIdParam: 's2',
    token: POSTBACK_TOKEN,
    statusMap: { hold: 'pending', ok: 'approved' },
    duplicatePolicy: 'update',
  })
  const advertiser = await create(api, '/affiliate-networks', {
    name: 'Demo advertiser',
    clickIdParam: 'cid',
  })
  const lander = await create(api, '/landers', {
    name: 'Lander',
    url: `${parties.advertiserUrl}/lander?cid={clickid}`,
  })
  const offer = (name: string, affiliateNetworkId: string, url: string) =>
    create(api, '/offers', { name, affiliateNetworkId, url })
  const plans = [
    {
      key: 'direct',
      name: 'Direct link',
      landers: [],
      offer: await offer('Offer 1', network, `${parties.networkUrl}/offer/direct`),
    },
    {
      key: 'lander',
      name: 'With a lander',
      landers: [lander],
      offer: await offer('Offer 2', network, `${parties.networkUrl}/offer/lander`),
    },
    {
      key: 'image',
      name: 'Image pixel',
      landers: [],
      offer: await offer('Shop 1', advertiser, `${parties.advertiserUrl}/shop-image`),
    },
    {
      key: 'iframe',
      name: 'Iframe pixel',
      landers: [],
      offer: await offer('Shop 2', advertiser, `${parties.advertiserUrl}/shop-iframe`),
    },
  ] as const
  const campaigns: DemoCampaign[] = []
  for (const plan of plans) {
    const created = await api.post('/campaigns', {
      name: plan.name,
      slug: `demo-${plan.key}`,
      trafficSourceId: source,
      costModel: { type: 'token' },
      paths: [
        {
          weight: 1,
          landers: plan.landers.map((id) => ({ id, weight: 1 })),
          offers: [{ id: plan.offer, weight: 1 }],
        },
      ],
    })
    campaigns.push({
      key: plan.key,
      name: plan.name,
      id: String(field(created, 'id')),
      link: String(field(created, 'link')),
    })
  }
  const postbackUrl = `${parties.trackerUrl}/postback?cid={s2}&payout={payout}&txid={txid}&status={status}&token=${POSTBACK_TOKEN}`
  return { campaigns, postbackUrl }
}

async function createSource(api: ApiClient, sourceUrl: string): Promise<string> {
  const source = await create(api, '/traffic-sources', {
    name: 'Demo source',
    externalIdParam: 'subid',
    externalIdMacro: '${SUBID}',
    costParam: 'bid',
    costMacro: '{bid}',
    currency: 'USD',
    tokens: [
      { name: 'zone', param: 'zone', macro: '{zone}' },
      { name: 'creative', param: 'creative', macro: '{creative}' },
    ],
  })
  await api.post(`/traffic-sources/${source}/notification-targets`, {
    url: `${sourceUrl}/postback?subid={externalid}&payout={payout}`,
    statuses: ['approved'],
  })
  return source
}

async function create(api: ApiClient, path: string, body: unknown): Promise<string> {
  return String(field(await api.post(path, body), 'id'))
}
