import { createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { getAdvertiser } from '../store/advertisers.ts'
import { type AffiliateNetwork, getAffiliateNetwork } from '../store/affiliate-networks.ts'
import { getAffiliateOffer } from '../store/affiliate-offers.ts'
import type { Affiliate } from '../store/affiliates.ts'
import type { Campaign } from '../store/campaigns.ts'
import { listHits } from '../store/hits.ts'
import { getOffer, type Offer } from '../store/offers.ts'
import { getTrafficSource } from '../store/traffic-sources.ts'
import type { ApiDeps } from './api-deps.ts'
import type { FiredTest } from './fire-test.ts'
import type { PublicAnswer } from './public-request.ts'
import { findClickIdParam, findTarget, maskSecrets } from './test-conversion-urls.ts'
import { testTargets } from './test-notifications.ts'

/** More landers in a row than a campaign that is an offer of another has. */
const LANDERS_MAX = 4
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0'

export type ChainStep = {
  readonly step: string
  /** warning: works, but not as most people want it, or it can not be told from this machine. */
  readonly state: 'ok' | 'warning' | 'failed'
  readonly detail: string
  /** What was asked or reached; secrets are masked. '' when there is none. */
  readonly url: string
  /** How long this hop took; 0 for what was judged within one. */
  readonly durationMs: number
  /** A notification that was really sent; absent for every other step. */
  readonly fired?: FiredTest
}

/** By the sender's server, or by a pixel in the visitor's browser. */
export const TEST_WAYS = ['postback', 'image', 'iframe', 'script'] as const
export type TestWay = (typeof TEST_WAYS)[number]

const PIXEL_PATHS: Readonly<Record<Exclude<TestWay, 'postback'>, string>> = {
  image: '/pixel.gif',
  iframe: '/pixel.html',
  script: '/pixel.js',
}

/** Which link is opened: a campaign's, or an affiliate's to an advertiser's offer. */
export type TestLink =
  | { readonly type: 'campaign'; readonly campaign: Campaign }
  | { readonly type: 'affiliate'; readonly offer: Offer; readonly affiliate: Affiliate }

export type TestOrder = {
  readonly workspace: string
  readonly link: TestLink
  /** Scheme and host of the link: its visitors meet no other host of the installation. */
  readonly origin: string
  /** How the conversion comes back. */
  readonly via: TestWay
  /** Whether the notifications are really sent, marked as tests. */
  readonly fire: boolean
  /** What the postback says: payout, event, status… */
  readonly report: Readonly<Record<string, string>>
  /** What the link is opened with: the traffic source's tokens. */
  readonly params: Readonly<Record<string, string>>
  /** '' for a common browser's. */
  readonly userAgent: string
  readonly language: string
}

const postbackSchema = z.object({
  outcome: z.string(),
  reason: z.string().default(''),
  steps: z.array(z.object({ step: z.string(), ok: z.boolean(), detail: z.string() })).default([]),
})

/**
 * Sends a visit and a conversion through the whole installation, by its public port: link, lander, offer, postback or
 * pixel, notifications. The visit is flagged as a test and the conversion is one, so nothing is counted, and no other
 * host is asked but those of the notifications, when they are to be sent. It stops at the first step that fails.
 */
export class TestChain {
  readonly #deps: ChainDeps
  readonly #order: TestOrder
  readonly #steps: ChainStep[] = []
  #clickId = ''
  #offer: Offer | undefined
  /** When the step before ended. */
  #since: number

  constructor(deps: ChainDeps, order: TestOrder) {
    this.#deps = deps
    this.#order = order
    this.#since = deps.clock()
  }

  async run(): Promise<{ readonly clickId: string; readonly steps: readonly ChainStep[] }> {
    try {
      await this.#follow()
    } catch (error) {
      if (!(error instanceof ChainStopped)) {
        const reason = error instanceof Error ? error.message : String(error)
        const hint = 'a public port that is served by another machine can not be tested from here'
        this.#add('connection', 'failed', `the installation does not answer: ${reason}; ${hint}`)
      }
    }
    return { clickId: this.#clickId, steps: this.#steps }
  }

  async #follow(): Promise<void> {
    const target = await this.#openLink()
    const offerUrl = await this.#reachOffer(target)
    const where = findClickIdParam(offerUrl, this.#clickId)
    if (where === '') {
      this.#add('click id', 'failed', NO_CLICK_ID, offerUrl)
      throw new ChainStopped()
    }
    this.#add('click id', 'ok', `it travels ${where}`, offerUrl)
    await this.#report()
    await this.#tell()
  }

  /** @returns where the link leads. */
  async #openLink(): Promise<string> {
    const { link } = this.#order
    const path =
      link.type === 'campaign' ? await this.#campaignPath(link.campaign) : affiliatePath(link, this.#order)
    const url = `${this.#order.origin}${path}`
    const answer = await this.#ask(path)
    const target = await this.#targetOf(answer)
    if (target === '') {
      this.#add(
        'link',
        'failed',
        `answered ${answer.status}: ${NO_WAY[link.type]}, and there is no fallback`,
        url,
      )
      throw new ChainStopped()
    }
    this.#add('link', 'ok', `answered ${answer.status}`, url)
    this.#clickId = answer.clickId
    if (this.#clickId === '') {
      this.#add('redirect', 'failed', `${NO_WAY[link.type]}, who goes to the fallback`, target)
      throw new ChainStopped()
    }
    return target
  }

  async #campaignPath(campaign: Campaign): Promise<string> {
    const { params, workspace } = this.#order
    if (campaign.status === 'paused') {
      this.#add('campaign', 'failed', 'the campaign is paused: its visitors go to the fallback')
      throw new ChainStopped()
    }
    const source = await getTrafficSource(this.#deps.store.db, { workspace, id: campaign.trafficSourceId })
    const external = source?.externalIdParam ?? ''
    const own: Readonly<Record<string, string>> =
      external === '' ? {} : { [external]: `test-${randomUUID()}` }
    return `/c/${campaign.slug}?${new URLSearchParams({ ...own, ...params, tp_test: '1' }).toString()}`
  }

  /** From the link's target over the landers to the offer's URL. */
  async #reachOffer(target: string): Promise<string> {
    let url = target
    for (let landers = 0; landers <= LANDERS_MAX; landers++) {
      const found = await this.#visit()
      if (found !== undefined && offerOf(found) !== '') {
        const offer = await getOffer(this.#deps.store.db, {
          workspace: this.#order.workspace,
          id: offerOf(found),
        })
        this.#offer = offer
        const why = found.visit.route_reason ?? ''
        this.#add('offer', 'ok', `${offer?.name ?? ''}${why === '' ? '' : ` (${why})`}`, url)
        return url
      }
      this.#add('lander', 'ok', 'the page is not opened; its link is followed', url)
      const answer = await this.#ask(`/click?cid=${this.#clickId}`)
      url = await this.#targetOf(answer)
      if (url === '') break
    }
    this.#add(
      'offer',
      'failed',
      'the link of the lander leads to no offer: the path has none that takes visitors',
    )
    throw new ChainStopped()
  }

  async #report(): Promise<void> {
    const { via, report, link } = this.#order
    const said = { cid: this.#clickId, ...report, test: '1' }
    if (via !== 'postback') {
      // A page shows its pixels to everybody: no secret is in one.
      await this.#showPixel(`${PIXEL_PATHS[via]}?${new URLSearchParams(said).toString()}`)
      return
    }
    const sender = await this.#sender()
    if (sender !== undefined && sender.token === '' && sender.signingSecret === '') {
      const detail = `${sender.name} has no token: whoever knows a click id can report conversions of it`
      this.#add(link.type === 'campaign' ? 'network token' : 'advertiser token', 'warning', detail)
    }
    await this.#sendPostback(signedQuery(said, { sender, now: this.#deps.clock() }))
  }

  async #sendPostback(query: string): Promise<void> {
    const { publicUrl } = this.#deps
    // As a network's server asks: a browser would get a page for people.
    const answer = await this.#ask(`/postback?${query}`, { origin: publicUrl, accept: 'application/json' })
    const parsed = postbackSchema.safeParse(parseJson(answer.text))
    const url = maskSecrets(`${publicUrl}/postback?${query}`)
    if (!parsed.success || parsed.data.outcome !== 'test') {
      const said = parsed.success ? `${parsed.data.outcome} ${parsed.data.reason}`.trim() : 'nothing readable'
      this.#add('postback', 'failed', `answered ${answer.status}: ${said}`, url)
      throw new ChainStopped()
    }
    this.#add('postback', 'ok', `answered ${answer.status}`, url)
    for (const step of parsed.data.steps) this.#addJudged(step)
  }

  /** As the visitor's browser asks; what was judged is kept with the hit, for its answer is shown to the visitor. */
  async #showPixel(path: string): Promise<void> {
    const { publicUrl, store } = this.#deps
    const answer = await this.#ask(path, { origin: publicUrl, accept: '*/*' })
    const url = `${publicUrl}${path}`
    if (answer.outcome !== 'test') {
      this.#add('pixel', 'failed', `answered ${answer.status}: ${answer.outcome || 'nothing readable'}`, url)
      throw new ChainStopped()
    }
    this.#add('pixel', 'ok', `answered ${answer.status}`, url)
    const { workspace } = this.#order
    const newest = { limit: 1 }
    const filter = { clickId: this.#clickId, outcome: 'test' } as const
    const [hit] = (await listHits(store.db, workspace, filter, newest)).items
    for (const step of hit?.steps ?? []) this.#addJudged(step)
  }

  /** What an affiliate would be told is in no answer to an advertiser, so that it is shown here; or really sent. */
  async #tell(): Promise<void> {
    const { link, fire } = this.#order
    if (link.type === 'campaign' && !fire) return
    for (const { target, url, problem, fired } of await this.#testTargets()) {
      const name = `${target.type} of the ${target.ownerType.replaceAll('_', ' ')}`
      if (problem !== '') this.#add('told', 'warning', `${name}: ${problem}`, url)
      else if (fired === undefined) this.#add('told', 'ok', name, url)
      else {
        const state = fired.ok ? 'ok' : fired.kind === 'problem' ? 'warning' : 'failed'
        const detail = fired.reason === '' ? name : `${name}: ${fired.reason}`
        this.#push({ step: 'told', state, detail, url: fired.request?.url ?? url, fired })
      }
    }
  }

  async #testTargets() {
    const { link, workspace, fire } = this.#order
    const offer = this.#offer
    const offerId = offer?.id ?? ''
    if (link.type === 'campaign') {
      const { id: campaignId, trafficSourceId } = link.campaign
      const owners = { workspace, campaignId, trafficSourceId, affiliateId: '', offerId }
      return await testTargets(this.#deps, owners, { affiliate: undefined, offer, payouts: undefined }, fire)
    }
    const { affiliate } = link
    const owners = { workspace, campaignId: '', trafficSourceId: '', affiliateId: affiliate.id, offerId }
    const key = { workspace, offerId, affiliateId: affiliate.id }
    const payouts = (await getAffiliateOffer(this.#deps.store.db, key))?.payouts
    return await testTargets(this.#deps, owners, { affiliate, offer, payouts }, fire)
  }

  #addJudged({ step, ok, detail }: { step: string; ok: boolean; detail: string }): void {
    if (ok) this.#add(step, 'ok', detail)
    // The network's servers have other addresses than this one, and a test is soon after its visit.
    else if (step === 'address' || step === 'window') this.#add(step, 'warning', `${detail} (this is a test)`)
    // A target that is not told has its reason, which may be just what was wanted.
    else if (step === 'notification') this.#add(step, 'warning', detail)
    else this.#add(step, 'failed', detail)
  }

  /** Whose offer it is. */
  async #sender(): Promise<ReportSender | undefined> {
    const { link, workspace } = this.#order
    if (link.type === 'affiliate') {
      const id = this.#offer?.advertiserId ?? link.offer.advertiserId
      return await getAdvertiser(this.#deps.store.db, { workspace, id })
    }
    const found = await this.#visit()
    const id = found?.lastClickNetworkId || (found?.visit.affiliate_network_id ?? '')
    return await getAffiliateNetwork(this.#deps.store.db, { workspace, id })
  }

  async #visit() {
    return (await this.#deps.byHand.lookup.findVisits([this.#clickId])).get(this.#clickId)
  }

  /** Over the second hop of a double meta refresh, which is a page of ours. */
  async #targetOf(answer: PublicAnswer): Promise<string> {
    const target = findTarget(answer)
    return target.startsWith('/') ? findTarget(await this.#ask(target)) : target
  }

  /** @param how.origin a network reports to the installation's own host, whatever host the campaign's links have. */
  async #ask(
    path: string,
    how: { readonly origin?: string; readonly accept?: string } = {},
  ): Promise<PublicAnswer> {
    const { userAgent, language } = this.#order
    const { origin = this.#order.origin, accept = 'text/html' } = how
    return await this.#deps.publicRequest(path, {
      host: new URL(origin).host,
      'user-agent': userAgent || BROWSER,
      'accept-language': language || 'en',
      accept,
    })
  }

  #add(step: string, state: ChainStep['state'], detail: string, url = ''): void {
    this.#push({ step, state, detail, url })
  }

  #push(step: Omit<ChainStep, 'durationMs'>): void {
    const now = this.#deps.clock()
    const durationMs = Math.max(0, now - this.#since)
    this.#since = now
    this.#steps.push({ ...step, durationMs })
  }
}

type ChainDeps = Pick<
  ApiDeps,
  'publicRequest' | 'byHand' | 'store' | 'publicUrl' | 'clock' | 'ownHosts' | 'fireTarget'
>

const NO_WAY: Readonly<Record<TestLink['type'], string>> = {
  campaign: 'no path of the campaign takes this visitor',
  affiliate: 'neither the offer nor one that stands in for it takes this affiliate and visitor',
}

function affiliatePath(
  { offer, affiliate }: Extract<TestLink, { type: 'affiliate' }>,
  { params }: TestOrder,
): string {
  const query = new URLSearchParams({ aff_click_id: `test-${randomUUID()}`, ...params, tp_test: '1' })
  return `/o/${offer.id}/${affiliate.id}?${query.toString()}`
}

/** Who reports a conversion: an affiliate network, or an advertiser. */
type ReportSender = Pick<AffiliateNetwork, 'name' | 'token' | 'signingSecret'>

const NO_CLICK_ID =
  "the offer's URL does not carry the click id, so no conversion can come back: set the click id parameter of the network, or put {clickid} into the URL"

/** A step failed, and those after it have nothing to work on. */
class ChainStopped extends Error {}

type FoundVisit = NonNullable<
  ReturnType<Awaited<ReturnType<ApiDeps['byHand']['lookup']['findVisits']>>['get']>
>

/** '' while the visitor is on a lander. */
function offerOf({ visit, lastClickOfferId }: FoundVisit): string {
  if (lastClickOfferId !== '') return lastClickOfferId
  return (visit.lander_id ?? '') === '' ? (visit.offer_id ?? '') : ''
}

/** What a sender sends, with its token and, where it signs, its signature (PROTOCOL section 2). */
function signedQuery(
  params: Readonly<Record<string, string>>,
  { sender, now }: { readonly sender: ReportSender | undefined; readonly now: number },
): string {
  const query = new URLSearchParams(params)
  if (sender !== undefined && sender.token !== '') query.set('token', sender.token)
  if (sender === undefined || sender.signingSecret === '') return query.toString()
  query.set('ts', String(Math.floor(now / 1_000)))
  const signature = createHmac('sha256', sender.signingSecret).update(query.toString()).digest('hex')
  query.set('sig', signature)
  return query.toString()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // An answer that is no JSON is told as such.
    return undefined
  }
}
