import { join } from 'node:path'
import { openChdbEngine } from '../../ledger/chdb-engine.ts'
import type { LedgerEngine } from '../../ledger/engine.ts'
import type { ShowcaseArm } from './showcase-tracker.ts'

/** What the past is told of: arms of campaigns, and an affiliate's way to an offer of the network. */
export type PastArm = ShowcaseArm & {
  readonly affiliateId?: string
  readonly advertiserId?: string
  /** What the affiliate gets of the payout, which is then what the advertiser pays. */
  readonly affiliateMicros?: number
}

const DAYS = 28
const DAY_MS = 86_400_000
const PEAK_HOUR_SHIFT_S = 6 * 3_600

/** Country, region, city, language; first ones more often. */
const PLACES = [
  ['US', 'California', 'Los Angeles', 'en'],
  ['US', 'Texas', 'Houston', 'en'],
  ['GB', 'England', 'London', 'en'],
  ['DE', 'Bavaria', 'Munich', 'de'],
  ['CA', 'Ontario', 'Toronto', 'en'],
  ['FR', 'Île-de-France', 'Paris', 'fr'],
  ['AU', 'New South Wales', 'Sydney', 'en'],
  ['BR', 'São Paulo', 'São Paulo', 'pt'],
  ['IN', 'Maharashtra', 'Mumbai', 'en'],
  ['ES', 'Madrid', 'Madrid', 'es'],
  ['IT', 'Lazio', 'Rome', 'it'],
  ['NL', 'North Holland', 'Amsterdam', 'nl'],
  ['PL', 'Masovia', 'Warsaw', 'pl'],
  ['MX', 'Mexico City', 'Mexico City', 'es'],
  ['JP', 'Tokyo', 'Tokyo', 'ja'],
  ['ZA', 'Gauteng', 'Johannesburg', 'en'],
  ['ID', 'Jakarta', 'Jakarta', 'id'],
  ['AR', 'Buenos Aires', 'Buenos Aires', 'es'],
] as const

/** Type, brand, system and its version, browser and its version. */
const DEVICES = [
  ['mobile', 'Samsung', 'Android', '14', 'Chrome', '126'],
  ['mobile', 'Apple', 'iOS', '17.5', 'Safari', '17.5'],
  ['desktop', '', 'Windows', '10', 'Chrome', '126'],
  ['mobile', 'Xiaomi', 'Android', '12', 'Chrome', '124'],
  ['desktop', 'Apple', 'macOS', '10.15', 'Safari', '17.4'],
  ['mobile', 'Google', 'Android', '13', 'Chrome', '125'],
  ['desktop', '', 'Windows', '10', 'Edge', '125'],
  ['tablet', 'Apple', 'iOS', '16.6', 'Safari', '16.6'],
  ['desktop', '', 'Linux', '', 'Firefox', '127'],
] as const

/** Four weeks of visits and conversions, put straight into the ledger: nobody waits four weeks for a showcase. */
export async function writePast(
  dataDir: string,
  workspace: string,
  arms: readonly PastArm[],
  now: number,
): Promise<void> {
  const engine = await openChdbEngine(join(dataDir, 'ledger'))
  try {
    for (const [index, arm] of arms.entries()) await writeArm(engine, { arm, index, workspace, now })
  } finally {
    await engine.close()
  }
}

type ArmOptions = {
  readonly arm: PastArm
  readonly index: number
  readonly workspace: string
  readonly now: number
}

async function writeArm(engine: LedgerEngine, { arm, index, workspace, now }: ArmOptions): Promise<void> {
  const { affiliateId = '', advertiserId = '', affiliateMicros = 0 } = arm
  const params = {
    workspace,
    seed: index,
    count: arm.perDay * (DAYS + 1),
    today: Math.floor(now / DAY_MS) * DAY_MS,
    now,
    campaign: arm.campaignId,
    source: arm.sourceId,
    network: arm.networkId,
    offer: arm.offerId,
    lander: arm.landerId,
    path: arm.pathId,
    affiliate: affiliateId,
    advertiser: advertiserId,
    cost: arm.costMicros,
    payout: arm.payoutMicros,
    affiliatePayout: affiliateMicros,
    clickPercent: arm.clickPercent,
    convert: arm.convertPerMyriad,
  }
  await engine.command(insert('visit'), params)
  await engine.command(insert('conversion'), params)
}

/** Between 0 and 1, the same for a row whenever it is asked. */
function share(salt: number): string {
  return `(cityHash64(number, {seed:UInt32}, ${salt}) % 65536 / 65536)`
}

function oneOf(rows: readonly (readonly string[])[], part: number, salt: number): string {
  const values = rows.map((row) => `'${row[part] ?? ''}'`).join(', ')
  return `arrayElement([${values}], toUInt32(1 + floor(pow(${share(salt)}, 1.7) * ${rows.length})))`
}

/** Days by turns, hours with a peak in the evening. */
const VISIT_AT = `fromUnixTimestamp64Milli(toInt64({today:Int64} - toInt64(number % ${DAYS + 1}) * ${DAY_MS}
  + toInt64((toInt64((${share(1)} + ${share(2)}) * 43200) + ${PEAK_HOUR_SHIFT_S}) % 86400) * 1000 + number % 1000), 'UTC')`
const LATER = `toIntervalSecond(toUInt32(60 + ${share(3)} * 5400))`
/** No two days are alike, and weekends bring a fifth less. */
const IS_THERE = `(${share(4)} > (cityHash64(toDate(seen), {seed:UInt32} % 3) % 100) / 320 AND (toDayOfWeek(seen) < 6 OR ${share(14)} > 0.2))`
const CONVERTS = `${share(5)} * 10000 < {convert:UInt32} * (0.7 + 0.6 * ${share(6)})`
const MONEY = (micros: string) => `toDecimal64(toInt64(${micros}), 6) / 1000000`

function insert(kind: 'visit' | 'conversion'): string {
  const isVisit = kind === 'visit'
  const clicks = `toInt32(${share(7)} * 100 < {clickPercent:UInt32})`
  const columns: Readonly<Record<string, string>> = {
    kind: `'${kind}'`,
    workspace: '{workspace:String}',
    at: isVisit ? 'seen' : `seen + ${LATER}`,
    visit_at: 'seen',
    click_id: 'lower(hex(substring(sipHash128(number, {seed:UInt32}), 1, 13)))',
    campaign_id: '{campaign:String}',
    traffic_source_id: '{source:String}',
    affiliate_network_id: '{network:String}',
    offer_id: '{offer:String}',
    lander_id: '{lander:String}',
    path_id: '{path:String}',
    affiliate_id: '{affiliate:String}',
    advertiser_id: '{advertiser:String}',
    country: oneOf(PLACES, 0, 8),
    region: oneOf(PLACES, 1, 8),
    city: oneOf(PLACES, 2, 8),
    language: oneOf(PLACES, 3, 8),
    device_type: oneOf(DEVICES, 0, 9),
    device_brand: oneOf(DEVICES, 1, 9),
    os: oneOf(DEVICES, 2, 9),
    os_version: oneOf(DEVICES, 3, 9),
    browser: oneOf(DEVICES, 4, 9),
    browser_version: oneOf(DEVICES, 5, 9),
    tokens: `map('zone', toString(410000 + toUInt32(pow(${share(10)}, 2) * 60)), 'creative', concat('banner-', toString(1 + toUInt32(${share(11)} * 6))))`,
    event: isVisit ? "''" : "'sale'",
    status: isVisit ? "''" : `if(${share(12)} > 0.06, 'approved', 'rejected')`,
    visits: isVisit ? '1' : '0',
    unique_visits: isVisit ? `toInt32(${share(13)} > 0.14)` : '0',
    clicks: isVisit ? clicks : '0',
    unique_clicks: isVisit ? clicks : '0',
    conversions: isVisit ? '0' : '1',
    revenue: isVisit ? MONEY('0') : `if(status = 'approved', ${MONEY('{payout:Int64}')}, ${MONEY('0')})`,
    payout: isVisit
      ? MONEY('0')
      : `if(status = 'approved', ${MONEY('{affiliatePayout:Int64}')}, ${MONEY('0')})`,
    cost: isVisit ? MONEY('{cost:Int64}') : MONEY('0'),
  }
  const selected = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`)
  return `INSERT INTO ledger (${Object.keys(columns).join(', ')})
    SELECT ${selected.join(',\n      ')}
    FROM (SELECT number, ${VISIT_AT} AS seen FROM numbers({count:UInt64}))
    WHERE ${IS_THERE} AND at < fromUnixTimestamp64Milli({now:Int64}) ${isVisit ? '' : `AND ${CONVERTS}`}`
}
