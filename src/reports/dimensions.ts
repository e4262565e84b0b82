import { type DateBasis, ReportRequestError } from './report-request.ts'
import type { SqlParams } from './sql-params.ts'

/** A dimension as SQL over one row of the ledger. */
export type Dimension = {
  /** What rows are grouped and sorted by. */
  readonly key: string
  /** How the group's key is printed, from the key under another name. */
  readonly label: (key: string) => string
  /** Text is grouped by its hash (build-query.ts), anything else by itself. */
  readonly isText: boolean
}

export type DimensionContext = {
  readonly params: SqlParams
  readonly timeZone: string
  readonly dateBasis: DateBasis
}

/** Names of the columns behind the names of dimensions. Nothing outside these lists reaches the SQL. */
const TEXT_DIMENSIONS: Readonly<Record<string, string>> = {
  campaign: 'campaign_id',
  source: 'traffic_source_id',
  network: 'affiliate_network_id',
  offer: 'offer_id',
  lander: 'lander_id',
  path: 'path_id',
  rule: 'rule_id',
  route_reason: 'route_reason',
  affiliate: 'affiliate_id',
  advertiser: 'advertiser_id',
  country: 'country',
  region: 'region',
  city: 'city',
  isp: 'isp',
  asn: 'asn',
  connection_type: 'connection_type',
  device_type: 'device_type',
  device_brand: 'device_brand',
  device_model: 'device_model',
  os: 'os',
  os_version: 'os_version',
  browser: 'browser',
  browser_version: 'browser_version',
  language: 'language',
  referrer_domain: 'referrer_domain',
  external_id: 'external_id',
  sub1: 'sub1',
  sub2: 'sub2',
  sub3: 'sub3',
  sub4: 'sub4',
  sub5: 'sub5',
  sub6: 'sub6',
  sub7: 'sub7',
  sub8: 'sub8',
  sub9: 'sub9',
  sub10: 'sub10',
  bot: 'bot',
  /** Fraud flags separated by commas: `contains` finds one. */
  flags: 'flags',
  event: 'event',
  status: 'status',
}

type TimeDimension = {
  readonly key: (slot: string, zone: string) => string
  readonly label: (key: string) => string
}

const TIME_DIMENSIONS: Readonly<Record<string, TimeDimension>> = {
  /** With the offset: the hour that a change of the clock repeats is two hours. */
  hour: {
    key: (slot, zone) => `toStartOfHour(${slot}, ${zone})`,
    label: (key) => `formatDateTime(${key}, '%Y-%m-%dT%H:%i%z')`,
  },
  day: { key: (slot, zone) => `toDate(${slot}, ${zone})`, label: (key) => `toString(${key})` },
  /** Its Monday. */
  week: { key: (slot, zone) => `toMonday(${slot}, ${zone})`, label: (key) => `toString(${key})` },
  month: {
    key: (slot, zone) => `toStartOfMonth(${slot}, ${zone})`,
    label: (key) => `substring(toString(${key}), 1, 7)`,
  },
  /** 1 for Monday to 7 for Sunday. */
  weekday: {
    key: (slot, zone) => `toDayOfWeek(${slot}, 0, ${zone})`,
    label: (key) => `toString(${key})`,
  },
  hour_of_day: { key: (slot, zone) => `toHour(${slot}, ${zone})`, label: (key) => `toString(${key})` },
}

const TOKEN_PREFIX = 'token:'

/** Names of all dimensions but `token:NAME`, of which there is one for each token of a traffic source. */
export const DIMENSION_NAMES: readonly string[] = [
  ...Object.keys(TEXT_DIMENSIONS),
  ...Object.keys(TIME_DIMENSIONS),
]

function isDimension(name: string): boolean {
  return DIMENSION_NAMES.includes(name) || (name.startsWith(TOKEN_PREFIX) && name !== TOKEN_PREFIX)
}

/** @throws ReportRequestError when there is no such dimension */
export function toDimension(name: string, context: DimensionContext): Dimension {
  if (!isDimension(name)) throw new ReportRequestError(`unknown dimension ${name}`)
  const column = TEXT_DIMENSIONS[name]
  if (column !== undefined) return textDimension(column)
  const time = TIME_DIMENSIONS[name]
  if (time === undefined) {
    const token = context.params.add('String', name.slice(TOKEN_PREFIX.length))
    return textDimension(`tokens[${token}]`)
  }
  const zone = context.params.add('String', context.timeZone)
  return { key: time.key(slotColumn(context.dateBasis), zone), label: time.label, isText: false }
}

/** The quarter of an hour that decides the date (ledger/schema.ts). */
export function slotColumn(dateBasis: DateBasis): string {
  return dateBasis === 'click' ? 'visit_slot' : 'at_slot'
}

function textDimension(key: string): Dimension {
  return { key, label: (label) => label, isText: true }
}
