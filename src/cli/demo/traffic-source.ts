import { Agent, request } from 'undici'
import { recordedVisitor } from './recorded-visitors.ts'
import { playRole, type RoleQuestion, tellNews } from './role.ts'

/**
 * A traffic source: sends visitors through the links it was given, its macros filled in, follows them as their
 * browsers would, and takes postbacks.
 */
export type SourceCampaign = { readonly key: string; readonly link: string }
export type SourceTally = {
  readonly sent: number
  readonly answered: number
  readonly reachedOffer: number
  readonly failures: readonly string[]
}
export type SourceNotifications = Readonly<Record<string, { postbacks: number; payout: string }>>

const CONCURRENCY = 24
const HOPS_MAX = 5
const FAILURES_KEPT = 5
const agent = new Agent({ connections: CONCURRENCY, pipelining: 1 })
const received = new Map<string, { postbacks: number; payout: string }>()

if (process.send !== undefined) {
  playRole((_request, response, url) => {
    const externalId = url.searchParams.get('subid') ?? ''
    const before = received.get(externalId)?.postbacks ?? 0
    received.set(externalId, { postbacks: before + 1, payout: url.searchParams.get('payout') ?? '' })
    response.end('OK')
  }, answer)
}

async function answer(question: RoleQuestion): Promise<unknown> {
  if (question.ask === 'notified') return Object.fromEntries(received)
  const { campaigns, visits, trackerUrl } = question as unknown as {
    campaigns: readonly SourceCampaign[]
    visits: number
    trackerUrl: string
  }
  return await sendVisits(campaigns, visits, trackerUrl)
}

async function sendVisits(
  campaigns: readonly SourceCampaign[],
  visits: number,
  trackerUrl: string,
): Promise<Record<string, SourceTally>> {
  const tallies = new Map(
    campaigns.map(({ key }) => [key, { sent: 0, answered: 0, reachedOffer: 0, failures: [] as string[] }]),
  )
  let next = 0
  const work = async () => {
    for (let n = next++; n < visits; n = next++) {
      const campaign = campaigns[n % campaigns.length]
      const tally = campaign && tallies.get(campaign.key)
      if (campaign === undefined || tally === undefined) continue
      tally.sent += 1
      const outcome = await followVisit(fillMacros(campaign.link, n), n, trackerUrl)
      if (outcome.answered) tally.answered += 1
      if (outcome.reachedOffer) tally.reachedOffer += 1
      else if (tally.failures.length < FAILURES_KEPT) tally.failures.push(outcome.trail)
      if (n % 50 === 0) tellNews({ visits: n })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return Object.fromEntries(tallies)
}

/** What the source writes in place of its own macros. */
function fillMacros(link: string, n: number): string {
  return link
    .replaceAll('${SUBID}', `src-${n}`)
    .replaceAll('{bid}', (0.01 + (n % 9) / 1000).toFixed(4))
    .replaceAll('{zone}', `zone-${n % 13}`)
    .replaceAll('{creative}', `banner-${n % 4}`)
}

async function followVisit(link: string, n: number, trackerUrl: string) {
  const visitor = recordedVisitor(n)
  const headers = {
    'user-agent': visitor.userAgent,
    'accept-language': visitor.language,
    'x-forwarded-for': visitor.ip,
  }
  let url = link
  const trail: string[] = []
  let answered = false
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    const response = await request(url, { headers, dispatcher: agent }).catch((error: unknown) =>
      String(error),
    )
    if (typeof response === 'string') return { answered, reachedOffer: false, trail: `${url}: ${response}` }
    const body = await response.body.text()
    trail.push(`${response.statusCode} ${url}`)
    const location = response.headers.location
    if (typeof location === 'string') {
      answered = true
      url = new URL(location, url).href
      continue
    }
    // A lander: the visitor follows its button, which is an ordinary link to the tracker.
    const button = /href="([^"]*\/click\?[^"]*)"/.exec(body)?.[1]
    if (button === undefined)
      return { answered, reachedOffer: !url.startsWith(trackerUrl), trail: trail.join(' → ') }
    url = button.replaceAll('&amp;', '&')
  }
  return { answered, reachedOffer: false, trail: trail.join(' → ') }
}
