import type { BillingDeps } from '../../src/billing/billing-deps.ts'
import type { ConversionStatus } from '../../src/domain/conversion-types.ts'
import { createAdvertiser } from '../../src/store/advertisers.ts'
import { type AffiliateFields, createAffiliate } from '../../src/store/affiliates.ts'
import { insertConversions, type StoredConversion, updateConversion } from '../../src/store/conversions.ts'
import { createOffer } from '../../src/store/offers.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createWorkspace, type WorkspaceFields } from '../../src/store/workspaces.ts'
import { PLAIN_ADVERTISER, PLAIN_AFFILIATE, PLAIN_OFFER, PLAIN_WORKSPACE } from './field-defaults.ts'

/** 2026-11-22T10:00:00Z. */
export const BILLING_NOW = Date.UTC(2026, 10, 22, 10)
export const DAY_MS = 24 * 3_600_000

/** Money of visits as the ledger would answer it. */
export type ClickRow = {
  readonly party: string
  readonly offer: string
  readonly quantity: number
  readonly amount: string
}

export type BillingWorld = {
  readonly deps: BillingDeps
  readonly workspace: string
  readonly advertiserId: string
  readonly affiliateId: string
  readonly offerId: string
  readonly time: { now: number }
  /** Tests put rows in. */
  readonly clicks: ClickRow[]
  affiliate(changes?: Partial<AffiliateFields>): Promise<string>
  /** An approved conversion of a payout of 10 and a revenue of 25, a day old and due, unless told. */
  conversion(changes?: Partial<StoredConversion>): Promise<StoredConversion>
  change(conversion: StoredConversion, changes: Partial<StoredConversion>): Promise<StoredConversion>
}

/** A workspace in US dollars with one advertiser, offer and affiliate. */
export async function buildBillingWorld(
  store: Store,
  workspaceChanges: Partial<WorkspaceFields> = {},
): Promise<BillingWorld> {
  const { db } = store
  const created = BILLING_NOW - 100 * DAY_MS
  const workspace = (await createWorkspace(db, { ...PLAIN_WORKSPACE, ...workspaceChanges }, created)).id
  const advertiserId = (await createAdvertiser(db, workspace, PLAIN_ADVERTISER, created)).id
  const affiliate = async (changes: Partial<AffiliateFields> = {}) =>
    (await createAffiliate(db, workspace, { ...PLAIN_AFFILIATE, ...changes }, created)).id
  const affiliateId = await affiliate()
  const offerId = (await createOffer(db, workspace, { ...PLAIN_OFFER, advertiserId }, created)).id
  const time = { now: BILLING_NOW }
  const clicks: ClickRow[] = []
  const ids = { workspace, advertiserId, affiliateId, offerId }
  const made = { count: 0 }
  return {
    ...ids,
    time,
    clicks,
    affiliate,
    deps: { store, ledger: clickLedger(clicks), catchUp: async () => {}, clock: () => time.now },
    conversion: async (changes = {}) => {
      made.count += 1
      const conversion = { ...plainConversion(ids, made.count), ...changes }
      await insertConversions(db, [conversion])
      return conversion
    },
    change: async (conversion, changes) => {
      const changed = { ...conversion, ...changes, transitions: conversion.transitions + 1 }
      await updateConversion(db, changed)
      return changed
    },
  }
}

/** The ledger's answer to the one question that billing asks; the SQL itself is tested on the real ledger. */
function clickLedger(clicks: readonly ClickRow[]): BillingDeps['ledger'] {
  return {
    query: async <T>(_sql: string, { partyIds }: Readonly<Record<string, unknown>>) =>
      clicks.filter(({ party }) => Array.isArray(partyIds) && partyIds.includes(party)) as T[],
  }
}

type Ids = Pick<BillingWorld, 'workspace' | 'advertiserId' | 'affiliateId' | 'offerId'>

function plainConversion(ids: Ids, n: number): StoredConversion {
  const { workspace, advertiserId, affiliateId, offerId } = ids
  const id = `${workspace}-${String(n).padStart(6, '0')}`
  const at = BILLING_NOW - DAY_MS
  const status: ConversionStatus = 'approved'
  return {
    id,
    workspace,
    clickId: id,
    event: 'sale',
    txid: `order ${n}`,
    identity: id,
    status,
    revenueMicros: 25_000_000,
    currency: 'USD',
    originalMicros: 100_000_000,
    originalCurrency: 'USD',
    rateMicros: 1_000_000,
    costMicros: 0,
    counts: { conversion: true, revenue: true, cost: false },
    attribution: 'cid',
    hitId: `hit-${id}`,
    visit: { kind: 'visit', workspace, at, visit_at: at, click_id: id },
    campaignId: '',
    trafficSourceId: '',
    affiliateNetworkId: '',
    offerId,
    externalId: `ext-${n}`,
    visitAt: at,
    params: {},
    reason: '',
    affiliateId,
    advertiserId,
    payoutMicros: 10_000_000,
    saleMicros: 100_000_000,
    agreement: null,
    payableAt: at,
    person: null,
    pastStatuses: [],
    transitions: 1,
    createdAt: at,
    updatedAt: at,
  }
}
