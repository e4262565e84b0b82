import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import type { TargetSystem } from '../domain/target-systems/target-system.ts'
import type { DeliveryState } from '../domain/target-types.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** Which deliveries; what is absent is not asked for. Times are Unix milliseconds, their ends exclusive. */
export type DeliveryFilter = {
  readonly states?: readonly DeliveryState[] | undefined
  readonly targetId?: string | undefined
  readonly affiliateId?: string | undefined
  readonly conversionId?: string | undefined
  readonly clickId?: string | undefined
  /** host:port of the URL. */
  readonly host?: string | undefined
  /** '' for plain URLs. */
  readonly system?: TargetSystem | '' | undefined
  readonly type?: string | undefined
  /** A part of the reason; case does not matter. */
  readonly reason?: string | undefined
  /** A part of the URL or of the body; case does not matter. */
  readonly text?: string | undefined
  /** Of the conversion, as it is now. */
  readonly event?: string | undefined
  readonly status?: ConversionStatus | undefined
  /** What an attempt was answered, both ends included: {from: 500, to: 599}. */
  readonly responseStatus?: { readonly from: number; readonly to: number } | undefined
  /** Why an attempt got no answer: timeout, dns, … */
  readonly error?: string | undefined
  readonly attemptsMin?: number | undefined
  readonly createdFrom?: number | undefined
  readonly createdTo?: number | undefined
  readonly updatedFrom?: number | undefined
  readonly updatedTo?: number | undefined
  readonly dueFrom?: number | undefined
  readonly dueTo?: number | undefined
}

type Wanted = Expression<SqlBool>[]

/**
 * The rows in which a filter looks: those that one index holds together, in the order of their making. What else
 * the filter asks is asked of these rows one by one (`fitsRest`), so that whoever limits them limits the work.
 */
export function deliveriesToLookAt(db: Db, workspace: string, filter: DeliveryFilter) {
  const { conversionId, clickId, targetId, affiliateId, createdFrom, createdTo } = filter
  let query = db.selectFrom('deliveries').where('workspace', '=', workspace)
  if (createdFrom !== undefined) query = query.where('created_at', '>=', createdFrom)
  if (createdTo !== undefined) query = query.where('created_at', '<', createdTo)
  if (conversionId !== undefined) return query.where('conversion_id', '=', conversionId)
  if (clickId !== undefined) return query.where('click_id', '=', clickId)
  // Literals in both: partial indexes need to see them. Dead ones are few beside all others of a target.
  if (asksForDeadAlone(filter)) return query.where('state', '=', sql.lit('dead'))
  if (targetId !== undefined) return query.where('target_id', '=', targetId)
  if (affiliateId === undefined || affiliateId === '') return query
  return query.where('affiliate_id', '=', affiliateId).where('affiliate_id', '!=', sql.lit(''))
}

/** Whether the index holds exactly what the filter asks for. */
export function isIndexed(filter: DeliveryFilter): boolean {
  const asked = Object.entries(filter).filter(([, value]) => value !== undefined)
  const rest = asked.filter(([name]) => name !== 'createdFrom' && name !== 'createdTo')
  const [only] = rest
  if (only === undefined) return true
  if (rest.length > 1) return false
  if (only[0] === 'affiliateId') return only[1] !== ''
  return INDEXED.has(only[0]) || asksForDeadAlone(filter)
}

const INDEXED: ReadonlySet<string> = new Set(['conversionId', 'clickId', 'targetId'])

function asksForDeadAlone({ states }: DeliveryFilter): boolean {
  return states?.length === 1 && states[0] === 'dead'
}

/** Of a query over deliveries: every condition of the filter but the times of making. */
export function fitsRest(filter: DeliveryFilter): Expression<SqlBool> {
  return expressionBuilder<Database, 'deliveries'>().and([
    ...fitsColumns(filter),
    ...fitsTimes(filter),
    ...fitsTexts(filter),
    ...fitsConversion(filter),
    ...fitsAttempts(filter),
  ])
}

function fitsColumns(filter: DeliveryFilter): Wanted {
  const eb = expressionBuilder<Database, 'deliveries'>()
  const wanted: Wanted = []
  const { states, targetId, affiliateId, conversionId, clickId, host, system, type, attemptsMin } = filter
  if (states !== undefined) wanted.push(eb('deliveries.state', 'in', states))
  if (targetId !== undefined) wanted.push(eb('deliveries.target_id', '=', targetId))
  if (affiliateId !== undefined) wanted.push(eb('deliveries.affiliate_id', '=', affiliateId))
  if (conversionId !== undefined) wanted.push(eb('deliveries.conversion_id', '=', conversionId))
  if (clickId !== undefined) wanted.push(eb('deliveries.click_id', '=', clickId))
  if (host !== undefined) wanted.push(eb('deliveries.host', '=', host))
  if (system !== undefined) wanted.push(eb('deliveries.system', '=', system))
  if (type !== undefined) wanted.push(eb('deliveries.type', '=', type))
  if (attemptsMin !== undefined) wanted.push(eb('deliveries.attempts', '>=', attemptsMin))
  return wanted
}

function fitsTimes({ updatedFrom, updatedTo, dueFrom, dueTo }: DeliveryFilter): Wanted {
  const eb = expressionBuilder<Database, 'deliveries'>()
  const wanted: Wanted = []
  if (updatedFrom !== undefined) wanted.push(eb('deliveries.updated_at', '>=', updatedFrom))
  if (updatedTo !== undefined) wanted.push(eb('deliveries.updated_at', '<', updatedTo))
  if (dueFrom !== undefined) wanted.push(eb('deliveries.due_at', '>=', dueFrom))
  if (dueTo !== undefined) wanted.push(eb('deliveries.due_at', '<', dueTo))
  return wanted
}

function fitsTexts({ reason, text }: DeliveryFilter): Wanted {
  const wanted: Wanted = []
  if (reason !== undefined) wanted.push(contains('reason', reason))
  if (text !== undefined) {
    wanted.push(expressionBuilder<Database>().or([contains('url', text), contains('body', text)]))
  }
  return wanted
}

/** By `like` on both engines: SQLite's ignores the case of ASCII, PostgreSQL's does not. */
function contains(column: 'reason' | 'url' | 'body', part: string): Expression<SqlBool> {
  const pattern = `%${part.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`
  return sql<SqlBool>`lower(${sql.ref(`deliveries.${column}`)}) like ${pattern} escape '\\'`
}

function fitsConversion({ event, status }: DeliveryFilter): Wanted {
  if (event === undefined && status === undefined) return []
  const eb = expressionBuilder<Database, 'deliveries'>()
  let conversion = eb
    .selectFrom('conversions')
    .select('conversions.id')
    .whereRef('conversions.id', '=', 'deliveries.conversion_id')
    .whereRef('conversions.workspace', '=', 'deliveries.workspace')
  if (event !== undefined) conversion = conversion.where('conversions.event', '=', event)
  if (status !== undefined) conversion = conversion.where('conversions.status', '=', status)
  return [eb.exists(conversion)]
}

function fitsAttempts({ responseStatus, error }: DeliveryFilter): Wanted {
  if (responseStatus === undefined && error === undefined) return []
  const eb = expressionBuilder<Database, 'deliveries'>()
  let attempt = eb
    .selectFrom('delivery_attempts')
    .select('delivery_attempts.n')
    .whereRef('delivery_attempts.delivery_id', '=', 'deliveries.id')
  if (responseStatus !== undefined) {
    attempt = attempt
      .where('delivery_attempts.response_status', '>=', responseStatus.from)
      .where('delivery_attempts.response_status', '<=', responseStatus.to)
  }
  if (error !== undefined) attempt = attempt.where('delivery_attempts.error', '=', error)
  return [eb.exists(attempt)]
}
