import { Agent, request } from 'undici'
import type { DemoSource } from './demo-sources.ts'
import { fillMacros, type SourceCampaign } from './fill-macros.ts'
import { recordedVisitor } from './recorded-visitors.ts'
import { playRole, type RoleQuestion, tellNews } from './role.ts'

/**
 * Several traffic sources in one process: each sends visitors through the links it was given, its macros filled in,
 * follows them as their browsers would, and takes conversions at its own URL: postbacks and pixels alike.
 */
export type SourceTally = {
  readonly sent: number
  readonly answered: number
  readonly reachedOffer: number
  readonly failures: readonly string[]
}
/** What a source heard of one campaign's visitors. */
export type SourceNotifications = Readonly<
  Record<string, { readonly count: number; readonly payoutMicros: number }>
>

const CONCURRENCY = 24
const HOPS_MAX = 5
const FAILURES_KEPT = 5
const MICROS = 1_000_000
const agent = new Agent({ connections: CONCURRENCY, pipelining: 1 })

let sources: readonly DemoSource[] = []
const heard = new Map<string, { count: number; payoutMicros: number }>()
/** A delivery is made at least once: the same one is heard once. Browsers send none of this. */
const deliveries = new Set<string>()

if (process.send !== undefined) {
  playRole((incoming, response, url) => {
    const delivery = incoming.headers['webhook-id']
    const isRepeated = typeof delivery === 'string' && deliveries.has(delivery)
    if (typeof delivery === 'string') deliveries.add(delivery)
    if (!isRepeated) hear(url)
    response.end('OK')
  }, answer)
}

/** The path begins with the source; the click id begins with the campaign. */
function hear(url: URL): void {
  const source = sources.find(({ key }) => url.pathname.startsWith(`/${key}/`))
  if (source === undefined) return
  const campaign = (url.searchParams.get(source.externalIdParam) ?? '').split('.')[0] ?? ''
  const before = heard.get(campaign) ?? { count: 0, payoutMicros: 0 }
  const payout = Number(url.searchParams.get(source.payoutParam) ?? 0)
  heard.set(campaign, {
    count: before.count + 1,
    payoutMicros: before.payoutMicros + Math.round(payout * MICROS),
  })
}

async function answer(question: RoleQuestion): Promise<unknown> {
  if (question.ask === 'listen') {
    sources = question.sources as readonly DemoSource[] // sent by demo.ts
    return true
  }
  if (question.ask === 'notified') return Object.fromEntries(heard)
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
      const outcome = await followVisit(fillMacros(campaign, n), n, trackerUrl)
      if (outcome.answered) tally.answered += 1
      if (outcome.reachedOffer) tally.reachedOffer += 1
      else if (tally.failures.length < FAILURES_KEPT) tally.failures.push(outcome.trail)
      if (n % 50 === 0) tellNews({ visits: n })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return Object.fromEntries(tallies)
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
    const button = buttonOf(body, n)
    if (button === undefined)
      return { answered, reachedOffer: !url.startsWith(trackerUrl), trail: trail.join(' → ') }
    url = button
  }
  return { answered, reachedOffer: false, trail: trail.join(' → ') }
}

/** A lander: the visitor follows one of its buttons, which are ordinary links to the tracker. */
function buttonOf(page: string, n: number): string | undefined {
  const buttons = [...page.matchAll(/href="([^"]*\/click(?:\/\d)?\?[^"]*)"/g)].map((match) => match[1] ?? '')
  return buttons[n % Math.max(buttons.length, 1)]?.replaceAll('&amp;', '&')
}
