import { type CapPeriod, capPeriodEnd, capPeriods } from '../domain/cap-period.ts'
import type { CapLimits } from '../domain/conversion-types.ts'
import type { AffiliateCaps } from '../domain/offer-terms.ts'
import { type AffiliateOfferKey, affiliateOfferName, loadAffiliateOffers } from './affiliate-offers.ts'
import { type Cap, fullKeyOf } from './cap-counters.ts'
import type { Offer } from './offers.ts'
import type { Db } from './transaction.ts'

/** Keys of one question: both engines' limits of parameters are far above it. */
const KEYS_PER_QUERY = 500
/** Counters of one page of a question. */
const COUNTERS_PER_PAGE = 10_000

/** What a cap counts: conversions, or micros of the workspace's currency. */
export type CapMeasure = keyof AffiliateCaps

/** One cap, with the counter of the period that a moment lies in. */
export type OfferCap = Cap &
  Pick<CapPeriod, 'kind'> & {
    readonly measure: CapMeasure
    /** Whether it bounds one affiliate, or everybody together. */
    readonly bounds: 'affiliate' | 'offer'
  }

export type CappedOffer = Pick<Offer, 'id' | 'caps' | 'terms'>

const MEASURES = ['conversions', 'revenueMicros', 'payoutMicros'] as const satisfies readonly CapMeasure[]
const KEY_ENDS: Readonly<Record<CapMeasure, string>> = {
  conversions: '',
  revenueMicros: ':revenue',
  payoutMicros: ':payout',
}
const AFFILIATE_KEYS = 'affiliate:'

/** The caps of the offer that are set, at the moment. */
export function capsOfOffer(offer: CappedOffer, atMs: number): readonly OfferCap[] {
  const { revenueMicros = UNCAPPED, payoutMicros = UNCAPPED } = offer.terms?.caps ?? {}
  const limits = { conversions: offer.caps, revenueMicros, payoutMicros }
  return toCaps(limits, { key: `offer:${offer.id}`, bounds: 'offer', timeZone: offer.caps.timeZone, atMs })
}

/**
 * The caps of one affiliate at the offer that are set, at the moment.
 * @param own the affiliate's own caps, which replace all of the offer's for each affiliate; null for none.
 */
export function capsOfAffiliate(
  offer: CappedOffer,
  affiliateId: string,
  own: AffiliateCaps | null,
  atMs: number,
): readonly OfferCap[] {
  const limits = own ?? offer.terms?.caps.perAffiliate
  if (limits === undefined) return []
  const key = `${AFFILIATE_KEYS}${offer.id}:${affiliateId}`
  return toCaps(limits, { key, bounds: 'affiliate', timeZone: offer.caps.timeZone, atMs })
}

const UNCAPPED: CapLimits = { daily: null, monthly: null, total: null }

function toCaps(
  limits: AffiliateCaps,
  of: Pick<OfferCap, 'key' | 'bounds'> & { readonly timeZone: string; readonly atMs: number },
): readonly OfferCap[] {
  const { key, bounds, timeZone, atMs } = of
  return MEASURES.flatMap((measure) =>
    capPeriods({ ...limits[measure], timeZone }, atMs).map((period) => ({
      ...period,
      key: `${key}${KEY_ENDS[measure]}`,
      measure,
      bounds,
    })),
  )
}

/**
 * Until when each offer with a used-up cap takes no more visitors, Unix milliseconds: the end of the longest of its
 * used-up periods. Offers with room are absent.
 */
export async function loadCappedUntil(
  db: Db,
  offers: readonly CappedOffer[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const capped = offers
    .map((offer) => ({ offer, caps: capsOfOffer(offer, now) }))
    .filter(({ caps }) => caps.length > 0)
  const counts = await loadCounts(
    db,
    capped.flatMap(({ caps }) => caps),
  )
  const until = capped.map(({ offer, caps }) => [offer.id, usedUpUntil(caps, counts, offer, now)] as const)
  return new Map(until.filter(([, end]) => end > 0))
}

/** A cap of an offer without room, in its present period. @property used what was taken from it so far. */
export type UsedUpOfferCap = OfferCap & { readonly offerId: string; readonly used: number }

/** The caps of the offers themselves that are used up now; those for each affiliate are not among them. */
export async function loadUsedUpCaps(
  db: Db,
  offers: readonly CappedOffer[],
  now: number,
): Promise<readonly UsedUpOfferCap[]> {
  const caps = offers.flatMap((offer) =>
    capsOfOffer(offer, now).map((cap) => ({ ...cap, offerId: offer.id })),
  )
  const counts = await loadCounts(db, caps)
  return caps
    .filter((cap) => isUsedUp(cap, counts))
    .map((cap) => ({ ...cap, used: counts.get(`${cap.key} ${cap.period}`) ?? 0 }))
}

/** An affiliate whose cap at an offer is used up. */
export type CappedAffiliate = {
  readonly affiliateId: string
  /** Unix milliseconds. */
  readonly until: number
}

/**
 * By offer, the affiliates that are sent elsewhere because a cap of theirs at it is used up. Reads the counters of the
 * present periods alone, by their index; who never converted in one has none.
 */
export async function loadCappedAffiliates(
  db: Db,
  offers: readonly CappedOffer[],
  now: number,
): Promise<ReadonlyMap<string, readonly CappedAffiliate[]>> {
  const byId = new Map(offers.map((offer) => [offer.id, offer]))
  const zones = new Set(offers.map(({ caps }) => caps.timeZone))
  const counts = await loadAffiliateCounts(db, zones, now)
  const pairs = [...counts.pairs.values()].filter(({ offerId }) => byId.has(offerId))
  const agreed = await loadAffiliateOffers(db, pairs)
  const capped = new Map<string, CappedAffiliate[]>()
  for (const pair of pairs) {
    const offer = byId.get(pair.offerId)
    if (offer === undefined) continue
    const own = agreed.get(affiliateOfferName(pair))?.caps ?? null
    const caps = capsOfAffiliate(offer, pair.affiliateId, own, now)
    const until = usedUpUntil(caps, counts.counts, offer, now)
    if (until === 0) continue
    const entry = { affiliateId: pair.affiliateId, until }
    capped.set(offer.id, [...(capped.get(offer.id) ?? []), entry])
  }
  return capped
}

type Counts = ReadonlyMap<string, number>

/** The end of the longest used-up period; 0 when there is room in all. */
function usedUpUntil(caps: readonly OfferCap[], counts: Counts, offer: CappedOffer, now: number): number {
  const ends = caps
    .filter((cap) => isUsedUp(cap, counts))
    .map(({ kind }) => capPeriodEnd(kind, offer.caps.timeZone, now))
  return Math.max(0, ...ends)
}

function isUsedUp({ key, period, max }: OfferCap, counts: Counts): boolean {
  const used = counts.get(`${key} ${period}`) ?? 0
  return used >= max || (counts.get(`${fullKeyOf(key)} ${period}`) ?? -1) >= max
}

/** Of the present periods alone: counters of past days stay in the table. */
async function loadCounts(db: Db, caps: readonly OfferCap[]): Promise<Counts> {
  const keys = [...new Set(caps.flatMap(({ key }) => [key, fullKeyOf(key)]))]
  const periods = [...new Set(caps.map(({ period }) => period))]
  const counts = new Map<string, number>()
  for (let start = 0; start < keys.length; start += KEYS_PER_QUERY) {
    const rows = await db
      .selectFrom('cap_counters')
      .selectAll()
      .where('key', 'in', keys.slice(start, start + KEYS_PER_QUERY))
      .where('period', 'in', periods)
      .execute()
    for (const { key, period, count } of rows) counts.set(`${key} ${period}`, count)
  }
  return counts
}

type Pair = Omit<AffiliateOfferKey, 'workspace'>

/** Every affiliate's counters of the periods that the moment lies in, in any of the zones. */
async function loadAffiliateCounts(
  db: Db,
  zones: ReadonlySet<string>,
  now: number,
): Promise<{ readonly counts: Counts; readonly pairs: ReadonlyMap<string, Pair> }> {
  const all = { daily: 1, monthly: 1, total: 1 }
  const periods = new Set(
    [...zones].flatMap((timeZone) => capPeriods({ ...all, timeZone }, now).map(({ period }) => period)),
  )
  const counts = new Map<string, number>()
  const pairs = new Map<string, Pair>()
  for (const period of periods) {
    for await (const { key, count } of affiliateCounters(db, period)) {
      counts.set(`${key} ${period}`, count)
      const [, offerId = '', affiliateId = ''] = key.split(':')
      pairs.set(affiliateOfferName({ offerId, affiliateId }), { offerId, affiliateId })
    }
  }
  return { counts, pairs }
}

/** Told from offers' counters here: which text lies behind a prefix is each database's own matter. */
async function* affiliateCounters(db: Db, period: string) {
  let after = ''
  for (;;) {
    const rows = await db
      .selectFrom('cap_counters')
      .select(['key', 'count'])
      .where('period', '=', period)
      .where('key', '>', after)
      .orderBy('key')
      .limit(COUNTERS_PER_PAGE)
      .execute()
    yield* rows.filter(({ key }) => key.startsWith(AFFILIATE_KEYS))
    const last = rows.at(-1)
    if (last === undefined || rows.length < COUNTERS_PER_PAGE) return
    after = last.key
  }
}
