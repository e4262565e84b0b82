import type { NetworkTally } from './affiliate-network.ts'
import type { BrowserTally } from './browser.ts'
import type { DemoSetup } from './demo-campaigns.ts'
import type { CampaignReport } from './demo-report.ts'
import { printBooks } from './print-books.ts'
import type { SourceNotifications, SourceTally } from './traffic-source.ts'

/** One campaign in everybody's books. */
export type DemoRow = {
  readonly campaign: string
  /** Visits the source sent, answers it got, visits in the tracker's report. */
  readonly sent: number
  readonly answered: number
  readonly recorded: number
  /** Clicks that went on to the offer by the tracker's report, and arrivals at the offer. */
  readonly clicks: number
  readonly arrived: number
  /** Sales and upsells in the network's or the shop's books, and those taken back. */
  readonly sold: number
  readonly refunded: number
  /** What is left by the tracker's report, and sales that the source heard of. */
  readonly reported: number
  readonly notified: number
  /** Money that was made and what is left of it by the network; what is left by the report; what the source heard. */
  readonly moneySold: string
  readonly moneyKept: string
  readonly moneyReported: string
  readonly moneyNotified: string
  readonly agrees: boolean
  /** What the parties saw go wrong; empty when all is well. */
  readonly remarks: readonly string[]
}

export type TableInput = {
  readonly setup: DemoSetup
  readonly source: Readonly<Record<string, SourceTally>>
  readonly browsers: Readonly<Record<string, BrowserTally>>
  readonly network: Readonly<Record<string, NetworkTally>>
  readonly report: ReadonlyMap<string, CampaignReport>
  readonly notifications: SourceNotifications
}

const SHOP_PRICE_MICROS = 9_990_000
const MICROS = 1_000_000

/** Lays the books side by side, a row a campaign. */
export function buildTable(input: TableInput): DemoRow[] {
  return input.setup.campaigns.map(({ key, name, id }) => {
    const report = input.report.get(id)
    const heard = input.notifications[key]
    const browser = input.browsers[key]
    const numbers = {
      ...(browser === undefined ? networkBooks(input, key) : shopBooks(browser)),
      recorded: report?.visits ?? 0,
      clicks: report?.clicks ?? 0,
      reported: report?.conversions ?? 0,
      notified: heard?.count ?? 0,
      moneyReported: money(report?.revenueMicros ?? 0),
      moneyNotified: money(heard?.payoutMicros ?? 0),
    }
    const remarks = remarksOf(input, key)
    return { campaign: name, ...numbers, agrees: agrees(numbers) && remarks.length === 0, remarks }
  })
}

type Numbers = Omit<DemoRow, 'campaign' | 'agrees' | 'remarks'>
type OutsideBooks = Pick<
  DemoRow,
  'sent' | 'answered' | 'arrived' | 'sold' | 'refunded' | 'moneySold' | 'moneyKept'
>

function networkBooks({ source, network }: TableInput, key: string): OutsideBooks {
  const sender = source[key]
  const seller = network[key]
  const soldMicros = seller?.soldMicros ?? 0
  return {
    sent: sender?.sent ?? 0,
    answered: sender?.answered ?? 0,
    arrived: seller?.arrived ?? 0,
    sold: seller?.sold ?? 0,
    refunded: seller?.refunded ?? 0,
    moneySold: money(soldMicros),
    moneyKept: money(soldMicros - (seller?.refundedMicros ?? 0)),
  }
}

function shopBooks({ sent, answered, bought }: BrowserTally): OutsideBooks {
  const moneySold = money(bought * SHOP_PRICE_MICROS)
  return { sent, answered, arrived: answered, sold: bought, refunded: 0, moneySold, moneyKept: moneySold }
}

function agrees(row: Numbers): boolean {
  const allEqual = (...values: readonly unknown[]) => values.every((value) => value === values[0])
  return (
    row.sent > 0 &&
    row.sold > 0 &&
    allEqual(row.sent, row.answered, row.recorded, row.clicks, row.arrived) &&
    allEqual(row.sold - row.refunded, row.reported) &&
    allEqual(row.sold, row.notified) &&
    allEqual(row.moneyKept, row.moneyReported) &&
    allEqual(row.moneySold, row.moneyNotified)
  )
}

function remarksOf({ source, network }: TableInput, key: string): string[] {
  const { refused = [], astray = 0 } = network[key] ?? {}
  return [
    ...(source[key]?.failures ?? []),
    ...refused.map((url) => `the network gave up on ${url}`),
    ...(astray === 0 ? [] : [`${astray} visitors came to the offer of another device`]),
  ]
}

function money(micros: number): string {
  return (micros / MICROS).toFixed(2)
}

/** For people. */
export function printTable(rows: readonly DemoRow[]): void {
  printBooks(
    ['', ...'sent answered recorded clicks arrived sold refunded reported notified kept'.split(' '), ''],
    rows.map((row) => [
      row.campaign,
      ...[row.sent, row.answered, row.recorded, row.clicks, row.arrived].map(String),
      ...[row.sold, row.refunded, row.reported, row.notified].map(String),
      `${row.moneyKept} = ${row.moneyReported}`,
      row.agrees ? '✓' : '✗',
    ]),
    { remarks: rows.flatMap((row) => row.remarks), agree: rows.every((row) => row.agrees) },
  )
}
