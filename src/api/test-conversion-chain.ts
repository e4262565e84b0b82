import { createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type AffiliateNetwork, getAffiliateNetwork } from '../store/affiliate-networks.ts'
import type { Campaign } from '../store/campaigns.ts'
import { getOffer } from '../store/offers.ts'
import { getTrafficSource } from '../store/traffic-sources.ts'
import type { ApiDeps } from './api-deps.ts'
import type { PublicAnswer } from './public-request.ts'
import { findClickIdParam, findTarget, maskSecrets } from './test-conversion-urls.ts'

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
}

export type TestOrder = {
  readonly workspace: string
  readonly campaign: Campaign
  /** Scheme and host of the campaign's links: its visitors meet no other host of the installation. */
  readonly origin: string
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
 * Sends a visit and a conversion through the whole installation, by its public port: link, lander, offer, postback,
 * notifications. The visit is flagged as a test and the conversion is one, so nothing is counted or sent, and no
 * other host is asked. It stops at the first step that fails.
 */
export class TestChain {
  readonly #deps: Pick<ApiDeps, 'publicRequest' | 'byHand' | 'store' | 'publicUrl' | 'clock'>
  readonly #order: TestOrder
  readonly #steps: ChainStep[] = []
  #clickId = ''

  constructor(
    deps: Pick<ApiDeps, 'publicRequest' | 'byHand' | 'store' | 'publicUrl' | 'clock'>,
    order: TestOrder,
  ) {
    this.#deps = deps
    this.#order = order
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
  }

  /** @returns where the link leads. */
  async #openLink(): Promise<string> {
    const { campaign, params, workspace } = this.#order
    if (campaign.status === 'paused') {
      this.#add('campaign', 'failed', 'the campaign is paused: its visitors go to the fallback')
      throw new ChainStopped()
    }
    const source = await getTrafficSource(this.#deps.store.db, { workspace, id: campaign.trafficSourceId })
    const external = source?.externalIdParam ?? ''
    const query = new URLSearchParams({
      ...(external !== '' && { [external]: `test-${randomUUID()}` }),
      ...params,
      tp_test: '1',
    })
    const path = `/c/${campaign.slug}?${query.toString()}`
    const url = `${this.#order.origin}${path}`
    const answer = await this.#ask(path)
    const target = await this.#targetOf(answer)
    if (target === '') {
      const detail = `answered ${answer.status}: no path of the campaign takes this visitor, and there is no fallback`
      this.#add('link', 'failed', detail, url)
      throw new ChainStopped()
    }
    this.#add('link', 'ok', `answered ${answer.status}`, url)
    this.#clickId = answer.clickId
    if (this.#clickId === '') {
      const detail = 'no path of the campaign takes this visitor, who goes to the fallback'
      this.#add('redirect', 'failed', detail, target)
      throw new ChainStopped()
    }
    return target
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
    const network = await this.#network()
    if (network !== undefined && network.token === '' && network.signingSecret === '') {
      const detail = `${network.name} has no token: whoever knows a click id can report conversions of it`
      this.#add('network token', 'warning', detail)
    }
    const query = signedQuery(
      { cid: this.#clickId, ...this.#order.report, test: '1' },
      { network, now: this.#deps.clock() },
    )
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

  #addJudged({ step, ok, detail }: { step: string; ok: boolean; detail: string }): void {
    if (ok) this.#add(step, 'ok', detail)
    // The network's servers have other addresses than this one, and a test is soon after its visit.
    else if (step === 'address' || step === 'window') this.#add(step, 'warning', `${detail} (this is a test)`)
    // A target that is not told has its reason, which may be just what was wanted.
    else if (step === 'notification') this.#add(step, 'warning', detail)
    else this.#add(step, 'failed', detail)
  }

  async #network(): Promise<AffiliateNetwork | undefined> {
    const found = await this.#visit()
    const id = found?.lastClickNetworkId || (found?.visit.affiliate_network_id ?? '')
    return await getAffiliateNetwork(this.#deps.store.db, { workspace: this.#order.workspace, id })
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
    this.#steps.push({ step, state, detail, url })
  }
}

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

/** What a network sends, with its token and, where it signs, its signature (PROTOCOL section 2). */
function signedQuery(
  params: Readonly<Record<string, string>>,
  { network, now }: { readonly network: AffiliateNetwork | undefined; readonly now: number },
): string {
  const query = new URLSearchParams(params)
  if (network !== undefined && network.token !== '') query.set('token', network.token)
  if (network === undefined || network.signingSecret === '') return query.toString()
  query.set('ts', String(Math.floor(now / 1_000)))
  const signature = createHmac('sha256', network.signingSecret).update(query.toString()).digest('hex')
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
