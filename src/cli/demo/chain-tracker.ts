import { type ApiClient, field, idOf } from './api-client.ts'
import type { ChainOffer } from './chain-network.ts'
import { createSource, type DemoSource, type SourceKey } from './demo-sources.ts'

/** A campaign of the tracker that leads to one offer of the network. */
export type ChainCampaign = {
  /** The page of the advertiser that it ends at. */
  readonly key: string
  readonly id: string
  readonly link: string
  readonly source: DemoSource
}

export type ChainTracker = {
  readonly campaigns: readonly ChainCampaign[]
  /** What the affiliate pastes into the network's portal, with the network's macros. */
  readonly postbackUrl: string
  readonly pixelUrl: string
}

const SOURCES: Readonly<Record<string, SourceKey>> = {
  percent: 'clickadu',
  approval: 'zeropark',
  iframe: 'hilltopads',
  image: 'adsterra',
}

/** Sets the affiliate's tracker up: a source and a campaign for each offer that it runs at the network. */
export async function createChainTracker(
  api: ApiClient,
  parties: {
    readonly sourceUrl: string
    /** The affiliate's link to an offer of the network. */
    readonly linkTo: (offer: ChainOffer) => Promise<string>
    readonly offers: readonly ChainOffer[]
  },
): Promise<ChainTracker> {
  const network = await api.post('/affiliate-networks/from-template', {
    template: 'trailpost',
    token: 'from-the-network',
  })
  const affiliateNetworkId = String(field(network, 'id'))
  const postbackUrl = String(field(network, 'postbackUrl'))
  const campaigns: ChainCampaign[] = []
  for (const offer of parties.offers) {
    const key = offer.page
    const source = await createSource(api, SOURCES[key] ?? 'clickadu', parties.sourceUrl)
    const url = `${await parties.linkTo(offer)}?sub1={campaign.id}`
    const offerId = await idOf(api, '/offers', { name: key, affiliateNetworkId, url, defaultEvent: 'sale' })
    const created = await api.post('/campaigns', {
      name: key,
      slug: `chain-${key}`,
      trafficSourceId: source.id,
      costModel: source.costMacro === '' ? { type: 'none' } : { type: 'token' },
      paths: [{ weight: 1, landers: [], offers: [{ id: offerId, weight: 1 }] }],
    })
    campaigns.push({ key, id: String(field(created, 'id')), link: String(field(created, 'link')), source })
  }
  return { campaigns, postbackUrl, pixelUrl: postbackUrl.replace('/postback?', '/pixel.html?') }
}
