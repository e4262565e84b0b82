import { randomUUID } from 'node:crypto'
import type { ApiDeps } from '../../src/api/api-deps.ts'
import { issueApiKey } from '../../src/api/api-key.ts'
import { DEFAULT_TERMS, type OfferTerms } from '../../src/domain/offer-terms.ts'
import { createAdvertiser } from '../../src/store/advertisers.ts'
import {
  type AffiliateOfferFields,
  NEW_APPLICATION,
  saveAffiliateOffer,
} from '../../src/store/affiliate-offers.ts'
import { type AffiliateFields, createAffiliate } from '../../src/store/affiliates.ts'
import { insertConversions, type StoredConversion } from '../../src/store/conversions.ts'
import { createOffer, type OfferFields } from '../../src/store/offers.ts'
import { createWorkspace, type WorkspaceFields } from '../../src/store/workspaces.ts'
import type { TestStores } from '../support/databases.ts'
import { PLAIN_ADVERTISER, PLAIN_AFFILIATE, PLAIN_OFFER, PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { openTestApi, type TestApi } from './api-harness.ts'

export const PORTAL_NOW = Date.UTC(2026, 10, 22, 10)

/** Numbers and names that no affiliate may ever read. */
export const SECRET_REVENUE_MICROS = 987_654_321
export const SECRETS = [
  '987.654321',
  '987654321',
  'SECRET-ADVERTISER',
  'SECRET-NOTE',
  'SECRET-TOKEN',
  'SECRET-ORDER',
]

/** Calls the portal as one affiliate. */
export type Portal = {
  readonly affiliateId: string
  get(path: string): Promise<Answer>
  post(path: string, body?: object): Promise<Answer>
  patch(path: string, body: object): Promise<Answer>
  delete(path: string): Promise<Answer>
}

export type Answer = Awaited<ReturnType<TestApi['app']['inject']>>

export type PortalRig = {
  readonly api: TestApi
  readonly workspace: string
  readonly advertiserId: string
  readonly advertiserKey: { readonly workspace: string; readonly id: string }
  /** An affiliate with a key, active unless told. */
  affiliate(changes?: Partial<AffiliateFields>): Promise<Portal>
  offer(terms?: Partial<OfferTerms>, changes?: Partial<OfferFields>): Promise<string>
  agree(offerId: string, portal: Portal, fields: Partial<AffiliateOfferFields>): Promise<void>
  conversion(changes: Partial<StoredConversion>): Promise<string>
}

/** A network with one advertiser; what it keeps to itself is recognisable. */
export async function openPortal(
  stores: TestStores,
  changes: { readonly workspace?: Partial<WorkspaceFields>; readonly deps?: Partial<ApiDeps> } = {},
): Promise<PortalRig> {
  const api = await openTestApi(stores, { clock: () => PORTAL_NOW, ...changes.deps })
  const { db } = api.store
  const { id: workspace } = await createWorkspace(
    db,
    { ...PLAIN_WORKSPACE, ...changes.workspace },
    PORTAL_NOW,
  )
  const advertiser = await createAdvertiser(
    db,
    workspace,
    {
      ...PLAIN_ADVERTISER,
      name: 'SECRET-ADVERTISER',
      token: `SECRET-TOKEN-${workspace}`,
      note: 'SECRET-NOTE',
    },
    PORTAL_NOW,
  )
  const advertiserId = advertiser.id
  return {
    api,
    workspace,
    advertiserId,
    advertiserKey: { workspace, id: advertiserId },
    async affiliate(fields = {}) {
      const { id } = await createAffiliate(
        db,
        workspace,
        { ...PLAIN_AFFILIATE, note: 'SECRET-NOTE', ...fields },
        PORTAL_NOW,
      )
      const key = { workspace, name: 'key', role: 'affiliate', affiliateId: id } as const
      return portalOf(api, id, (await issueApiKey(db, key, PORTAL_NOW)).key)
    },
    async offer(terms = {}, fields = {}) {
      const all = { ...DEFAULT_TERMS, ...PRICES, ...terms }
      const offer = { ...PLAIN_OFFER, defaultEvent: 'sale', ...fields, advertiserId, terms: all }
      return (await createOffer(db, workspace, offer, PORTAL_NOW)).id
    },
    async agree(offerId, { affiliateId }, fields) {
      await saveAffiliateOffer(
        db,
        { workspace, offerId, affiliateId },
        { ...NEW_APPLICATION, ...fields },
        PORTAL_NOW,
      )
    },
    async conversion(fields) {
      const conversion = conversionOf({ workspace, advertiserId, ...fields })
      await insertConversions(db, [conversion])
      return conversion.id
    },
  }
}

const PRICES = {
  revenue: { model: 'flat', amountMicros: SECRET_REVENUE_MICROS },
  payout: { model: 'flat', amountMicros: 2_000_000 },
} as const satisfies Partial<OfferTerms>

function portalOf({ app }: TestApi, affiliateId: string, key: string): Portal {
  const headers = { authorization: `Bearer ${key}` }
  const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
    app.inject({
      method,
      url: `/api/v1/portal/${path}`,
      headers,
      ...(payload === undefined ? {} : { payload }),
    })
  return {
    affiliateId,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
    delete: (path) => call('DELETE', path),
  }
}

function conversionOf(
  fields: Partial<StoredConversion> & Pick<StoredConversion, 'workspace' | 'advertiserId'>,
): StoredConversion {
  const id = fields.id ?? randomUUID()
  const { workspace } = fields
  const at = PORTAL_NOW
  return {
    clickId: 'click-1',
    event: 'sale',
    txid: 'SECRET-ORDER',
    identity: id,
    status: 'approved',
    revenueMicros: SECRET_REVENUE_MICROS,
    currency: 'USD',
    originalMicros: SECRET_REVENUE_MICROS,
    originalCurrency: 'USD',
    rateMicros: 1_000_000,
    costMicros: 0,
    counts: { conversion: true, revenue: true, cost: false },
    attribution: 'cid',
    hitId: 'hit-1',
    visit: { kind: 'visit', workspace, at, visit_at: at, click_id: 'click-1' },
    campaignId: '',
    trafficSourceId: '',
    affiliateNetworkId: '',
    offerId: '',
    externalId: '',
    visitAt: at,
    params: {},
    reason: 'SECRET-NOTE',
    affiliateId: '',
    payoutMicros: 2_000_000,
    saleMicros: SECRET_REVENUE_MICROS,
    agreement: null,
    payableAt: at,
    person: null,
    pastStatuses: [],
    transitions: 1,
    createdAt: at,
    updatedAt: at,
    ...fields,
    id,
  }
}
