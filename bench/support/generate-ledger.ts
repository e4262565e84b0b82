import type { LedgerEngine } from '../../src/ledger/engine.ts'

export const LEDGER_DAYS = 30
/** One row in a hundred is a conversion, the rest are visits. */
export const VISITS_PER_CONVERSION = 99

/** Rows of one insert: what the engine sorts in memory at a time. */
const CHUNK_ROWS = 1_000_000
const DAY_MS = 86_400_000
const MERGES_WAIT_MS_MAX = 60_000

/**
 * Fills the ledger by the engine alone, as evenly over the days up to `endMs` as visits come, with as many different
 * values as a busy affiliate has: few campaigns that bring most of the traffic, thousands of cities and zones, and
 * click ids, external ids and addresses that never repeat.
 */
export async function generateLedger(
  engine: LedgerEngine,
  rows: number,
  endMs: number,
  workspace = 'bench',
): Promise<void> {
  const startMs = endMs - LEDGER_DAYS * DAY_MS
  const stepMs = (LEDGER_DAYS * DAY_MS) / rows
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - from)
    await engine.command(insertRows(), { from, count, startMs, stepMs, workspace })
  }
  await waitForMerges(engine)
}

/** Which of `values` row `number` has, many rows the first ones and few the last ones. */
function skewed(salt: number, values: number): string {
  return `toUInt32(pow(cityHash64(number, ${salt}) % 65536 / 65536, 2) * ${values})`
}

function even(salt: number, values: number): string {
  return `cityHash64(number, ${salt}) % ${values}`
}

/** A text for each number, as `name12`. */
function named(name: string, number: string): string {
  return `concat('${name}', toString(${number}))`
}

function oneOf(values: readonly string[], index: string): string {
  return `[${values.map((value) => `'${value}'`).join(', ')}][1 + ${index}]`
}

const IS_CONVERSION = `number % ${VISITS_PER_CONVERSION + 1} = 0`
const IS_VISIT = `number % ${VISITS_PER_CONVERSION + 1} != 0`
const DEVICES = ['mobile', 'mobile', 'mobile', 'desktop', 'desktop', 'tablet'] as const
const SYSTEMS = ['Android', 'Android', 'iOS', 'iOS', 'Windows', 'macOS', 'Linux', 'Chrome OS'] as const
const BROWSERS = [
  'Chrome',
  'Chrome',
  'Safari',
  'Safari',
  'Firefox',
  'Edge',
  'Samsung Internet',
  'Opera',
] as const

const COLUMNS: Readonly<Record<string, string>> = {
  kind: `if(${IS_CONVERSION}, 'conversion', 'visit')`,
  workspace: '{workspace:String}',
  at: 'fromUnixTimestamp64Milli(toInt64({startMs:Float64} + number * {stepMs:Float64}))',
  visit_at: `at - toIntervalMinute(if(${IS_CONVERSION}, ${even(1, 2_880)}, 0))`,
  click_id: 'lower(hex(substring(sipHash128(number), 1, 13)))',
  campaign_id: named('campaign', skewed(2, 50)),
  traffic_source_id: named('source', skewed(3, 6)),
  affiliate_network_id: named('network', even(4, 4)),
  offer_id: named('offer', skewed(5, 40)),
  lander_id: named('lander', even(6, 12)),
  path_id: named('path', even(7, 100)),
  external_id: "leftPad(toString(sipHash64(number)), 20, '0')",
  country: `concat(char(65 + ${skewed(8, 80)} / 26), char(65 + ${skewed(8, 80)} % 26))`,
  region: named('Region ', skewed(9, 700)),
  city: named('City ', skewed(10, 6_000)),
  device_type: oneOf(DEVICES, even(11, DEVICES.length)),
  os: oneOf(SYSTEMS, even(12, SYSTEMS.length)),
  os_version: `toString(${even(13, 18)})`,
  browser: oneOf(BROWSERS, even(14, BROWSERS.length)),
  browser_version: `toString(100 + ${even(15, 30)})`,
  language: named('l', skewed(16, 30)),
  referrer_domain: named('news-', skewed(17, 200)),
  ip: 'IPv4NumToString(toUInt32(sipHash64(number, 18)))',
  user_agent: named('Mozilla/5.0 (a browser like many others) AppleWebKit/537.36 ', skewed(19, 2_000)),
  sub1: named('sub', skewed(20, 3_000)),
  tokens: `map('zone', toString(100000 + ${skewed(21, 2_000)}), 'creative', toString(${even(22, 40)}))`,
  event: `if(${IS_CONVERSION}, 'sale', '')`,
  status: `if(${IS_CONVERSION}, 'approved', '')`,
  visits: `toInt32(${IS_VISIT})`,
  unique_visits: `toInt32(${IS_VISIT} AND ${even(23, 4)} > 0)`,
  clicks: `toInt32(${IS_VISIT} AND ${even(24, 3)} > 0)`,
  conversions: `toInt32(${IS_CONVERSION})`,
  revenue: `if(${IS_CONVERSION}, toDecimal64(${even(25, 3_000)}, 6) / 100, toDecimal64(0, 6))`,
  cost: `if(${IS_VISIT}, toDecimal64(${even(26, 400)}, 6) / 10000, toDecimal64(0, 6))`,
}

function insertRows(): string {
  const expressions = Object.entries(COLUMNS).map(([name, sql]) => `${sql} AS ${name}`)
  return `INSERT INTO ledger (${Object.keys(COLUMNS).join(', ')})
    SELECT ${expressions.join(',\n      ')}
    FROM numbers({from:UInt64}, {count:UInt64})`
}

/** Reports are as quick as the engine's merges have left the table; what was just inserted is not yet merged. */
async function waitForMerges(engine: LedgerEngine): Promise<void> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < MERGES_WAIT_MS_MAX) {
    const sql = "SELECT toUInt32(count()) AS merges FROM system.merges WHERE table = 'ledger'"
    const [row] = await engine.query<{ merges: number }>(sql, {}, undefined)
    if (row?.merges === 0) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
