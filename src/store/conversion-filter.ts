import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import type { Database } from './schema.ts'

/** What is absent is not asked for. */
export type ConversionFilter = {
  readonly status?: ConversionStatus | undefined
  readonly event?: string | undefined
  readonly clickId?: string | undefined
  readonly campaignId?: string | undefined
  readonly trafficSourceId?: string | undefined
  readonly affiliateNetworkId?: string | undefined
  readonly offerId?: string | undefined
  readonly affiliateId?: string | undefined
  readonly advertiserId?: string | undefined
  /** Its transaction number, external id, click id or own id. */
  readonly anyId?: string | undefined
  /** Of affiliates that this member looks after. */
  readonly managerId?: string | undefined
  /** When it was recorded, Unix milliseconds; the end is exclusive. */
  readonly createdFrom?: number | undefined
  readonly createdTo?: number | undefined
}

/** Of a query over conversions: those of the workspace that the filter names. */
export function fitsConversionFilter(workspace: string, filter: ConversionFilter): Expression<SqlBool> {
  const eb = expressionBuilder<Database, 'conversions'>()
  const wanted: Expression<SqlBool>[] = [fitsWorkspace(workspace, filter)]
  const { status, event, clickId, campaignId, offerId, createdFrom, createdTo } = filter
  if (status !== undefined) wanted.push(eb('conversions.status', '=', status))
  if (event !== undefined) wanted.push(eb('conversions.event', '=', event))
  if (clickId !== undefined) wanted.push(eb('conversions.click_id', '=', clickId))
  if (campaignId !== undefined) wanted.push(eb('conversions.campaign_id', '=', campaignId))
  if (offerId !== undefined) wanted.push(eb('conversions.offer_id', '=', offerId))
  if (createdFrom !== undefined) wanted.push(eb('conversions.created_at', '>=', createdFrom))
  if (createdTo !== undefined) wanted.push(eb('conversions.created_at', '<', createdTo))
  return eb.and([...wanted, ...fitsSenders(filter), ...fitsParties(workspace, filter)])
}

/** Said with `<> ''`, word for word as the partial indexes say it: SQLite would walk all conversions otherwise. */
function fitsSenders(filter: ConversionFilter): readonly Expression<SqlBool>[] {
  const eb = expressionBuilder<Database, 'conversions'>()
  const { trafficSourceId, affiliateNetworkId } = filter
  const wanted: Expression<SqlBool>[] = []
  if (trafficSourceId !== undefined) {
    wanted.push(eb('conversions.traffic_source_id', '=', trafficSourceId))
    if (trafficSourceId !== '') wanted.push(eb('conversions.traffic_source_id', '<>', sql.lit('')))
  }
  if (affiliateNetworkId !== undefined) {
    wanted.push(eb('conversions.affiliate_network_id', '=', affiliateNetworkId))
    if (affiliateNetworkId !== '') wanted.push(eb('conversions.affiliate_network_id', '<>', sql.lit('')))
  }
  return wanted
}

/**
 * In the workspace, and by an index for each of the ids. SQLite, which takes a workspace for some ten rows, would walk
 * all of them when an `or` of these or the workspace itself were asked beside it.
 */
function fitsWorkspace(workspace: string, { anyId }: ConversionFilter): Expression<SqlBool> {
  const eb = expressionBuilder<Database, 'conversions'>()
  if (anyId === undefined) return eb('conversions.workspace', '=', workspace)
  const known = eb
    .selectFrom('conversions as known')
    .select('known.id')
    .where('known.workspace', '=', workspace)
  const named = known
    .where('known.id', '=', anyId)
    .unionAll(known.where('known.click_id', '=', anyId))
    // As the partial indexes say it, word for word.
    .unionAll(known.where('known.txid', '=', anyId).where('known.txid', '<>', sql.lit('')))
    .unionAll(known.where('known.external_id', '=', anyId).where('known.external_id', '<>', sql.lit('')))
  return eb('conversions.id', 'in', named)
}

/** Said with `<> ''`, as of senders. */
function fitsParties(workspace: string, filter: ConversionFilter): readonly Expression<SqlBool>[] {
  const eb = expressionBuilder<Database, 'conversions'>()
  const { affiliateId, advertiserId, managerId } = filter
  const wanted: Expression<SqlBool>[] = []
  if (affiliateId !== undefined) {
    wanted.push(eb('conversions.affiliate_id', '=', affiliateId))
    if (affiliateId !== '') wanted.push(eb('conversions.affiliate_id', '<>', sql.lit('')))
  }
  if (advertiserId !== undefined) {
    wanted.push(eb('conversions.advertiser_id', '=', advertiserId))
    if (advertiserId !== '') wanted.push(eb('conversions.advertiser_id', '<>', sql.lit('')))
  }
  if (managerId !== undefined) {
    const managed = eb
      .selectFrom('affiliates')
      .select('affiliates.id')
      .where('affiliates.workspace', '=', workspace)
      .where('affiliates.manager_id', '=', managerId)
    wanted.push(eb('conversions.affiliate_id', 'in', managed))
    wanted.push(eb('conversions.affiliate_id', '<>', sql.lit('')))
  }
  return wanted
}
