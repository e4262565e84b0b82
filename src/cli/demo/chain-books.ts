import { z } from 'zod'
import { formatMicros } from '../../domain/money.ts'
import type { ApiClient } from './api-client.ts'
import type { BrowserTally } from './browser.ts'
import { type AdvertiserTally, PIXEL_SALE } from './chain-advertiser.ts'
import type { ChainInvoices } from './chain-invoices.ts'
import type { ChainNetwork, ChainOffer } from './chain-network.ts'
import type { ChainTracker } from './chain-tracker.ts'
import { dayAround } from './demo-report.ts'
import { printBooks } from './print-books.ts'
import type { SourceNotifications, SourceTally } from './traffic-source.ts'

/** One offer in everybody's books, from the traffic source to the advertiser. */
export type ChainRow = {
  readonly offer: string
  /** Visits by the source, by the tracker's report, by the network's report, and at the advertiser. */
  readonly sent: number
  readonly trackerVisits: number
  readonly networkVisits: number
  readonly arrived: number
  /** Sales in the advertiser's books, and those taken back: by it, or by the network's people. */
  readonly sold: number
  readonly reversed: number
  /** What is left of them by both reports, and what the source heard of. */
  readonly networkConversions: number
  readonly trackerConversions: number
  readonly notified: number
  /** What the advertiser owes by its own books, and by the network's report. */
  readonly owed: string
  readonly networkRevenue: string
  /** What the affiliate is owed by the network's report, and earned by the tracker's. */
  readonly networkPayout: string
  readonly trackerRevenue: string
  readonly agrees: boolean
  readonly remarks: readonly string[]
}

export type ChainInput = {
  readonly network: ChainNetwork
  readonly tracker: ChainTracker
  readonly source: Readonly<Record<string, SourceTally>>
  readonly browsers: Readonly<Record<string, BrowserTally>>
  readonly advertiser: Readonly<Record<string, AdvertiserTally>>
  /** Sales that the network's people rejected, by page. */
  readonly rejected: Readonly<Record<string, { readonly count: number; readonly micros: number }>>
}

export type ChainReports = {
  readonly network: ReadonlyMap<string, ReportRow>
  readonly tracker: ReadonlyMap<string, ReportRow>
  readonly notifications: SourceNotifications
}

const MICROS = 1_000_000
const METRICS = ['visits', 'clicks', 'conversions', 'revenue', 'payout'] as const
type ReportRow = Readonly<Record<(typeof METRICS)[number], number>>

const answerSchema = z.object({
  rows: z.array(
    z.object({ keys: z.record(z.string(), z.string()), metrics: z.record(z.string(), z.coerce.number()) }),
  ),
})

/** One side's own report, by offer or campaign id; money in micros. */
export async function readBooks(
  api: ApiClient,
  by: 'offer' | 'campaign',
): Promise<ReadonlyMap<string, ReportRow>> {
  const answer = await api.post('/reports', {
    ...dayAround(Date.now()),
    timeZone: 'UTC',
    groupBy: [by],
    metrics: METRICS,
  })
  return new Map(
    answerSchema.parse(answer).rows.map(({ keys, metrics }) => [keys[by] ?? '', toReportRow(metrics)]),
  )
}

function toReportRow(metrics: Readonly<Record<string, number>>): ReportRow {
  const { visits = 0, clicks = 0, conversions = 0, revenue = 0, payout = 0 } = metrics
  return {
    visits,
    clicks,
    conversions,
    revenue: Math.round(revenue * MICROS),
    payout: Math.round(payout * MICROS),
  }
}

const NOTHING: ReportRow = { visits: 0, clicks: 0, conversions: 0, revenue: 0, payout: 0 }

/** Lays the books of both installations and of all parties side by side, a row an offer. */
export function buildChain(input: ChainInput, reports: ChainReports): ChainRow[] {
  return input.network.offers.map((offer) => buildRow(offer, input, reports))
}

function buildRow(offer: ChainOffer, input: ChainInput, reports: ChainReports): ChainRow {
  const { page } = offer
  const campaign = input.tracker.campaigns.find(({ key }) => key === page)
  const network = reports.network.get(offer.id) ?? NOTHING
  const tracker = reports.tracker.get(campaign?.id ?? '') ?? NOTHING
  const heard = reports.notifications[page] ?? { count: 0, payoutMicros: 0 }
  const books = advertiserBooks(offer, input)
  const remarks = [
    ...(input.source[page]?.failures ?? []),
    ...(input.advertiser[page]?.refused ?? []).map((url) => `the network refused ${url}`),
  ]
  const agrees =
    books.sold > 0 &&
    equal(books.sent, tracker.visits, tracker.clicks, network.visits, network.clicks, books.arrived) &&
    equal(books.sold - books.reversed, network.conversions, tracker.conversions) &&
    equal(books.revenueMicros, network.revenue) &&
    equal(books.payoutMicros, network.payout, tracker.revenue) &&
    equal(books.toldMicros, heard.payoutMicros) &&
    equal(books.told, heard.count) &&
    remarks.length === 0
  return {
    offer: page,
    sent: books.sent,
    trackerVisits: tracker.visits,
    networkVisits: network.visits,
    arrived: books.arrived,
    sold: books.sold,
    reversed: books.reversed,
    networkConversions: network.conversions,
    trackerConversions: tracker.conversions,
    notified: heard.count,
    owed: formatMicros(books.revenueMicros),
    networkRevenue: formatMicros(network.revenue),
    networkPayout: formatMicros(network.payout),
    trackerRevenue: formatMicros(tracker.revenue),
    agrees,
    remarks,
  }
}

/** What must have happened, by those who know neither installation. */
function advertiserBooks(offer: ChainOffer, input: ChainInput) {
  const { page } = offer
  const browser = input.browsers[page]
  if (browser !== undefined) {
    const saleMicros = Math.round(Number(PIXEL_SALE) * MICROS)
    const payoutMicros = browser.bought * offer.payoutMicros(saleMicros)
    return {
      sent: browser.sent,
      arrived: input.advertiser[page]?.arrived ?? 0,
      sold: browser.bought,
      reversed: 0,
      told: browser.bought,
      revenueMicros: browser.bought * offer.revenueMicros(saleMicros),
      payoutMicros,
      toldMicros: payoutMicros,
    }
  }
  return serverBooks(offer, input)
}

function serverBooks(offer: ChainOffer, { source, advertiser, rejected }: ChainInput) {
  const { page } = offer
  const mine = advertiser[page]
  const refusal = rejected[page] ?? { count: 0, micros: 0 }
  const sold = mine?.sold ?? 0
  const gross = salesOf(offer, sold, mine?.soldMicros ?? 0)
  const back = salesOf(
    offer,
    (mine?.reversed ?? 0) + refusal.count,
    (mine?.reversedMicros ?? 0) + refusal.micros,
  )
  // A source hears of what was approved: also of what was taken back later, never of what was not approved at all.
  const never = salesOf(offer, refusal.count, refusal.micros)
  return {
    sent: source[page]?.sent ?? 0,
    arrived: mine?.arrived ?? 0,
    sold,
    reversed: back.count,
    told: sold - refusal.count,
    revenueMicros: gross.revenue - back.revenue,
    payoutMicros: gross.payout - back.payout,
    toldMicros: gross.payout - never.payout,
  }
}

/** A flat price is one for each sale; a share is of their sum: both come out exact. */
function salesOf(offer: ChainOffer, count: number, micros: number) {
  const isShare = offer.revenueMicros(0) === 0
  return {
    count,
    revenue: isShare ? offer.revenueMicros(micros) : count * offer.revenueMicros(0),
    payout: isShare ? offer.payoutMicros(micros) : count * offer.payoutMicros(0),
  }
}

function equal(...values: readonly number[]): boolean {
  return values.every((value) => value === values[0])
}

/** For people. */
export function printChain(rows: readonly ChainRow[], invoices: ChainInvoices): void {
  printBooks(
    ['', 'sent', 'tracker', 'network', 'arrived', 'sold', 'reversed', 'kept', 'told', 'owed', 'payout', ''],
    rows.map((row) => [
      row.offer,
      ...[row.sent, row.trackerVisits, row.networkVisits, row.arrived, row.sold, row.reversed].map(String),
      `${row.networkConversions} = ${row.trackerConversions}`,
      String(row.notified),
      `${row.owed} = ${row.networkRevenue}`,
      `${row.networkPayout} = ${row.trackerRevenue}`,
      row.agrees ? '✓' : '✗',
    ]),
    {
      remarks: [
        `invoice to the advertiser: ${invoices.advertiser}, to pay to the affiliate: ${invoices.affiliate}`,
        ...rows.flatMap((row) => row.remarks),
      ],
      agree: invoices.agree && rows.every((row) => row.agrees),
    },
  )
}
