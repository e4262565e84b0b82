import { type CapPeriod, capPeriodEnd, capPeriods } from '../domain/cap-period.ts'
import type { Cap } from './cap-counters.ts'
import type { Offer } from './offers.ts'
import type { Db } from './transaction.ts'

/** Offers of one question: two engines' limits of parameters are far above it. */
const OFFERS_PER_QUERY = 500

/** One of an offer's caps, with the counter of the period that a moment lies in. */
export type OfferCap = Cap & Pick<CapPeriod, 'kind'>

type CappedOffer = Pick<Offer, 'id' | 'caps'>

/** The caps that are set, at the moment. */
export function capsOfOffer(offer: CappedOffer, atMs: number): readonly OfferCap[] {
  return capPeriods(offer.caps, atMs).map((period) => ({ ...period, key: keyOf(offer) }))
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
  const capped = offers.filter((offer) => capPeriods(offer.caps, now).length > 0)
  const caps = capped.flatMap((offer) => capsOfOffer(offer, now))
  const counts = await loadCounts(db, caps)
  const until = capped.map((offer) => [offer.id, cappedUntil(offer, counts, now)] as const)
  return new Map(until.filter(([, end]) => end > 0))
}

function cappedUntil(offer: CappedOffer, counts: ReadonlyMap<string, number>, now: number): number {
  const ends = capsOfOffer(offer, now)
    .filter(({ key, period, max }) => (counts.get(`${key} ${period}`) ?? 0) >= max)
    .map(({ kind }) => capPeriodEnd(kind, offer.caps.timeZone, now))
  return Math.max(0, ...ends)
}

/** Of the present periods alone: counters of past days stay in the table. */
async function loadCounts(db: Db, caps: readonly OfferCap[]): Promise<ReadonlyMap<string, number>> {
  const keys = [...new Set(caps.map(({ key }) => key))]
  const periods = [...new Set(caps.map(({ period }) => period))]
  const counts = new Map<string, number>()
  for (let start = 0; start < keys.length; start += OFFERS_PER_QUERY) {
    const rows = await db
      .selectFrom('cap_counters')
      .selectAll()
      .where('key', 'in', keys.slice(start, start + OFFERS_PER_QUERY))
      .where('period', 'in', periods)
      .execute()
    for (const { key, period, count } of rows) counts.set(`${key} ${period}`, count)
  }
  return counts
}

function keyOf(offer: Pick<Offer, 'id'>): string {
  return `offer:${offer.id}`
}
