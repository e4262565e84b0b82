import { request } from 'undici'
import { lottery } from './lottery.ts'
import { playRole, type RoleQuestion } from './role.ts'

/**
 * An advertiser of the network: pages that sell, two of which carry the network's conversion pixel and no click id, and
 * a server that reports the sales of the other two by postback: many twice, some taken back later.
 */
export type AdvertiserTally = {
  readonly arrived: number
  readonly sold: number
  readonly reversed: number
  /** Of all sales, and of those that were taken back. */
  readonly soldMicros: number
  readonly reversedMicros: number
  readonly refused: readonly string[]
}

/** What the network handed over. */
export type AdvertiserTask = {
  /** The network's tracking host. */
  readonly networkUrl: string
  readonly token: string
  /** Offer id by page. */
  readonly offers: Readonly<Record<string, string>>
}

/** Pages by the way they report. */
export const SERVER_PAGES = ['percent', 'approval'] as const
export const PIXEL_PAGES = ['iframe', 'image'] as const
export const PIXEL_SALE = '49.90'

const CONVERSION_PERCENT = 25
const REPEAT_PERCENT = 30
const REVERSAL_PERCENT = 20
const SALES_MICROS = [49_900_000, 120_000_000, 7_500_000, 33_330_000] as const
const MICROS = 1_000_000
const CONCURRENCY = 8

type Sale = {
  readonly page: string
  readonly clickId: string
  readonly micros: number
  readonly isReversed: boolean
}

let task: AdvertiserTask = { networkUrl: '', token: '', offers: {} }
const arrived = new Map<string, Set<string>>()
const sales: Sale[] = []

if (process.send !== undefined) {
  playRole((_request, response, url) => {
    const [, page = ''] = url.pathname.split('/')
    const clickId = url.searchParams.get('click') ?? ''
    if (clickId !== '') welcome(page, clickId)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(document(page, clickId))
  }, answer)
}

function welcome(page: string, clickId: string): void {
  const known = arrived.get(page) ?? new Set<string>()
  arrived.set(page, known.add(clickId))
  const reportsByServer = SERVER_PAGES.some((name) => name === page)
  if (!reportsByServer || lottery(clickId, 'buys') >= CONVERSION_PERCENT) return
  const micros = SALES_MICROS[lottery(clickId, 'amount') % SALES_MICROS.length] ?? 0
  // The network itself decides about sales that wait for its approval.
  const isReversed = page === 'percent' && lottery(clickId, 'reversed') < REVERSAL_PERCENT
  sales.push({ page, clickId, micros, isReversed })
}

/** The pixel finds the visit by the cookie of the network's host: neither a click id nor the token is in it. */
function document(page: string, clickId: string): string {
  const order = encodeURIComponent(clickId.slice(10, 20))
  if (!page.startsWith('thanks-')) {
    return html(page, `<a id="buy" href="/thanks-${page}?order=${order}">Buy</a>`)
  }
  const name = page.slice('thanks-'.length)
  const query = `offer=${task.offers[name]}&amp;amount=${PIXEL_SALE}&amp;currency=USD`
  return html(
    'Thank you',
    name === 'iframe'
      ? `<iframe src="${task.networkUrl}/pixel.html?${query}" width="1" height="1" title=""></iframe>`
      : `<img src="${task.networkUrl}/pixel.gif?${query}" width="1" height="1" alt="">`,
  )
}

function html(title: string, body: string): string {
  return `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>${body}</html>`
}

async function answer(question: RoleQuestion): Promise<unknown> {
  if (question.ask === 'listen') {
    task = question.task as AdvertiserTask // sent by chain.ts
    return true
  }
  const refused = new Map<string, string[]>()
  const queue = sales.values()
  const work = async () => {
    for (const sale of queue) {
      for (const url of postbacksOf(sale)) {
        const response = await request(url)
        await response.body.dump()
        if (response.statusCode >= 300) refused.set(sale.page, [...(refused.get(sale.page) ?? []), url])
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return Object.fromEntries([...arrived.keys()].map((page) => [page, tallyOf(page, refused.get(page) ?? [])]))
}

function postbacksOf({ clickId, micros, isReversed }: Sale): string[] {
  const amount = (micros / MICROS).toFixed(2)
  const sale = `${task.networkUrl}/postback?cid=${clickId}&amount=${amount}&currency=USD&txid=O-${clickId.slice(10, 20)}&token=${task.token}`
  const urls = [`${sale}&status=approved`]
  if (lottery(clickId, 'repeated') < REPEAT_PERCENT) urls.push(`${sale}&status=approved`)
  if (isReversed) urls.push(`${sale}&status=rejected`)
  return urls
}

function tallyOf(page: string, refused: readonly string[]): AdvertiserTally {
  const mine = sales.filter((sale) => sale.page === page)
  const reversed = mine.filter((sale) => sale.isReversed)
  return {
    arrived: arrived.get(page)?.size ?? 0,
    sold: mine.length,
    reversed: reversed.length,
    soldMicros: sumOf(mine),
    reversedMicros: sumOf(reversed),
    refused,
  }
}

function sumOf(some: readonly Sale[]): number {
  return some.reduce((sum, { micros }) => sum + micros, 0)
}
