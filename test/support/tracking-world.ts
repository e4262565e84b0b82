import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { z } from 'zod'
import { type ApiClient, field, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'

/** A whole installation with one campaign, and what a test does with it. */
export type TrackingWorld = {
  readonly installation: Installation
  readonly api: ApiClient
  /** Opens the campaign link; the click id in the redirect, or undefined when there was none. */
  readonly visit: () => Promise<string | undefined>
  /** Pings the postback; the outcome, or 'failed' when there was no answer. */
  readonly postback: (query: string) => Promise<string>
  /** Totals of the report, as soon as they satisfy the condition; the last ones when they never do. */
  readonly totals: (isSettled: (totals: Totals) => boolean) => Promise<Totals>
  readonly close: () => Promise<void>
}

export type Totals = { readonly visits: number; readonly conversions: number; readonly revenue: string }

const PERSON = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0'
const SETTLE_MS_MAX = 30_000
const DAY_MS = 86_400_000

const totalsSchema = z.object({
  totals: z.object({ visits: z.number(), conversions: z.number(), revenue: z.string() }),
})

export async function openTrackingWorld(edges = 2): Promise<TrackingWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-world-'))
  const installation = await startInstallation({ dataDir, edges, settings: { TRAILPOST_LOG_LEVEL: 'fatal' } })
  const api = await setUpOwner(installation)
  await createCampaign(api)
  const agent = new Agent({ connections: 32, pipelining: 1 })
  return {
    installation,
    api,
    visit: () => visit(agent, `${installation.publicUrl}/c/world?subid=x`),
    postback: (query) => postback(agent, `${installation.publicUrl}/postback?${query}`),
    totals: (isSettled) => readTotals(api, isSettled),
    close: async () => {
      await agent.destroy()
      await installation.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function createCampaign(api: ApiClient): Promise<void> {
  const idOf = async (path: string, body: unknown) => String(field(await api.post(path, body), 'id'))
  const source = await idOf('/traffic-sources', { name: 'Source', externalIdParam: 'subid' })
  const network = await idOf('/affiliate-networks', { name: 'Network', clickIdParam: 's2' })
  const offer = await idOf('/offers', {
    name: 'Offer',
    affiliateNetworkId: network,
    url: 'https://offer.example/',
  })
  await idOf('/campaigns', {
    name: 'World',
    slug: 'world',
    trafficSourceId: source,
    paths: [{ weight: 1, landers: [], offers: [{ id: offer, weight: 1 }] }],
  })
}

async function visit(dispatcher: Agent, url: string): Promise<string | undefined> {
  try {
    const response = await request(url, { dispatcher, headers: { 'user-agent': PERSON } })
    await response.body.dump()
    const { location } = response.headers
    if (response.statusCode !== 302 || typeof location !== 'string') return undefined
    return new URL(location).searchParams.get('s2') ?? undefined
  } catch {
    // The process died under the request: an unanswered visit is nobody's promise.
    return undefined
  }
}

async function postback(dispatcher: Agent, url: string): Promise<string> {
  try {
    const response = await request(url, { dispatcher })
    return String(field(await response.body.json(), 'outcome'))
  } catch {
    return 'failed'
  }
}

async function readTotals(api: ApiClient, isSettled: (totals: Totals) => boolean): Promise<Totals> {
  const startedAt = performance.now()
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10)
  for (;;) {
    const isLate = performance.now() - startedAt > SETTLE_MS_MAX
    try {
      const totals = await readTotalsNow(api, { from: day(-1), to: day(1) })
      if (isSettled(totals) || isLate) return totals
    } catch (error) {
      // Core was killed by the test and is not back yet.
      if (isLate) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function readTotalsNow(
  api: ApiClient,
  days: { readonly from: string; readonly to: string },
): Promise<Totals> {
  const metrics = ['visits', 'conversions', 'revenue']
  return totalsSchema.parse(await api.post('/reports', { ...days, timeZone: 'UTC', metrics })).totals
}
