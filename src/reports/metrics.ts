import { ReportRequestError } from './report-request.ts'
import type { SqlParams } from './sql-params.ts'

/**
 * A metric is computed from sums over rows, by the same formula for a group and for the total: the value of a
 * ratio's total is the ratio of the totals.
 */
export type Metric = {
  /** Sums it needs. */
  readonly sums: readonly Sum[]
  /** Its value, as SQL over sums. */
  readonly value: (of: OfSum) => string
  readonly kind: MetricKind
}

/** Names a sum's column, in the group or in the total. */
export type OfSum = (sum: Sum) => string

/** A metric that formulas may name. */
export type PlainMetric = Metric & {
  /** Its value before any rounding: a part, of a whole where it is a quotient. */
  readonly fraction: (of: OfSum) => { readonly part: Quantity; readonly whole?: Quantity }
}

/** SQL of an integer, or of a decimal of six places. */
export type Quantity = { readonly sql: string; readonly isDecimal: boolean }

/**
 * count: integer. money: decimal string in the workspace's currency. number: decimal string of no unit. ratio: number,
 * 0.05 for 5 %.
 */
export type MetricKind = (typeof METRIC_KINDS)[number]
export const METRIC_KINDS = ['count', 'money', 'number', 'ratio'] as const

/** @param id unique among the sums of a query, and a part of column names. */
export type Sum = { readonly id: string; readonly sql: string }

type ParamMetric = (placeholder: string, id: string) => PlainMetric

/**
 * Metrics of one event or one named number, as PREFIX:NAME. `events` counts an event whether or not it is set to
 * count as a conversion; like `conversions` it counts pending and approved.
 */
const PARAM_METRICS: Readonly<Record<string, ParamMetric>> = {
  conversions: (event, id) => count({ id, sql: `sumIf(conversions_counted, event = ${event})` }),
  events: (event, id) =>
    count({
      id,
      sql: `sumIf(conversions + events, event = ${event} AND status IN ('pending', 'approved'))`,
    }),
  revenue: (event, id) => money({ id, sql: `sumIf(revenue, event = ${event})` }),
  number: (name, id) => ({ ...money({ id, sql: `sum(numbers[${name}])` }), kind: 'number' }),
}

/** Pending and approved (ledger/schema.ts). */
const conversions: Sum = { id: 'conversions', sql: 'sum(conversions_counted)' }
const visits = column('visits')
const clicks = column('clicks')
const landerViews = column('lander_views')
const revenue = column('revenue')
const payout = column('payout')
const cost = column('cost')

const METRICS: Readonly<Record<string, PlainMetric>> = {
  visits: count(visits),
  unique_visits: count(column('unique_visits')),
  workspace_unique_visits: count(column('workspace_unique_visits')),
  bot_visits: count(column('bot_visits')),
  impressions: count(column('impressions')),
  lander_views: count(landerViews),
  clicks: count(clicks),
  unique_clicks: count(column('unique_clicks')),
  conversions: count(conversions),
  conversions_pending: count(byStatus('pending')),
  conversions_approved: count(byStatus('approved')),
  conversions_rejected: count(byStatus('rejected')),
  conversions_trash: count(byStatus('trash')),
  events: count(column('events')),
  revenue: money(revenue),
  payout: money(payout),
  cost: money(cost),
  /** What is left of the revenue after affiliates and traffic are paid. */
  profit: {
    sums: [revenue, payout, cost],
    value: profitOf,
    fraction: (of) => ({ part: decimal(profitOf(of)) }),
    kind: 'money',
  },
  /** Profit for each unit of money spent on affiliates and traffic. */
  roi: {
    sums: [revenue, payout, cost],
    value: (of) => {
      const spent = spentOf(of)
      return `if(${spent} = 0, NULL, toFloat64(${of(revenue)} - ${spent}) / toFloat64(${spent}))`
    },
    fraction: (of) => ({ part: decimal(profitOf(of)), whole: decimal(spentOf(of)) }),
    kind: 'ratio',
  },
  ctr: ratio(clicks, visits),
  /** Of the views that the lander's script reports. */
  lander_ctr: ratio(clicks, landerViews),
  cr: ratio(conversions, clicks),
  cv: ratio(conversions, visits),
  epc: average(revenue, clicks),
  epv: average(revenue, visits),
  /** What affiliates earn for a click. */
  payout_epc: average(payout, clicks),
  cpa: average(cost, conversions),
  cpv: average(cost, visits),
  cpc: average(cost, clicks),
  /** Average revenue of a conversion. */
  ap: average(revenue, conversions),
}

/** Names of all metrics but those of PARAM_METRICS, of which there is one for each event or named number. */
export const METRIC_NAMES: readonly string[] = Object.keys(METRICS)

export function isMetric(name: string): boolean {
  return Object.hasOwn(METRICS, name) || paramOf(name) !== undefined
}

/** @throws ReportRequestError when there is no such metric */
export function toMetric(name: string, params: SqlParams): PlainMetric {
  const metric = Object.hasOwn(METRICS, name) ? METRICS[name] : undefined
  if (metric !== undefined) return metric
  const param = paramOf(name)
  if (param === undefined) throw new ReportRequestError(`unknown metric ${name}`)
  const placeholder = params.add('String', param.value)
  // `{p3:String}`: the same value has the same placeholder, another value another one.
  return param.build(placeholder, `${param.prefix}_${placeholder.slice(1, placeholder.indexOf(':'))}`)
}

/** The parts of PREFIX:NAME; undefined when it is no such metric. */
function paramOf(
  name: string,
): { readonly prefix: string; readonly value: string; readonly build: ParamMetric } | undefined {
  const colon = name.indexOf(':')
  const prefix = name.slice(0, Math.max(colon, 0))
  const value = name.slice(colon + 1)
  const build = Object.hasOwn(PARAM_METRICS, prefix) ? PARAM_METRICS[prefix] : undefined
  return build === undefined || value === '' ? undefined : { prefix, value, build }
}

function column(name: string): Sum {
  return { id: name, sql: `sum(${name})` }
}

function byStatus(status: string): Sum {
  return { id: `conversions_${status}`, sql: `sumIf(conversions, status = '${status}')` }
}

function count(sum: Sum): PlainMetric {
  return {
    sums: [sum],
    value: (of) => of(sum),
    fraction: (of) => ({ part: integer(of(sum)) }),
    kind: 'count',
  }
}

function money(sum: Sum): PlainMetric {
  return {
    sums: [sum],
    value: (of) => of(sum),
    fraction: (of) => ({ part: decimal(of(sum)) }),
    kind: 'money',
  }
}

function ratio(part: Sum, whole: Sum): PlainMetric {
  return {
    sums: [part, whole],
    value: (of) => `if(${of(whole)} = 0, NULL, ${of(part)} / ${of(whole)})`,
    fraction: (of) => ({ part: integer(of(part)), whole: integer(of(whole)) }),
    kind: 'ratio',
  }
}

/** Money for each of something, rounded half away from zero to six places; never through a float. */
function average(amount: Sum, number: Sum): PlainMetric {
  return {
    sums: [amount, number],
    value: (of) => `if(${of(number)} = 0, NULL, round(toDecimal256(${of(amount)}, 12) / ${of(number)}, 6))`,
    fraction: (of) => ({ part: decimal(of(amount)), whole: integer(of(number)) }),
    kind: 'money',
  }
}

function profitOf(of: OfSum): string {
  return `${of(revenue)} - ${of(payout)} - ${of(cost)}`
}

function spentOf(of: OfSum): string {
  return `(${of(payout)} + ${of(cost)})`
}

function integer(sql: string): Quantity {
  return { sql, isDecimal: false }
}

function decimal(sql: string): Quantity {
  return { sql: `(${sql})`, isDecimal: true }
}
