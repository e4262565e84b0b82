import { type ApiClient, idOf } from './api-client.ts'
import type { DemoCampaign } from './demo-campaigns.ts'
import type { SourceKey } from './demo-sources.ts'

export type DemoParties = {
  readonly sourceUrl: string
  readonly networkUrl: string
  readonly advertiserUrl: string
}

/** A campaign before it is created. */
export type Plan = {
  readonly key: string
  readonly name: string
  readonly source: SourceKey
  readonly visitors?: DemoCampaign['visitors']
  readonly flow: object
}

type Offers = {
  /** An offer of a network; the path says which campaign it is for. */
  readonly remote: (network: 'affise' | 'cake', path: string) => Promise<string>
  /** A page of the advertiser's that converts. */
  readonly local: (path: string) => Promise<string>
}

/** Creates the landers and offers of the campaigns. @param networks id by key. */
export async function planCampaigns(
  api: ApiClient,
  { networkUrl, advertiserUrl }: DemoParties,
  networks: Readonly<Record<string, string>>,
): Promise<readonly Plan[]> {
  const offer = (name: string, network: string, url: string) =>
    idOf(api, '/offers', { name, affiliateNetworkId: networks[network], url, defaultEvent: 'sale' })
  const offers: Offers = {
    remote: (network, path) => offer(`${network} ${path}`, network, `${networkUrl}/offer/${network}/${path}`),
    local: (path) => offer(`Advertiser ${path}`, 'advertiser', `${advertiserUrl}/${path}`),
  }
  const lander = (name: string, path: string, ctaCount = 1) =>
    idOf(api, '/landers', { name, url: `${advertiserUrl}/${path}`, ctaCount })
  const landers = {
    plain: await lander('Lander', 'lander?cid={clickid}'),
    choice: await lander('Two calls to action', 'two-calls?cid={clickid}', 2),
    store: await lander('Store', 'store'),
  }
  return [...(await planPostbacks(offers, landers)), ...(await planPixels(offers, landers))]
}

/** Campaigns whose conversions networks report by postback. */
async function planPostbacks(
  { remote }: Offers,
  landers: { readonly plain: string; readonly choice: string },
): Promise<readonly Plan[]> {
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
      flow: to([landers.plain], await remote('affise', 'lander')),
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
            paths: to([landers.plain], await remote('affise', 'rules/mobile')).paths,
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
      flow: to([landers.plain], await remote('affise', 'refunds')),
    },
    {
      key: 'choice',
      name: 'Two calls to action',
      source: 'zeropark',
      flow: to([landers.choice], await remote('cake', 'choice'), await remote('affise', 'choice')),
    },
  ]
}

/** Campaigns of the advertiser, who knows pixels and the script alone. */
async function planPixels({ local }: Offers, landers: { readonly store: string }): Promise<readonly Plan[]> {
  return [
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
      flow: to([landers.store], await local('store-thanks')),
    },
  ]
}

/** One path, by the landers to the offers, each with the same weight. */
function to(landers: readonly string[], ...offers: readonly string[]) {
  const refs = (ids: readonly string[]) => ids.map((id) => ({ id, weight: 1 }))
  return { paths: [{ weight: 1, landers: refs(landers), offers: refs(offers) }] }
}
