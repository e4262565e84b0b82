import type { Offer } from '../store/offers.ts'
import type { Store } from '../store/open-store.ts'
import {
  type AffiliateKey,
  activeAdvertisersAmong,
  applicationsOf,
  getOfferForAffiliate,
} from '../store/portal-offers.ts'
import type { Db } from '../store/transaction.ts'
import { type Standing, standingOf } from './portal-offer-standing.ts'
import { notFound } from './problem.ts'

/** How the affiliate stands with offers that it may see. */
export async function loadStandings(
  db: Db,
  who: AffiliateKey,
  { offers, now }: { readonly offers: readonly Offer[]; readonly now: number },
): Promise<readonly Standing[]> {
  const [applications, active] = await Promise.all([
    applicationsOf(
      db,
      who,
      offers.map(({ id }) => id),
    ),
    activeAdvertisersAmong(
      db,
      who.workspace,
      offers.map(({ advertiserId }) => advertiserId),
    ),
  ])
  return offers.map((offer) =>
    standingOf({
      offer,
      application: applications.get(offer.id),
      isAdvertiserActive: active.has(offer.advertiserId),
      now,
    }),
  )
}

/** @throws Problem 404 for an offer that the affiliate may not see. */
export async function loadStanding(
  store: Pick<Store, 'db' | 'engine'>,
  who: AffiliateKey,
  { id, now }: { readonly id: string; readonly now: number },
): Promise<Standing> {
  const offer = await getOfferForAffiliate(store, who, id)
  if (offer === undefined) throw notFound('offer', id)
  const [standing] = await loadStandings(store.db, who, { offers: [offer], now })
  if (standing === undefined) throw notFound('offer', id)
  return standing
}
