import type { NetworkPostback } from './affiliate-network.ts'
import { type ApiClient, field, idOf } from './api-client.ts'
import { type DemoParties, planCampaigns } from './demo-plans.ts'
import { createSource, type DemoSource, SOURCE_KEYS } from './demo-sources.ts'

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

const NETWORK_KEYS = ['affise', 'cake'] as const

/** Configures the product through its API, as a user would, from the catalogue's templates. */
export async function createDemoCampaigns(api: ApiClient, parties: DemoParties): Promise<DemoSetup> {
  const sources = await Promise.all(SOURCE_KEYS.map((key) => createSource(api, key, parties.sourceUrl)))
  const networks = await createNetworks(api, parties.advertiserUrl)
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

async function createNetworks(api: ApiClient, advertiserUrl: string) {
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
  const referrerAllowlist = [new URL(advertiserUrl).hostname]
  const advertiser = { name: 'Demo advertiser', clickIdParam: 'cid', referrerAllowlist }
  ids.advertiser = await idOf(api, '/affiliate-networks', advertiser)
  return { ids, postbacks }
}
