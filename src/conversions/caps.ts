import { formatMicros } from '../domain/money.ts'
import { agreeOn } from '../domain/offer-price.ts'
import type { AffiliateOffer } from '../store/affiliate-offers.ts'
import { countOfCap, takeFromCaps } from '../store/cap-counters.ts'
import { changeConfiguration } from '../store/config-version.ts'
import { type CappedOffer, capsOfAffiliate, capsOfOffer, type OfferCap } from '../store/offer-caps.ts'
import type { Db } from '../store/transaction.ts'
import type { Court } from './court.ts'
import { type HitContext, isAdvertisers } from './hit-context.ts'
import { provesItself } from './proof.ts'
import { NAMELESS_EVENT } from './read-report.ts'
import { isReportedByMember } from './reported-by-member.ts'

/** What a conversion, or a change of one, takes from caps; money in micros of the workspace's currency. */
export type Taken = Readonly<Record<OfferCap['measure'], number>>

type Agreed = AffiliateOffer | undefined

/**
 * Counts a conversion against all caps of its offer and of its affiliate at the offer, or against none when it does
 * not fit in one.
 *
 * The one that uses a cap up counts the configuration's version up in the same transaction: edges get a snapshot that
 * sends visitors elsewhere. A conversion that is rejected later does not give its place back: the cap bounds what the
 * advertiser is sent, and its period may be over by then.
 * @returns why there is no room, or undefined when it was counted.
 */
export async function takeRoom(
  db: Db,
  context: HitContext,
  agreed: Agreed,
  taken: Taken,
): Promise<string | undefined> {
  const shares = capsOf(context, agreed)
    .map((cap) => ({ ...cap, amount: taken[cap.measure], repeats: repeats(cap.measure, context, agreed) }))
    .filter(({ amount }) => amount > 0)
  if (shares.length === 0) return undefined
  const taking = await takeFromCaps(db, shares)
  if (taking.usedUp) await changeConfiguration(db, () => Promise.resolve())
  if (taking.taken) return undefined
  return `${nameOf(context, taking.full)} ${when(context, taking.full)} is used up`
}

/** Whether each conversion takes as much: at a flat price, and not by a share of a sale. */
function repeats(measure: OfferCap['measure'], context: HitContext, agreed: Agreed): boolean {
  if (measure === 'conversions') return true
  const { fields, offer, affiliate } = context
  if (!isAdvertisers(offer)) return false
  const { terms, currency, defaultEvent } = offer
  const of = {
    event: fields.event,
    defaultEvent: defaultEvent || NAMELESS_EVENT,
    tier: affiliate?.tier ?? '',
  }
  const { revenue, payout } = agreeOn({ terms, currency, ...of, custom: agreed?.payouts })
  return (measure === 'revenueMicros' ? revenue : payout).model === 'flat'
}

/**
 * The locks under which the offers' caps are taken from: of those among them that have caps. A transaction takes them
 * all before the first counter, so that two of them, which take from the same caps in another order, never wait for
 * each other.
 */
export function locksOfCaps(court: Court, offerIds: readonly string[]): readonly string[] {
  const own = [...court.affiliateOffers.values()].filter(({ caps }) => caps !== null)
  const capped = new Set(own.map(({ offerId }) => offerId))
  return [...new Set(offerIds)].flatMap((id) => {
    const offer = court.configuration.offers.get(id)
    const isCapped = offer !== undefined && (capped.has(id) || hasCaps(offer, court.now))
    return isCapped ? [`caps ${id}`] : []
  })
}

function hasCaps(offer: CappedOffer, now: number): boolean {
  return capsOfOffer(offer, now).length > 0 || capsOfAffiliate(offer, '', null, now).length > 0
}

/** For `test=1`: how much of each cap is used. */
export async function previewCaps(
  db: Db,
  context: HitContext,
  agreed: Agreed,
): Promise<readonly { readonly ok: boolean; readonly detail: string }[]> {
  const previews: { ok: boolean; detail: string }[] = []
  for (const cap of capsOf(context, agreed)) {
    const used = await countOfCap(db, cap.key, cap.period)
    const period = when(context, cap)
    const whose = cap.bounds === 'affiliate' ? ' by the affiliate' : ''
    const ok = used < cap.max
    const detail = mayBeTold(context, cap)
      ? `${inUnits(context, cap, used)} of ${inUnits(context, cap, cap.max)} used${whose} ${period}`
      : `the ${secretName(cap)}${whose} ${period} ${ok ? 'has room' : 'is used up'}`
    previews.push({ ok, detail })
  }
  return previews
}

/** Of the periods that the hit arrived in; those of everybody first. */
function capsOf({ offer, hit, affiliate }: HitContext, agreed: Agreed) {
  if (offer === undefined) return []
  const own = affiliate && capsOfAffiliate(offer, affiliate.id, agreed?.caps ?? null, hit.at)
  return [...capsOfOffer(offer, hit.at), ...(own ?? [])]
}

/**
 * An advertiser is told how much its own caps are, if it proves to be it: an affiliate could ask else, who knows click
 * ids too. What affiliates are paid is none of its business.
 */
function mayBeTold(context: HitContext, { measure }: OfferCap): boolean {
  if (!isAdvertisers(context.offer) || isReportedByMember(context.hit)) return true
  return measure !== 'payoutMicros' && provesItself(context)
}

function nameOf(context: HitContext, cap: OfferCap): string {
  const whose = cap.bounds === 'affiliate' ? "the affiliate's" : "the offer's"
  if (!mayBeTold(context, cap)) return `${whose} ${secretName(cap)}`
  return `${whose} cap of ${inUnits(context, cap, cap.max)} ${MEASURES[cap.measure]}`
}

/** Which cap it is, and not how much. */
function secretName({ measure }: OfferCap): string {
  return measure === 'conversions' ? 'cap of conversions' : `${MEASURES[measure]} cap`
}

const MEASURES: Readonly<Record<OfferCap['measure'], string>> = {
  conversions: 'conversions',
  revenueMicros: 'revenue',
  payoutMicros: 'payout',
}

function inUnits({ workspace }: HitContext, { measure }: OfferCap, amount: number): string {
  return measure === 'conversions' ? String(amount) : `${formatMicros(amount)} ${workspace.currency}`
}

function when({ offer }: HitContext, cap: OfferCap): string {
  return cap.kind === 'total' ? 'in total' : `in ${cap.period} (${offer?.caps.timeZone ?? 'UTC'})`
}
