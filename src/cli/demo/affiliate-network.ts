import { createHash } from 'node:crypto'
import { request } from 'undici'
import { playRole, type RoleQuestion } from './role.ts'

/**
 * An affiliate network: its offer page receives the click id in `s2`; some visitors buy, and the network pings
 * the tracker's postback URL: some sales first pending, many twice, and again whenever the answer is not 2xx.
 */
export type NetworkTally = {
  readonly arrived: number
  readonly converted: number
  readonly revenueMicros: number
  readonly pings: number
  /** outcome → how many pings got it */
  readonly outcomes: Readonly<Record<string, number>>
  readonly refused: readonly string[]
}

const CONVERSION_PERCENT = 20
const REPEAT_PERCENT = 30
const PENDING_PERCENT = 15
const PAYOUTS_MICROS = [1_250_000, 500_000, 23_400_000, 7_990_000] as const
const RETRIES_MAX = 8
const RETRY_DELAY_MS = 250
const CONCURRENCY = 16

type Sale = { readonly campaign: string; readonly clickId: string; readonly payoutMicros: number }

const arrived = new Map<string, Set<string>>()
const sales: Sale[] = []

if (process.send !== undefined) {
  playRole((_request, response, url) => {
    const campaign = url.pathname.split('/').at(-1) ?? ''
    const clickId = url.searchParams.get('s2') ?? ''
    const seen = arrived.get(campaign) ?? new Set<string>()
    arrived.set(campaign, seen.add(clickId))
    if (lottery(clickId, 'converts') < CONVERSION_PERCENT) {
      const payoutMicros = PAYOUTS_MICROS[lottery(clickId, 'payout') % PAYOUTS_MICROS.length] ?? 0
      sales.push({ campaign, clickId, payoutMicros })
    }
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Offer</title><p>An offer page.')
  }, answer)
}

/** The network pings when the visitors are through: sales come later than clicks. */
async function answer(question: RoleQuestion): Promise<unknown> {
  const { postbackUrl } = question as unknown as { postbackUrl: string }
  const tallies = new Map<string, { pings: number; outcomes: Record<string, number>; refused: string[] }>()
  const queue = sales.values()
  const work = async () => {
    for (const sale of queue) {
      const tally = tallies.get(sale.campaign) ?? { pings: 0, outcomes: {}, refused: [] }
      tallies.set(sale.campaign, tally)
      for (const url of pingUrls(sale, postbackUrl)) {
        const outcome = await ping(url, () => {
          tally.pings += 1
        })
        tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1
        if (outcome === 'refused') tally.refused.push(url)
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return Object.fromEntries(
    [...arrived].map(([campaign, clickIds]) => {
      const mine = sales.filter((sale) => sale.campaign === campaign)
      const tally: NetworkTally = {
        arrived: clickIds.size,
        converted: mine.length,
        revenueMicros: mine.reduce((sum, sale) => sum + sale.payoutMicros, 0),
        ...(tallies.get(campaign) ?? { pings: 0, outcomes: {}, refused: [] }),
      }
      return [campaign, tally]
    }),
  )
}

function pingUrls(sale: Sale, postbackUrl: string): string[] {
  const filled = (status: string) =>
    postbackUrl
      .replaceAll('{s2}', sale.clickId)
      .replaceAll('{payout}', (sale.payoutMicros / 1_000_000).toFixed(2))
      .replaceAll('{txid}', `T-${sale.clickId.slice(10, 20)}`)
      .replaceAll('{status}', status)
  const urls =
    lottery(sale.clickId, 'pending') < PENDING_PERCENT ? [filled('hold'), filled('ok')] : [filled('ok')]
  return lottery(sale.clickId, 'repeat') < REPEAT_PERCENT ? [...urls, filled('ok')] : urls
}

/** Pings until a 2xx, as networks do; the answer's outcome, or 'refused' when the tries are used up. */
async function ping(url: string, onTry: () => void): Promise<string> {
  for (let tries = 0; tries < RETRIES_MAX; tries += 1) {
    onTry()
    const response = await request(url).catch(() => undefined)
    const body = (await response?.body.json().catch(() => undefined)) as { outcome?: string } | undefined
    if (response !== undefined && response.statusCode < 300) return body?.outcome ?? 'none'
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS))
  }
  return 'refused'
}

/** 0..99, the same for the same click id and question. */
function lottery(clickId: string, question: string): number {
  return createHash('sha256').update(`${question}:${clickId}`).digest().readUInt32BE(0) % 100
}
