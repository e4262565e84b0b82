import { request } from 'undici'
import { fillMacros } from './fill-macros.ts'
import { lottery } from './lottery.ts'
import { recordedVisitor } from './recorded-visitors.ts'
import type { ShowcaseNetwork } from './showcase-network.ts'
import type { ShowcaseNetworkPostback, ShowcaseTracker } from './showcase-tracker.ts'

const VISITS = 180
const NETWORK_VISITS = 40
const BUY_PERCENT = 9
const NETWORK_BUY_PERCENT = 40
/** Of the recorded visitors one in twelve is from the United States, where the network's offers are sold. */
const AMERICAN = { first: 6, every: 12 }
/** What an offer of each campaign pays, in their order. */
const AMOUNTS = ['32.00', '21.50', '9.00', '14.00', '2.20']
const HOPS_MAX = 4

/** Somebody who came through a link: the click id, and the host where the way ended. */
type Arrived = {
  readonly clickId: string
  readonly n: number
  readonly postbacks: readonly ShowcaseNetworkPostback[]
}

/** A sale that the advertiser reported, and what it is worth to the network. */
export type Order = { readonly txid: string; readonly revenue: string }

/**
 * Visits, sales and mishaps of this moment, through the public port as everybody else's.
 * @returns the orders of the network's advertiser
 */
export async function playToday(
  tracker: ShowcaseTracker,
  network: ShowcaseNetwork,
  publicUrl: string,
): Promise<readonly Order[]> {
  const arrived: Arrived[] = []
  for (let n = 0; n < VISITS; n += 1) {
    const campaign = tracker.campaigns[n % tracker.campaigns.length]
    if (campaign === undefined) continue
    const { link, source, id, postbacks } = campaign
    const clickId = await follow(fillMacros({ key: id.slice(0, 8), link, source }, n), n, publicUrl)
    if (clickId !== undefined) arrived.push({ clickId, n, postbacks })
  }
  await sell(arrived)
  const orders = await sellOfNetwork(network, publicUrl)
  await sendStrays(publicUrl, tracker.postbacks)
  return orders
}

/** As a browser goes: through redirects, and from a lander by its link to the offer. */
async function follow(link: string, n: number, publicUrl: string): Promise<string | undefined> {
  const visitor = recordedVisitor(n)
  const headers = {
    'user-agent': visitor.userAgent,
    'accept-language': visitor.language,
    'x-forwarded-for': visitor.ip,
  }
  let url = link
  let clickId: string | undefined
  for (let hop = 0; hop < HOPS_MAX && url.startsWith(publicUrl); hop += 1) {
    const response = await request(url, { headers })
    await response.body.dump()
    const location = response.headers.location
    if (typeof location !== 'string') return clickId
    const next = new URL(location)
    clickId =
      next.searchParams.get('cid') ??
      next.searchParams.get('sub1') ??
      next.searchParams.get('click') ??
      clickId
    // The lander belongs to somebody else; its link leads back to us.
    url = next.searchParams.has('cid') ? `${publicUrl}/click?cid=${clickId}` : location
  }
  return clickId
}

async function sell(arrived: readonly Arrived[]): Promise<void> {
  for (const { clickId, n, postbacks } of arrived) {
    if (lottery(clickId, 'buys') >= BUY_PERCENT) continue
    const values = { clickId, payout: AMOUNTS[n % AMOUNTS.length] ?? '1', txid: `T-${clickId.slice(10, 18)}` }
    // Whose offer it was is the network's to know: the others refuse a click that is not theirs.
    for (const postback of postbacks) await ping(filled(postback, values))
  }
}

async function sellOfNetwork(network: ShowcaseNetwork, publicUrl: string): Promise<readonly Order[]> {
  const { links, revenues, advertiserUrl } = network
  const orders: Order[] = []
  for (let n = 0; n < NETWORK_VISITS; n += 1) {
    const link = links[n % links.length] ?? ''
    const visitor = VISITS + AMERICAN.first + n * AMERICAN.every
    const clickId = await follow(`${link}?sub1=harbor-${n}`, visitor, publicUrl)
    if (clickId === undefined || lottery(clickId, 'buys') >= NETWORK_BUY_PERCENT) continue
    const url = new URL(advertiserUrl)
    // What the advertiser's own macros would fill.
    const unfilled = [...url.searchParams].filter(([, value]) => /[{[<]/.test(value))
    for (const [name] of unfilled) url.searchParams.delete(name)
    url.searchParams.set('cid', clickId)
    url.searchParams.set('txid', `order-${n}`)
    await ping(url.href)
    orders.push({ txid: `order-${n}`, revenue: revenues[n % revenues.length] ?? '' })
  }
  return orders
}

/** What goes wrong every day: a network that sends its macro instead of a click id, and a mistyped one. */
async function sendStrays(publicUrl: string, postbacks: readonly ShowcaseNetworkPostback[]): Promise<void> {
  await ping(`${publicUrl}/postback?cid={click_id}&payout=12.00`)
  await ping(`${publicUrl}/postback?cid=03xq5mz8kd0000000000000000&payout=4.50`)
  const [first] = postbacks
  if (first !== undefined) await ping(filled(first, { clickId: '', payout: '9.00', txid: 'T-lost' }))
}

function filled(
  { url, macros }: ShowcaseNetworkPostback,
  values: { readonly clickId: string; readonly payout: string; readonly txid: string },
): string {
  const known = Object.entries({ clickId: values.clickId, payout: values.payout, txid: values.txid })
  return known.reduce((text, [name, value]) => {
    const macro = macros[name]
    return macro === undefined || macro === '' ? text : text.replaceAll(macro, value)
  }, url)
}

async function ping(url: string): Promise<void> {
  const response = await request(url)
  await response.body.dump()
}
