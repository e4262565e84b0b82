import { type ApiClient, field } from '../../src/cli/demo/api-client.ts'

/** The offer's parameter that carries the click id. */
export const CLICK_ID_PARAM = 's2'

/**
 * One campaign that leads directly to one offer, made as a user makes it.
 * @returns the path of its link.
 */
export async function createBenchCampaign(api: ApiClient): Promise<string> {
  const source = await create(api, '/traffic-sources', {
    name: 'Source',
    externalIdParam: 'subid',
    externalIdMacro: '{subid}',
    currency: 'USD',
  })
  const network = await create(api, '/affiliate-networks', { name: 'Network', clickIdParam: CLICK_ID_PARAM })
  const url = 'https://offer.example/landing'
  const offer = await create(api, '/offers', { name: 'Offer', affiliateNetworkId: network, url })
  await create(api, '/campaigns', {
    name: 'Campaign',
    slug: 'bench',
    trafficSourceId: source,
    costModel: { type: 'none' },
    paths: [{ weight: 1, landers: [], offers: [{ id: offer, weight: 1 }] }],
  })
  return '/c/bench'
}

async function create(api: ApiClient, path: string, body: unknown): Promise<string> {
  return String(field(await api.post(path, body), 'id'))
}
