import { condition, REPORT_SETTINGS } from '../reports/build-query.ts'
import type { DimensionContext } from '../reports/dimensions.ts'
import type { ReportFilter } from '../reports/report-request.ts'
import { SqlParams } from '../reports/sql-params.ts'
import { type CorrectionRange, rangeConditions, rangeEnds } from './correction-range.ts'

/** Which past visits are found; plain JSON. */
export type FraudRule =
  | { readonly type: 'filter'; readonly filters: readonly ReportFilter[] }
  /** Every visit that is more than the so many-th from one address to one campaign, or by one affiliate link, within the minutes. */
  | { readonly type: 'repeated_address'; readonly visits: number; readonly minutes: number }
  /** A conversion came sooner than this after the visit. */
  | { readonly type: 'too_fast'; readonly seconds: number }
  /** Its address was one of a hosting company. */
  | { readonly type: 'datacenter' }

/** Plain JSON: the parameters of the job. */
export type FraudRequest = {
  readonly range: CorrectionRange
  /** IANA name. */
  readonly timeZone: string
  readonly rule: FraudRule
  /** The flag that matching visits get, or lose. */
  readonly flag: string
  /** They count as bots too, with the flag as the reason. */
  readonly markAsBot: boolean
  /** Takes the flag away again, and makes those persons that are bots because of it. */
  readonly undo: boolean
}

export type FraudQuery = { readonly sql: string; readonly params: Readonly<Record<string, unknown>> }

/** How many visits match in each hour, oldest first: `hour_start` in Unix seconds, `matched`, `bots`, `reverted`. */
export function buildHoursQuery(workspace: string, request: FraudRequest): FraudQuery {
  const { context, matched } = start(workspace, request, request.range)
  const reverted = `countIf(is_bot = ${context.params.add('String', request.flag)})`
  const sql = `SELECT toUnixTimestamp(hour) AS hour_start, toUInt32(count()) AS matched,
  toUInt32(countIf(is_bot != '')) AS bots, toUInt32(${reverted}) AS reverted
FROM (${matched})
GROUP BY hour
ORDER BY hour
${SETTINGS}`
  return { sql, params: context.params.values }
}

/** The next matching visits of one hour by click id: `click_id` and `is_bot`. */
export function buildPageQuery(
  workspace: string,
  request: FraudRequest,
  page: { readonly hourStart: number; readonly after: string; readonly limit: number },
): FraudQuery {
  const { hourStart } = page
  const hour = { type: 'times', fromSeconds: hourStart, toSeconds: hourStart + 3_600 } as const
  const { context, matched } = start(workspace, request, hour)
  const sql = `SELECT click_id, is_bot
FROM (${matched})
WHERE click_id > ${context.params.add('String', page.after)}
ORDER BY click_id
LIMIT ${context.params.add('UInt32', page.limit)}
${SETTINGS}`
  return { sql, params: context.params.values }
}

/** What the ledger has of all matching visits: `cost` as text, `conversions`. */
export function buildTouchedQuery(workspace: string, request: FraudRequest): FraudQuery {
  const { context, matched } = start(workspace, request, request.range)
  const { from } = rangeEnds(request.range, context)
  const sql = `SELECT toString(sum(ledger.cost)) AS spent, toInt32(sum(conversions_counted)) AS converted
FROM ledger
WHERE workspace = ${context.params.add('String', workspace)} AND at_slot >= toStartOfFifteenMinutes(${from})
  AND click_id IN (SELECT click_id FROM (${matched}))
${SETTINGS}`
  return { sql, params: context.params.values }
}

const SETTINGS = `SETTINGS ${REPORT_SETTINGS.join(', ')}`

/** A visit that a correction took away, or added otherwise, sums up to none. */
const IS_THERE = 'sum(visits) + sum(bot_visits) > 0'

/** Matching visits as they are now, with the hour of each, within `part` of the range. */
function start(
  workspace: string,
  request: FraudRequest,
  part: CorrectionRange,
): { readonly context: DimensionContext; readonly matched: string } {
  const { range, timeZone, rule } = request
  const params = new SqlParams()
  const context = { params, timeZone, dateBasis: 'conversion' } as const
  const own = `workspace = ${params.add('String', workspace)}`
  const conditions = [
    own,
    ...rangeConditions(range, context),
    ...(part === range ? [] : rangeConditions(part, context)),
    "kind = 'visit'",
    ...ruleConditions({ rule, part, own }, context),
  ]
  const matched = `SELECT click_id, bot AS is_bot, toStartOfHour(min(at_slot), 'UTC') AS hour
FROM ledger
WHERE ${conditions.join('\n  AND ')}
GROUP BY click_id, bot, flags
HAVING ${IS_THERE} AND ${needsChange(request, params)}`
  return { context, matched }
}

function needsChange({ flag, markAsBot, undo }: FraudRequest, params: SqlParams): string {
  const isFlagged = `has(splitByChar(',', flags), ${params.add('String', flag)})`
  if (undo) return isFlagged
  return markAsBot ? `(NOT ${isFlagged} OR bot = '')` : `NOT ${isFlagged}`
}

type RuleContext = { readonly rule: FraudRule; readonly part: CorrectionRange; readonly own: string }

function ruleConditions({ rule, part, own }: RuleContext, context: DimensionContext): string[] {
  switch (rule.type) {
    case 'filter':
      return rule.filters.map((filter) => condition(filter, context))
    case 'datacenter':
      return ["connection_type = 'datacenter'"]
    case 'too_fast':
      return [`click_id IN (${soonConverted(rule.seconds, own, rangeEnds(part, context), context.params)})`]
    case 'repeated_address':
      return [`click_id IN (${repeated(rule, own, rangeEnds(part, context), context.params)})`]
  }
}

type Ends = { readonly from: string; readonly to: string }

function soonConverted(seconds: number, own: string, { from, to }: Ends, params: SqlParams): string {
  const soon = params.add('UInt32', seconds)
  return `SELECT click_id FROM ledger
  WHERE ${own} AND kind = 'conversion' AND conversions > 0
    AND at_slot >= toStartOfFifteenMinutes(${from}) AND at_slot <= ${to} + ${soon}
    AND toUnixTimestamp64Milli(ledger.at) - toUnixTimestamp64Milli(visit_at) < ${soon} * 1000`
}

/** What the visits of one link have in common: its campaign, or the offer and the affiliate of an affiliate link. */
const LINK_COLUMNS =
  "campaign_id, if(campaign_id = '', offer_id, '') AS own_offer, if(campaign_id = '', affiliate_id, '') AS own_affiliate"
const LINK_NAMES = 'campaign_id, own_offer, own_affiliate'

/**
 * The visits before the range count too, as far back as the minutes reach. An address that retention has cut to its
 * network ("203.0.113.0/24") tells no visitor from another; a hashed one does, within a month.
 */
function repeated(
  { visits, minutes }: { readonly visits: number; readonly minutes: number },
  own: string,
  { from, to }: Ends,
  params: SqlParams,
): string {
  const span = params.add('UInt32', minutes * 60)
  return `SELECT click_id FROM (
    SELECT click_id, count() OVER (
      PARTITION BY ${LINK_NAMES}, ip ORDER BY seconds RANGE BETWEEN ${minutes * 60} PRECEDING AND CURRENT ROW
    ) AS nth
    FROM (
      SELECT click_id, ${LINK_COLUMNS}, ip, toUnixTimestamp(min(at)) AS seconds
      FROM ledger
      WHERE ${own} AND kind = 'visit' AND ip != '' AND position(ip, '/') = 0
        AND at_slot >= toStartOfFifteenMinutes(${from} - ${span}) AND at_slot <= ${to}
      GROUP BY click_id, ${LINK_NAMES}, ip
      HAVING ${IS_THERE}
    )
  ) WHERE nth > ${params.add('UInt32', visits)}`
}
