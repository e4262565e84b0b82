import type { NetworkPostback } from './affiliate-network.ts'
import { type ApiClient, field } from './api-client.ts'
import { createSource, type DemoSource, SOURCE_KEYS, type SourceKey } from './demo-sources.ts'

/** The demo's campaigns: who sends the visits, and which parts of the product they go through. */
export type DemoCampaign = {
  readonly key: string
  readonly name: string
  readonly id: string
  readonly source: DemoSource
  /** The link to give to the source, with the source's macros in it; for the script, the advertiser's own page. */
  readonly link: string
  /** Who plays the visitors: the source's process, or a real browser. */
  readonly visitors: 'source' | 'redirect' | 'script'
}

export type DemoSetup = {
  readonly campaigns: readonly DemoCampaign[]
  readonly sources: readonly DemoSource[]
  readonly postbacks: Readonly<Record<string, NetworkPostback>>
}

export type DemoParties = {
  readonly sourceUrl: string
  readonly networkUrl: string
  readonly advertiserUrl: string
}

const NETWORK_KEYS = ['affise', 'cake'] as const

type Plan = {
  readonly key: string
  readonly name: string
  readonly source: SourceKey
  readonly visitors?: DemoCampaign['visitors']
  readonly flow: object
}

/** Configures the product through its API, as a user would, from the catalogue's templates. */
export async function createDemoCampaigns(api: ApiClient, parties: DemoParties): Promise<DemoSetup> {
  const sources = await Promise.all(SOURCE_KEYS.map((key) => createSource(api, key, parties.sourceUrl)))
  const networks = await createNetworks(api)
  // An upsell is revenue, and no second customer.
  await api.post('/events', { name: 'upsell', counts: { conversion: false, revenue: true, cost: false } })
  const campaigns: DemoCampaign[] = []
  for (const plan of await planCampaigns(api, parties, networks.ids)) {
    const source = sources.find(({ key }) => key === plan.source)
    if (source === undefined) throw new Error(`no source ${plan.source}`)
    const costModel = source.costMacro === '' ? { type: 'none' } : { type: 'token' }
    const created = await api.post('/campaigns', {
      name: plan.name,
      slug: `demo-${plan.key}`,
      trafficSourceId: source.id,
      costModel,
      ...plan.flow,
    })
    const { key, name, visitors = 'source' } = plan
    const link = String(field(created, 'link'))
    // Without a redirect the visitor opens the advertiser's own page, with what the source attaches.
    const shown = visitors === 'script' ? `${parties.advertiserUrl}/store?${link.split('?')[1] ?? ''}` : link
    campaigns.push({ key, name, id: String(field(created, 'id')), source, link: shown, visitors })
  }
  return { campaigns, sources, postbacks: networks.postbacks }
}

async function createNetworks(api: ApiClient) {
  const ids: Record<string, string> = {}
  const postbacks: Record<string, NetworkPostback> = {}
  for (const key of NETWORK_KEYS) {
    const network = await api.post('/affiliate-networks/from-template', {
      template: key,
      token: `${key}-secret`,
    })
    const template = await api.get(`/catalogue/affiliate-networks/${key}`)
    ids[key] = String(field(network, 'id'))
    postbacks[key] = {
      url: String(field(network, 'postbackUrl')),
      macros: field(template, 'incoming') as NetworkPostback['macros'], // the catalogue's schema
    }
  }
  // Reports by pixels alone, and from nowhere but its own pages.
  ids.advertiser = await idOf(api, '/affiliate-networks', { name: 'Demo advertiser', clickIdParam: 'cid' })
  return { ids, postbacks }
}

async function planCampaigns(
  api: ApiClient,
  { networkUrl, advertiserUrl }: DemoParties,
  networks: Readonly<Record<string, string>>,
): Promise<readonly Plan[]> {
  const lander = await idOf(api, '/landers', {
    name: 'Lander',
    url: `${advertiserUrl}/lander?cid={clickid}`,
  })
  const choice = await idOf(api, '/landers', {
    name: 'Two calls to action',
    url: `${advertiserUrl}/two-calls?cid={clickid}`,
    ctaCount: 2,
  })
  const store = await idOf(api, '/landers', { name: 'Store', url: `${advertiserUrl}/store` })
  const offer = (name: string, network: string, url: string) =>
    idOf(api, '/offers', { name, affiliateNetworkId: networks[network], url, defaultEvent: 'sale' })
  const remote = (network: string, path: string) =>
    offer(`${network} ${path}`, network, `${networkUrl}/offer/${network}/${path}`)
  const local = (path: string) => offer(`Advertiser ${path}`, 'advertiser', `${advertiserUrl}/${path}`)
  return [
    {
      key: 'direct',
      name: 'Direct link',
      source: 'clickadu',
      flow: to([], await remote('affise', 'direct')),
    },
    {
      key: 'lander',
      name: 'With a lander',
      source: 'hilltopads',
      flow: to([lander], await remote('affise', 'lander')),
    },
    {
      key: 'rules',
      name: 'Rules by device',
      source: 'adsterra',
      flow: {
        sticky: 'offer',
        rules: [
          {
            name: 'Phones and tablets',
            when: { field: 'device_type', operator: 'in', values: ['mobile', 'tablet'] },
            paths: to([lander], await remote('affise', 'rules/mobile')).paths,
          },
        ],
        ...to([], await remote('affise', 'rules/desktop'), await remote('cake', 'rules/desktop')),
      },
    },
    { key: 'upsells', name: 'Upsells', source: 'zeropark', flow: to([], await remote('cake', 'upsells')) },
    {
      key: 'refunds',
      name: 'Refunds',
      source: 'clickadu',
      flow: to([lander], await remote('affise', 'refunds')),
    },
    {
      key: 'choice',
      name: 'Two calls to action',
      source: 'zeropark',
      flow: to([choice], await remote('cake', 'choice'), await remote('affise', 'choice')),
    },
    {
      key: 'pixels',
      name: 'Image and iframe pixel',
      source: 'richads',
      visitors: 'redirect',
      flow: to([], await local('shop?cid={clickid}'), await local('shop-image?cid={clickid}')),
    },
    {
      key: 'script',
      name: 'Script, no redirect',
      source: 'hilltopads',
      visitors: 'script',
      flow: to([store], await local('store-thanks')),
    },
  ]
}

/** One path, by the landers to the offers, each with the same weight. */
function to(landers: readonly string[], ...offers: readonly string[]) {
  const refs = (ids: readonly string[]) => ids.map((id) => ({ id, weight: 1 }))
  return { paths: [{ weight: 1, landers: refs(landers), offers: refs(offers) }] }
}

async function idOf(api: ApiClient, path: string, body: unknown): Promise<string> {
  return String(field(await api.post(path, body), 'id'))
}
