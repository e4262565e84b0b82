import { type ApiClient, field, idOf } from './api-client.ts'
import { createSource, type DemoSource, type SourceKey } from './demo-sources.ts'

/** One way of a campaign, as the past of the showcase goes through it. */
export type ShowcaseArm = {
  readonly campaignId: string
  readonly sourceId: string
  readonly networkId: string
  readonly offerId: string
  readonly landerId: string
  readonly pathId: string
  /** Visits of an ordinary day. */
  readonly perDay: number
  /** What a visit costs. */
  readonly costMicros: number
  /** Of a hundred visits go on to the offer. */
  readonly clickPercent: number
  /** Of ten thousand visits convert. */
  readonly convertPerMyriad: number
  readonly payoutMicros: number
}

export type ShowcaseCampaign = {
  readonly id: string
  readonly link: string
  readonly source: DemoSource
  /** Of the networks whose offers it leads to. */
  readonly postbacks: readonly ShowcaseNetworkPostback[]
}

/** Where a network reports to, and by what field it calls which of its macros. */
export type ShowcaseNetworkPostback = {
  readonly url: string
  readonly macros: Readonly<Record<string, string>>
}

export type ShowcaseTracker = {
  readonly campaigns: readonly ShowcaseCampaign[]
  readonly arms: readonly ShowcaseArm[]
  readonly postbacks: readonly ShowcaseNetworkPostback[]
}

/** What no template knows: a code of the account. */
const NETWORKS = ['maxbounty', 'affise', 'cake'] as const
const SOURCES: readonly SourceKey[] = ['clickadu', 'zeropark', 'richads', 'hilltopads']

type OfferPlan = {
  readonly name: string
  readonly network: number
  readonly payoutMicros: number
  readonly convertPerMyriad: number
}

const OFFERS: readonly OfferPlan[] = [
  { name: 'Sleep Well gummies', network: 0, payoutMicros: 32_000_000, convertPerMyriad: 26 },
  { name: 'FitCoach, seven-day trial', network: 0, payoutMicros: 4_500_000, convertPerMyriad: 170 },
  { name: 'SafeTunnel VPN, one year', network: 1, payoutMicros: 21_500_000, convertPerMyriad: 31 },
  { name: 'QuickQuote car insurance', network: 1, payoutMicros: 9_000_000, convertPerMyriad: 74 },
  { name: 'PetBox subscription', network: 2, payoutMicros: 14_000_000, convertPerMyriad: 41 },
  { name: 'LinguaFast app', network: 2, payoutMicros: 2_200_000, convertPerMyriad: 290 },
]

const LANDERS = [
  'Quiz: how do you sleep?',
  'Five signs your car is overinsured',
  'Advertorial: one box a month',
]

type CampaignPlan = {
  readonly name: string
  readonly slug: string
  readonly source: SourceKey
  readonly costMicros: number
  readonly perDay: number
  readonly landers: readonly number[]
  readonly offers: readonly number[]
  /** Offer for visitors on phones, by a rule of its own. */
  readonly phones?: number
  readonly tags: readonly string[]
}

const CAMPAIGNS: readonly CampaignPlan[] = [
  {
    name: 'Sleep Well · United States',
    slug: 'sleep-us',
    source: 'clickadu',
    costMicros: 58_000,
    perDay: 1_400,
    landers: [0],
    offers: [0, 1],
    tags: ['nutra'],
  },
  {
    name: 'SafeTunnel · Tier 1',
    slug: 'vpn-t1',
    source: 'zeropark',
    costMicros: 61_000,
    perDay: 900,
    landers: [],
    offers: [2],
    tags: ['utilities'],
  },
  {
    name: 'QuickQuote · push',
    slug: 'quote-push',
    source: 'richads',
    costMicros: 49_000,
    perDay: 1_100,
    landers: [1],
    offers: [3],
    tags: ['finance', 'push'],
  },
  {
    name: 'PetBox · desktop and phones',
    slug: 'petbox',
    source: 'hilltopads',
    costMicros: 66_000,
    perDay: 600,
    landers: [2],
    offers: [4],
    phones: 5,
    tags: ['subscriptions'],
  },
  {
    name: 'LinguaFast · worldwide',
    slug: 'lingua-ww',
    source: 'clickadu',
    costMicros: 51_000,
    perDay: 1_900,
    landers: [],
    offers: [5, 1],
    tags: ['apps', 'push'],
  },
]

/** A media buyer's installation: sources and networks of the catalogue, offers, landers, campaigns. */
export async function createShowcaseTracker(api: ApiClient, sourceUrl: string): Promise<ShowcaseTracker> {
  const sources = new Map<SourceKey, DemoSource>()
  for (const key of SOURCES) sources.set(key, await createSource(api, key, sourceUrl))
  const networks = await createNetworks(api)
  const offerIds: string[] = []
  for (const { name, network } of OFFERS) {
    const url = `https://go.example.com/${slugOf(name)}?sub1={clickid}`
    const affiliateNetworkId = networks[network]?.id ?? ''
    offerIds.push(await idOf(api, '/offers', { name, affiliateNetworkId, url, defaultEvent: 'sale' }))
  }
  const landerIds: string[] = []
  for (const name of LANDERS) {
    const url = `https://read.example.com/${slugOf(name)}?cid={clickid}`
    landerIds.push(await idOf(api, '/landers', { name, url, ctaCount: 1 }))
  }
  const things = { sources, networks, offerIds, landerIds }
  const created = []
  for (const plan of CAMPAIGNS) created.push(await createCampaign(api, plan, things))
  return {
    campaigns: created.map(({ campaign }) => campaign),
    arms: created.flatMap(({ arms }) => arms),
    postbacks: networks.map(({ postback }) => postback),
  }
}

type ShowcaseTrackerNetwork = { readonly id: string; readonly postback: ShowcaseNetworkPostback }

type Things = {
  readonly sources: ReadonlyMap<SourceKey, DemoSource>
  readonly networks: readonly ShowcaseTrackerNetwork[]
  readonly offerIds: readonly string[]
  readonly landerIds: readonly string[]
}

async function createNetworks(api: ApiClient) {
  const networks: ShowcaseTrackerNetwork[] = []
  for (const template of NETWORKS) {
    const network = await api.post('/affiliate-networks/from-template', {
      template,
      token: `${template}-token`,
    })
    const url = String(field(network, 'postbackUrl'))
    const macros = field(await api.get(`/catalogue/affiliate-networks/${template}`), 'incoming')
    networks.push({
      id: String(field(network, 'id')),
      postback: { url, macros: macros as ShowcaseNetworkPostback['macros'] }, // the catalogue's schema
    })
  }
  return networks
}

async function createCampaign(api: ApiClient, plan: CampaignPlan, things: Things) {
  const source = things.sources.get(plan.source)
  if (source === undefined) throw new Error(`no source ${plan.source}`)
  const refs = (ids: readonly string[], chosen: readonly number[]) =>
    chosen.map((index) => ({ id: ids[index] ?? '', weight: 1 }))
  const landers = refs(things.landerIds, plan.landers)
  const pathTo = (name: string, offers: readonly number[]) => ({
    name,
    weight: 1,
    landers,
    offers: refs(things.offerIds, offers),
  })
  const rules =
    plan.phones === undefined
      ? []
      : [
          {
            name: 'Phones and tablets',
            when: { field: 'device_type', operator: 'in', values: ['mobile', 'tablet'] },
            paths: [pathTo('Phones', [plan.phones])],
          },
        ]
  const created = await api.post('/campaigns', {
    name: plan.name,
    slug: plan.slug,
    trafficSourceId: source.id,
    costModel: { type: 'cpc', amount: (plan.costMicros / 1_000_000).toFixed(3), currency: 'USD' },
    tags: plan.tags,
    rules,
    paths: plan.offers.map((offer, index) => pathTo(`Way ${index + 1}`, [offer])),
  })
  const id = String(field(created, 'id'))
  const paths = pathIdsOf(created)
  const offers = [...(plan.phones === undefined ? [] : [plan.phones]), ...plan.offers]
  const arms = offers.map((index, at) =>
    toArm({
      plan,
      things,
      campaignId: id,
      sourceId: source.id,
      offer: index,
      pathId: paths[at] ?? '',
      of: offers.length,
    }),
  )
  const numbers = new Set(offers.map((index) => OFFERS[index]?.network ?? 0))
  const postbacks = [...numbers].flatMap((number) => things.networks[number]?.postback ?? [])
  return { campaign: { id, link: String(field(created, 'link')), source, postbacks }, arms }
}

/** Of the rules first, as the flow is gone through. */
function pathIdsOf(campaign: unknown): readonly string[] {
  const rules = field(campaign, 'rules') as readonly { paths: readonly { id: string }[] }[]
  const paths = field(campaign, 'paths') as readonly { id: string }[]
  return [...rules.flatMap((rule) => rule.paths), ...paths].map(({ id }) => id)
}

type ArmOptions = {
  readonly plan: CampaignPlan
  readonly things: Things
  readonly campaignId: string
  readonly sourceId: string
  readonly offer: number
  readonly pathId: string
  /** Between how many arms the campaign's visits are shared. */
  readonly of: number
}

function toArm({ plan, things, campaignId, sourceId, offer, pathId, of }: ArmOptions): ShowcaseArm {
  const { network = 0, payoutMicros = 0, convertPerMyriad = 0 } = OFFERS[offer] ?? {}
  const hasLander = plan.landers.length > 0
  return {
    campaignId,
    sourceId,
    networkId: things.networks[network]?.id ?? '',
    offerId: things.offerIds[offer] ?? '',
    landerId: things.landerIds[plan.landers[0] ?? -1] ?? '',
    pathId,
    perDay: Math.round(plan.perDay / of),
    costMicros: plan.costMicros,
    clickPercent: hasLander ? 41 : 100,
    convertPerMyriad,
    payoutMicros,
  }
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
