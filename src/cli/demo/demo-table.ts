import type { NetworkTally } from './affiliate-network.ts'
import type { BrowserTally } from './browser.ts'
import type { DemoSetup } from './demo-campaigns.ts'
import type { CampaignReport } from './demo-report.ts'
import type { SourceNotifications, SourceTally } from './traffic-source.ts'

/** One campaign in everybody's books. */
export type DemoRow = {
  readonly campaign: string
  /** Visits the source sent, redirects it got, visits in the tracker's report. */
  readonly sent: number
  readonly answered: number
  readonly recorded: number
  /** Clicks that reached the offer by the tracker's report, and arrivals at the offer. */
  readonly clicks: number
  readonly arrived: number
  /** Sales in the network's or the shop's books, conversions in the report, visitors the source heard of. */
  readonly sold: number
  readonly reported: number
  readonly notified: number
  /** Money by the network, by the report and by the source's postbacks. */
  readonly revenueSold: string
  readonly revenueReported: string
  readonly revenueNotified: string
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
    const outside =
      input.browsers[key] === undefined ? networkBooks(input, key) : shopBooks(input.browsers[key])
    const heard = Object.entries(input.notifications).filter(([externalId]) =>
      belongsTo(externalId, key, input),
    )
    const numbers = {
      ...outside,
      recorded: report?.visits ?? 0,
      clicks: report?.clicks ?? 0,
      reported: report?.conversions ?? 0,
      notified: heard.length,
      revenueReported: money(report?.revenueMicros ?? 0),
      revenueNotified: money(
        heard.reduce((sum, [, { payout }]) => sum + Math.round(Number(payout) * MICROS), 0),
      ),
    }
    return { campaign: name, ...numbers, agrees: agrees(numbers), remarks: remarksOf(input, key) }
  })
}

type Numbers = Omit<DemoRow, 'campaign' | 'agrees' | 'remarks'>
type OutsideBooks = Pick<DemoRow, 'sent' | 'answered' | 'arrived' | 'sold' | 'revenueSold'>

function networkBooks({ source, network }: TableInput, key: string): OutsideBooks {
  const sender = source[key]
  const seller = network[key]
  return {
    sent: sender?.sent ?? 0,
    answered: sender?.answered ?? 0,
    arrived: seller?.arrived ?? 0,
    sold: seller?.converted ?? 0,
    revenueSold: money(seller?.revenueMicros ?? 0),
  }
}

function shopBooks({ sent, answered, bought }: BrowserTally): OutsideBooks {
  return { sent, answered, arrived: answered, sold: bought, revenueSold: money(bought * SHOP_PRICE_MICROS) }
}

/** The source numbers its visits in turn over its campaigns; a browser's id names its campaign. */
function belongsTo(externalId: string, key: string, { source }: TableInput): boolean {
  if (externalId.startsWith('browser-')) return externalId.startsWith(`browser-${key}-`)
  const keys = Object.keys(source)
  return keys[Number(externalId.slice('src-'.length)) % keys.length] === key
}

function agrees(row: Numbers): boolean {
  const allEqual = (...values: readonly unknown[]) => values.every((value) => value === values[0])
  return (
    row.sent > 0 &&
    row.sold > 0 &&
    allEqual(row.sent, row.answered, row.recorded, row.clicks, row.arrived) &&
    allEqual(row.sold, row.reported, row.notified) &&
    allEqual(row.revenueSold, row.revenueReported, row.revenueNotified)
  )
}

function remarksOf({ source, network }: TableInput, key: string): string[] {
  const refused = network[key]?.refused ?? []
  return [...(source[key]?.failures ?? []), ...refused.map((url) => `the network gave up on ${url}`)]
}

function money(micros: number): string {
  return (micros / MICROS).toFixed(2)
}

/** For people: the table, and one line that says whether everybody agrees. */
export function printTable(rows: readonly DemoRow[]): void {
  const heads = [
    '',
    'sent',
    'answered',
    'recorded',
    'clicks',
    'arrived',
    'sold',
    'reported',
    'notified',
    'money',
    '',
  ]
  const lines = rows.map((row) => [
    row.campaign,
    ...[
      row.sent,
      row.answered,
      row.recorded,
      row.clicks,
      row.arrived,
      row.sold,
      row.reported,
      row.notified,
    ].map(String),
    `${row.revenueSold} = ${row.revenueReported} = ${row.revenueNotified}`,
    row.agrees ? '✓' : '✗',
  ])
  const widths = heads.map((head, i) => Math.max(head.length, ...lines.map((line) => line[i]?.length ?? 0)))
  const format = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  console.log([format(heads), ...lines.map(format)].join('\n'))
  for (const remark of rows.flatMap((row) => row.remarks)) console.log(`  ! ${remark}`)
  console.log(rows.every((row) => row.agrees) ? '\nAll books agree.' : '\nThe books do not agree.')
}
