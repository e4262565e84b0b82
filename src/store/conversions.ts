import { type Insertable, type Selectable, sql } from 'kysely'
import type { Agreement } from '../domain/agreement.ts'
import type {
  AttributionMethod,
  ConversionChange,
  ConversionStatus,
  EventCounts,
} from '../domain/conversion-types.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import type { Person } from '../domain/person.ts'
import { type ConversionFilter, fitsConversionFilter } from './conversion-filter.ts'
import { inChunks } from './in-chunks.ts'
import type { OwnedId } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** A result worth money or counting. */
export type StoredConversion = {
  readonly id: string
  readonly workspace: string
  readonly clickId: string
  readonly event: string
  readonly txid: string
  /** What makes it the same conversion; unique in the workspace. */
  readonly identity: string
  readonly status: ConversionStatus
  /** In the workspace's currency. */
  readonly revenueMicros: number
  readonly currency: string
  readonly originalMicros: number
  readonly originalCurrency: string
  /** Original → workspace currency. */
  readonly rateMicros: number
  /** What the traffic source is owed for it, in the workspace's currency. */
  readonly costMicros: number
  /** What it counts as, as set when it was recorded. */
  readonly counts: EventCounts
  readonly attribution: AttributionMethod
  /** The hit that made it. */
  readonly hitId: string
  /** The visit's row of the ledger: its dimensions are repeated on every row of this conversion. */
  readonly visit: LedgerRow
  readonly campaignId: string
  readonly trafficSourceId: string
  readonly affiliateNetworkId: string
  readonly offerId: string
  readonly externalId: string
  readonly visitAt: number
  /** p1…p10, by name. */
  readonly params: Readonly<Record<string, string>>
  readonly reason: string
  /** On the network's side; '' on the tracker's. */
  readonly affiliateId: string
  readonly advertiserId: string
  /** What the affiliate is owed, in the workspace's currency; 0 on the tracker's side. */
  readonly payoutMicros: number
  /** The amount of the advertiser's sale, in the workspace's currency; 0 on the tracker's side. */
  readonly saleMicros: number
  /** Null on the tracker's side. */
  readonly agreement: Agreement | null
  /** When its hold is over, Unix milliseconds; null on the tracker's side. */
  readonly payableAt: number | null
  /** Who converted, hashed; null when nobody said, or without consent. */
  readonly person: Person | null
  /** Statuses that it has had before its newest transition, each once. */
  readonly pastStatuses: readonly ConversionStatus[]
  /** Number of its transitions so far: n of the newest one. */
  readonly transitions: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** Transition n of a conversion; 1 is its creation. */
export type Transition = ConversionChange & {
  readonly n: number
  readonly at: number
  readonly hitId: string
  /** 'hit', or the user or key that did it by hand: `user:ID` or `key:ID`. */
  readonly actor: string
  readonly reason: string
}

/** New conversions. Fails when the identity of one is recorded already, and keeps none of them then. */
export async function insertConversions(db: Db, conversions: readonly StoredConversion[]): Promise<void> {
  await inChunks(conversions.map(toRow), async (rows) => {
    await db.insertInto('conversions').values(rows).execute()
  })
}

/** Writes what a transition can change; the caller holds the lock of its click id. */
export async function updateConversion(db: Db, conversion: StoredConversion): Promise<void> {
  const row = toRow(conversion)
  await db
    .updateTable('conversions')
    .set({
      status: row.status,
      revenue_micros: row.revenue_micros,
      original_micros: row.original_micros,
      original_currency: row.original_currency,
      rate_micros: row.rate_micros,
      cost_micros: row.cost_micros,
      visit_json: row.visit_json,
      external_id: row.external_id,
      txid: row.txid,
      params_json: row.params_json,
      reason: row.reason,
      payout_micros: row.payout_micros,
      sale_micros: row.sale_micros,
      payable_at: row.payable_at,
      past_statuses: row.past_statuses,
      person_json: row.person_json,
      transitions: row.transitions,
      updated_at: row.updated_at,
    })
    .where('id', '=', conversion.id)
    .execute()
}

export async function appendTransitions(
  db: Db,
  entries: readonly { readonly conversion: StoredConversion; readonly transition: Transition }[],
): Promise<void> {
  const all = entries.map(({ conversion, transition }) => ({
    conversion_id: conversion.id,
    workspace: conversion.workspace,
    n: transition.n,
    at: transition.at,
    hit_id: transition.hitId,
    actor: transition.actor,
    from_status: transition.fromStatus,
    to_status: transition.toStatus,
    from_revenue_micros: transition.fromRevenueMicros,
    to_revenue_micros: transition.toRevenueMicros,
    from_payout_micros: transition.fromPayoutMicros,
    to_payout_micros: transition.toPayoutMicros,
    reason: transition.reason,
  }))
  await inChunks(all, async (rows) => {
    await db.insertInto('conversion_history').values(rows).execute()
  })
}

/** The visit's conversions, oldest first. */
export async function conversionsOfClick(
  db: Db,
  key: { readonly workspace: string; readonly clickId: string },
  max: number,
): Promise<readonly StoredConversion[]> {
  const rows = await db
    .selectFrom('conversions')
    .selectAll()
    .where('workspace', '=', key.workspace)
    .where('click_id', '=', key.clickId)
    .orderBy('created_at')
    .orderBy('id')
    .limit(max)
    .execute()
  return rows.map(toConversion)
}

/**
 * All conversions of the visits, oldest first. To decide on them, hold the locks of the click ids (lock-keys.ts).
 *
 * Sorted here: asked to sort, SQLite walks all conversions of the workspace by their age instead of looking the few
 * click ids up, which took 8 ms a commit among 10,000 conversions, and grew with them.
 */
export async function conversionsOfClicks(
  db: Db,
  workspace: string,
  clickIds: readonly string[],
): Promise<readonly StoredConversion[]> {
  if (clickIds.length === 0) return []
  const rows = await db
    .selectFrom('conversions')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('click_id', 'in', clickIds)
    .execute()
  return rows.map(toConversion).sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
}

/** Those of the advertisers' transactions that were recorded without a click. */
export async function conversionsWithoutClick(
  db: Db,
  workspace: string,
  of: { readonly advertiserIds: readonly string[]; readonly txids: readonly string[] },
): Promise<readonly StoredConversion[]> {
  if (of.advertiserIds.length === 0 || of.txids.length === 0) return []
  const rows = await db
    .selectFrom('conversions')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('advertiser_id', 'in', of.advertiserIds)
    .where('txid', 'in', of.txids)
    .execute()
  // Here and not there: an engine might walk all that have no click.
  return rows.filter((row) => row.click_id === '').map(toConversion)
}

/** What an advertiser calls one order, in all its conversions that carry its number. */
export type Order = Pick<StoredConversion, 'workspace' | 'advertiserId' | 'txid'>

/**
 * The conversions of an order, oldest first. To decide on them, hold its lock and those of their visits.
 * @param which `clickless` for those that were recorded without a click alone.
 */
export async function conversionsOfOrder(
  db: Db,
  { workspace, advertiserId, txid }: Order,
  which: { readonly clickless: boolean; readonly max: number },
): Promise<readonly StoredConversion[]> {
  const ofOrder = db
    .selectFrom('conversions')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('advertiser_id', '=', advertiserId)
    // SQLite uses the index of the network's rows for what repeats its condition word by word.
    .where(sql<boolean>`advertiser_id <> ''`)
    .where('txid', '=', txid)
    .limit(which.max)
  const rows = await (which.clickless ? ofOrder.where('click_id', '=', '') : ofOrder).execute()
  return rows.map(toConversion).sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
}

/** The conversion of that identity. To decide on it, hold the lock that its hits take. */
export async function findConversionOfIdentity(
  db: Db,
  key: { readonly workspace: string; readonly identity: string },
): Promise<StoredConversion | undefined> {
  const row = await db
    .selectFrom('conversions')
    .selectAll()
    .where('workspace', '=', key.workspace)
    .where('identity', '=', key.identity)
    .executeTakeFirst()
  return row === undefined ? undefined : toConversion(row)
}

export async function getConversionWithHistory(
  db: Db,
  key: OwnedId,
): Promise<{ conversion: StoredConversion; history: readonly Transition[] } | undefined> {
  const row = await db
    .selectFrom('conversions')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const history = await db
    .selectFrom('conversion_history')
    .selectAll()
    .where('conversion_id', '=', key.id)
    .orderBy('n')
    .execute()
  return { conversion: toConversion(row), history: history.map(toTransition) }
}

/** Whether the conversion ever had one of the statuses. */
export async function hasEverBeen(
  db: Db,
  conversionId: string,
  statuses: readonly ConversionStatus[],
): Promise<boolean> {
  const row = await db
    .selectFrom('conversion_history')
    .select('n')
    .where('conversion_id', '=', conversionId)
    .where('to_status', 'in', statuses)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Newest first. */
export async function listConversions(
  db: Db,
  workspace: string,
  filter: ConversionFilter,
  page: PageRequest,
): Promise<Page<StoredConversion>> {
  const rows = await db
    .selectFrom('conversions')
    .selectAll()
    .where(fitsConversionFilter(workspace, filter))
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toConversion), page, (conversion) => conversion.createdAt)
}

function toRow(conversion: StoredConversion): Insertable<Database['conversions']> {
  return {
    id: conversion.id,
    workspace: conversion.workspace,
    click_id: conversion.clickId,
    event: conversion.event,
    txid: conversion.txid,
    identity: conversion.identity,
    status: conversion.status,
    revenue_micros: conversion.revenueMicros,
    currency: conversion.currency,
    original_micros: conversion.originalMicros,
    original_currency: conversion.originalCurrency,
    rate_micros: conversion.rateMicros,
    cost_micros: conversion.costMicros,
    counts_conversion: conversion.counts.conversion ? 1 : 0,
    counts_revenue: conversion.counts.revenue ? 1 : 0,
    counts_cost: conversion.counts.cost ? 1 : 0,
    attribution: conversion.attribution,
    hit_id: conversion.hitId,
    visit_json: JSON.stringify(conversion.visit),
    campaign_id: conversion.campaignId,
    traffic_source_id: conversion.trafficSourceId,
    affiliate_network_id: conversion.affiliateNetworkId,
    offer_id: conversion.offerId,
    external_id: conversion.externalId,
    visit_at: conversion.visitAt,
    params_json: JSON.stringify(conversion.params),
    reason: conversion.reason,
    affiliate_id: conversion.affiliateId,
    advertiser_id: conversion.advertiserId,
    payout_micros: conversion.payoutMicros,
    sale_micros: conversion.saleMicros,
    agreement_json: JSON.stringify(conversion.agreement),
    payable_at: conversion.payableAt,
    past_statuses: JSON.stringify(conversion.pastStatuses),
    person_json: JSON.stringify(conversion.person),
    transitions: conversion.transitions,
    created_at: conversion.createdAt,
    updated_at: conversion.updatedAt,
  }
}

export function toConversion(row: Selectable<Database['conversions']>): StoredConversion {
  return {
    id: row.id,
    workspace: row.workspace,
    clickId: row.click_id,
    event: row.event,
    txid: row.txid,
    identity: row.identity,
    status: row.status,
    revenueMicros: row.revenue_micros,
    currency: row.currency,
    originalMicros: row.original_micros,
    originalCurrency: row.original_currency,
    rateMicros: row.rate_micros,
    costMicros: row.cost_micros,
    counts: {
      conversion: row.counts_conversion === 1,
      revenue: row.counts_revenue === 1,
      cost: row.counts_cost === 1,
    },
    attribution: row.attribution,
    hitId: row.hit_id,
    visit: JSON.parse(row.visit_json),
    campaignId: row.campaign_id,
    trafficSourceId: row.traffic_source_id,
    affiliateNetworkId: row.affiliate_network_id,
    offerId: row.offer_id,
    externalId: row.external_id,
    visitAt: row.visit_at,
    params: JSON.parse(row.params_json),
    reason: row.reason,
    affiliateId: row.affiliate_id,
    advertiserId: row.advertiser_id,
    payoutMicros: row.payout_micros,
    saleMicros: row.sale_micros,
    agreement: JSON.parse(row.agreement_json),
    payableAt: row.payable_at,
    person: JSON.parse(row.person_json),
    pastStatuses: row.past_statuses === '' ? [] : JSON.parse(row.past_statuses),
    transitions: row.transitions,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export function toTransition(row: Selectable<Database['conversion_history']>): Transition {
  return {
    n: row.n,
    at: row.at,
    hitId: row.hit_id,
    actor: row.actor,
    fromStatus: row.from_status,
    toStatus: row.to_status,
    fromRevenueMicros: row.from_revenue_micros,
    toRevenueMicros: row.to_revenue_micros,
    fromPayoutMicros: row.from_payout_micros,
    toPayoutMicros: row.to_payout_micros,
    reason: row.reason,
  }
}
