import type { NetworkSettings } from '../../src/domain/affiliate.ts'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { DEFAULT_TERMS, type OfferTerms } from '../../src/domain/offer-terms.ts'
import type { NotificationTarget } from '../../src/domain/target-types.ts'
import { type AdvertiserFields, createAdvertiser, updateAdvertiser } from '../../src/store/advertisers.ts'
import {
  type AffiliateOfferFields,
  NEW_APPLICATION,
  saveAffiliateOffer,
} from '../../src/store/affiliate-offers.ts'
import { type AffiliateFields, createAffiliate, updateAffiliate } from '../../src/store/affiliates.ts'
import { type CouponFields, createCoupon } from '../../src/store/coupons.ts'
import { saveRates } from '../../src/store/currency-rates.ts'
import { createNotificationTarget } from '../../src/store/notification-targets.ts'
import { createOffer, getOffer, type OfferFields, updateOffer } from '../../src/store/offers.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createWorkspace, type WorkspaceFields } from '../../src/store/workspaces.ts'
import {
  PLAIN_ADVERTISER,
  PLAIN_AFFILIATE,
  PLAIN_OFFER,
  PLAIN_TARGET,
  PLAIN_WORKSPACE,
} from './field-defaults.ts'
import { createJudgeRig, type JudgeRig, WORLD_NOW } from './judge-rig.ts'

export type NetworkWorld = Omit<JudgeRig, 'recordVisit'> & {
  readonly workspaceId: string
  readonly advertiserId: string
  readonly offerId: string
  readonly affiliateId: string
  /** Makes a visit by the affiliate's link, known to the ledger, a minute before the world's time. */
  visit(changes?: Partial<LedgerRow>): string
  /** Makes a target of the affiliate, approved, for all offers; a postback unless the changes say otherwise. */
  target(changes?: Partial<NotificationTarget>): Promise<string>
  /** Makes another affiliate. */
  affiliate(changes?: Partial<AffiliateFields>): Promise<string>
  /** Makes another offer of the advertiser, as the world's but for the changes. */
  offer(changes?: Partial<OfferFields>, terms?: Partial<OfferTerms>): Promise<string>
  /** Makes a coupon of the world's affiliate and offer. */
  coupon(changes: Partial<CouponFields> & Pick<CouponFields, 'name'>): Promise<string>
  /** Says where an affiliate stands with the world's offer. */
  agree(fields: Partial<AffiliateOfferFields>, affiliateId?: string): Promise<void>
  changeTerms(changes: Partial<OfferTerms>): Promise<void>
  changeOffer(changes: Partial<OfferFields>): Promise<void>
  changeAdvertiser(changes: Partial<AdvertiserFields>): Promise<void>
  changeAffiliate(changes: Partial<AffiliateFields>): Promise<void>
}

export type NetworkSettingsOfWorld = {
  readonly workspace?: Partial<WorkspaceFields>
  readonly network?: Partial<NetworkSettings>
  readonly advertiser?: Partial<AdvertiserFields>
  readonly offer?: Partial<OfferFields>
  readonly terms?: Partial<OfferTerms>
  readonly affiliate?: Partial<AffiliateFields>
}

/** Two dollars to the affiliate, three from the advertiser, for each sale. */
export const WORLD_TERMS: OfferTerms = {
  ...DEFAULT_TERMS,
  revenue: { model: 'flat', amountMicros: 3_000_000 },
  payout: { model: 'flat', amountMicros: 2_000_000 },
}

const OFFER: OfferFields = {
  ...PLAIN_OFFER,
  name: 'Ringtones',
  url: 'https://advertiser.example/?cid={clickid}',
  defaultEvent: 'sale',
}

const TARGET = {
  ...PLAIN_TARGET,
  ownerType: 'affiliate',
  url: 'https://affiliate.example/pb?cid={externalid}&payout={payout}&status={status}',
} as const satisfies Omit<NotificationTarget, 'id' | 'workspace' | 'ownerId'>

/**
 * A network in US dollars (an euro is 1.25 of them) with one advertiser, one offer of its, one active affiliate, and
 * a judge over a ledger in memory.
 */
export async function buildNetworkWorld(
  store: Store,
  settings: NetworkSettingsOfWorld = {},
): Promise<NetworkWorld> {
  const { db } = store
  const ids = await configure(store, settings)
  const { recordVisit, ...rig } = createJudgeRig(store)
  const key = (id: string) => ({ workspace: ids.workspaceId, id })
  const targets = { count: 0 }
  return {
    ...rig,
    ...ids,
    visit: (changes = {}) =>
      recordVisit({
        workspace: ids.workspaceId,
        affiliate_id: ids.affiliateId,
        advertiser_id: ids.advertiserId,
        offer_id: ids.offerId,
        external_id: 'AFF-CLICK-1',
        sub1: 'newsletter',
        country: 'DE',
        ...changes,
      }),
    async target(changes = {}) {
      const fields = { ...TARGET, ownerId: ids.affiliateId, ...changes }
      // Each later than the one before: pixels are shown in the order of their targets.
      const at = WORLD_NOW + targets.count++
      return (await createNotificationTarget(db, ids.workspaceId, fields, at)).id
    },
    async affiliate(changes = {}) {
      const fields = { ...PLAIN_AFFILIATE, ...changes }
      return (await createAffiliate(db, ids.workspaceId, fields, WORLD_NOW)).id
    },
    async offer(changes = {}, terms = {}) {
      const fields = offerFields(ids.advertiserId, settings)
      const own = { ...fields, terms: { ...WORLD_TERMS, ...settings.terms, ...terms }, ...changes }
      return (await createOffer(db, ids.workspaceId, own, WORLD_NOW)).id
    },
    async coupon(changes) {
      const { affiliateId, offerId } = ids
      const fields = { affiliateId, offerId, ...changes }
      return (await createCoupon(db, ids.workspaceId, fields, WORLD_NOW)).id
    },
    async agree(fields, affiliateId = ids.affiliateId) {
      const pair = { workspace: ids.workspaceId, offerId: ids.offerId, affiliateId }
      await saveAffiliateOffer(db, pair, { ...NEW_APPLICATION, state: 'approved', ...fields }, WORLD_NOW)
    },
    async changeTerms(changes) {
      const terms = (await getOffer(db, key(ids.offerId)))?.terms ?? WORLD_TERMS
      await updateOffer(db, key(ids.offerId), { terms: { ...terms, ...changes } }, WORLD_NOW)
    },
    changeOffer: async (changes) => void (await updateOffer(db, key(ids.offerId), changes, WORLD_NOW)),
    changeAdvertiser: async (changes) =>
      void (await updateAdvertiser(db, key(ids.advertiserId), changes, WORLD_NOW)),
    changeAffiliate: async (changes) =>
      void (await updateAffiliate(db, key(ids.affiliateId), changes, WORLD_NOW)),
  }
}

async function configure({ db }: Store, settings: NetworkSettingsOfWorld) {
  const network = { ...PLAIN_WORKSPACE.network, ...settings.network }
  const fields = { ...PLAIN_WORKSPACE, network, ...settings.workspace }
  const workspace = await createWorkspace(db, fields, WORLD_NOW)
  const advertiser = await createAdvertiser(
    db,
    workspace.id,
    { ...PLAIN_ADVERTISER, name: 'Jamba', ...settings.advertiser },
    WORLD_NOW,
  )
  const offer = await createOffer(db, workspace.id, offerFields(advertiser.id, settings), WORLD_NOW)
  const affiliate = await createAffiliate(
    db,
    workspace.id,
    { ...PLAIN_AFFILIATE, name: 'Media buyer', ...settings.affiliate },
    WORLD_NOW,
  )
  await saveRates(db, { EUR: 800_000 }, WORLD_NOW)
  return {
    workspaceId: workspace.id,
    advertiserId: advertiser.id,
    offerId: offer.id,
    affiliateId: affiliate.id,
  }
}

function offerFields(advertiserId: string, { offer, terms }: NetworkSettingsOfWorld): OfferFields {
  return { ...OFFER, advertiserId, terms: { ...WORLD_TERMS, ...terms }, ...offer }
}

/** One hit, judged. */
export async function send(
  world: NetworkWorld,
  params: Record<string, string>,
  changes?: Partial<Hit>,
): Promise<HitAnswer> {
  const [answer] = await world.judge.judge([world.hit(params, changes)])
  if (answer === undefined) throw new Error('no answer')
  return answer
}

/** The same in a few words: its outcome, and the reason when there is one. */
export async function told(
  world: NetworkWorld,
  params: Record<string, string>,
  changes?: Partial<Hit>,
): Promise<string> {
  const { outcome, reason = '' } = await send(world, params, changes)
  return reason === '' ? outcome : `${outcome}: ${reason}`
}
