import { request } from 'undici'
import { lottery } from './lottery.ts'
import { playRole, type RoleQuestion } from './role.ts'

/**
 * Affiliate networks in one process: offer pages receive the click id, some visitors buy, and each network pings its
 * own postback URL, its own macros filled in: some sales first pending, many twice, some with an upsell, some taken
 * back later; and again whenever the answer is not 2xx.
 */
export type NetworkTally = {
  readonly arrived: number
  /** Visitors at the offer of another device than theirs. */
  readonly astray: number
  /** Sales and upsells. */
  readonly sold: number
  readonly refunded: number
  readonly soldMicros: number
  readonly refundedMicros: number
  readonly refused: readonly string[]
}

/** Where a network reports to, and what it calls its own values there. */
export type NetworkPostback = {
  readonly url: string
  readonly macros: {
    readonly clickId: string
    readonly payout: string
    readonly txid: string
    readonly status: string
  }
}

const CONVERSION_PERCENT = 20
const REPEAT_PERCENT = 30
const PENDING_PERCENT = 15
const UPSELL_PERCENT = 50
const REFUND_PERCENT = 40
const PAYOUTS_MICROS = [1_250_000, 500_000, 23_400_000, 7_990_000] as const
const UPSELL_MICROS = 3_500_000
const MICROS = 1_000_000
const RETRIES_MAX = 8
const RETRY_DELAY_MS = 250
const CONCURRENCY = 16

type Sale = {
  readonly network: string
  readonly campaign: string
  readonly clickId: string
  readonly payoutMicros: number
  readonly hasUpsell: boolean
  readonly isRefunded: boolean
}

const arrived = new Map<string, Set<string>>()
const astray = new Map<string, number>()
const sales: Sale[] = []

if (process.send !== undefined) {
  playRole((incoming, response, url) => {
    const [, , network = '', campaign = '', variant = ''] = url.pathname.split('/')
    const clickId = url.searchParams.get('sub1') ?? url.searchParams.get('s2') ?? ''
    arrived.set(campaign, (arrived.get(campaign) ?? new Set<string>()).add(clickId))
    const isMobile = /Mobile|Android|iPad/.test(incoming.headers['user-agent'] ?? '')
    if (variant !== '' && (variant === 'mobile') !== isMobile) {
      astray.set(campaign, (astray.get(campaign) ?? 0) + 1)
    }
    if (lottery(clickId, 'converts') < CONVERSION_PERCENT) sales.push(toSale({ network, campaign, clickId }))
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Offer</title><p>An offer page.')
  }, answer)
}

function toSale(of: Pick<Sale, 'network' | 'campaign' | 'clickId'>): Sale {
  return {
    ...of,
    payoutMicros: PAYOUTS_MICROS[lottery(of.clickId, 'payout') % PAYOUTS_MICROS.length] ?? 0,
    hasUpsell: of.campaign === 'upsells' && lottery(of.clickId, 'upsell') < UPSELL_PERCENT,
    isRefunded: of.campaign === 'refunds' && lottery(of.clickId, 'refund') < REFUND_PERCENT,
  }
}

/** The networks ping when the visitors are through: sales come later than clicks. */
async function answer(question: RoleQuestion): Promise<unknown> {
  const postbacks = question.postbacks as Readonly<Record<string, NetworkPostback>> // sent by demo.ts
  const refused = new Map<string, string[]>()
  const queue = sales.values()
  const work = async () => {
    for (const sale of queue) {
      const postback = postbacks[sale.network]
      if (postback === undefined) throw new Error(`${sale.network} has no postback URL`)
      for (const url of pingUrls(sale, postback)) {
        if (await ping(url)) continue
        refused.set(sale.campaign, [...(refused.get(sale.campaign) ?? []), url])
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return Object.fromEntries(
    [...arrived.keys()].map((campaign) => [campaign, tallyOf(campaign, refused.get(campaign) ?? [])]),
  )
}

function tallyOf(campaign: string, refused: readonly string[]): NetworkTally {
  const mine = sales.filter((sale) => sale.campaign === campaign)
  const upsells = mine.filter((sale) => sale.hasUpsell).length
  const refunds = mine.filter((sale) => sale.isRefunded)
  return {
    arrived: arrived.get(campaign)?.size ?? 0,
    astray: astray.get(campaign) ?? 0,
    sold: mine.length + upsells,
    refunded: refunds.length,
    soldMicros: sumOf(mine) + upsells * UPSELL_MICROS,
    refundedMicros: sumOf(refunds),
    refused,
  }
}

function sumOf(some: readonly Sale[]): number {
  return some.reduce((sum, { payoutMicros }) => sum + payoutMicros, 0)
}

/** In the order of time: what a sale's later news say must not overtake it. */
function pingUrls(sale: Sale, postback: NetworkPostback): string[] {
  const { clickId, payoutMicros } = sale
  const txid = `T-${clickId.slice(10, 20)}`
  const fill = (status: string, amount = payoutMicros, transaction = txid) =>
    fillMacros(postback, { clickId, txid: transaction, status, payout: (amount / MICROS).toFixed(2) })
  const urls = lottery(clickId, 'pending') < PENDING_PERCENT ? [fill('pending')] : []
  urls.push(fill('confirmed'))
  if (lottery(clickId, 'repeat') < REPEAT_PERCENT) urls.push(fill('confirmed'))
  if (sale.hasUpsell) urls.push(`${fill('confirmed', UPSELL_MICROS, `U-${txid}`)}&event=upsell`)
  if (sale.isRefunded) urls.push(fill('declined'))
  return urls
}

/** A network that has no macro for the status says it in a parameter of its own. */
function fillMacros(
  { url, macros }: NetworkPostback,
  values: {
    readonly clickId: string
    readonly payout: string
    readonly txid: string
    readonly status: string
  },
): string {
  const filled = url
    .replaceAll(macros.clickId, values.clickId)
    .replaceAll(macros.payout, values.payout)
    .replaceAll(macros.txid, values.txid)
  return macros.status === ''
    ? `${filled}&status=${values.status}`
    : filled.replaceAll(macros.status, values.status)
}

/** Pings until a 2xx, as networks do. @returns false when the tries are used up. */
async function ping(url: string): Promise<boolean> {
  for (let tries = 0; tries < RETRIES_MAX; tries += 1) {
    const response = await request(url).catch(() => undefined)
    await response?.body.dump()
    if (response !== undefined && response.statusCode < 300) return true
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS))
  }
  return false
}
