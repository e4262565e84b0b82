import type { Db } from './transaction.ts'

export type OfferPlaces = {
  /** Offers of advertisers, with whose they are. */
  readonly advertiserOf: ReadonlyMap<string, string>
  readonly affiliates: ReadonlySet<string>
}

/** Which of the offers are of the workspace's advertisers, and which of the affiliates are its; archived ones too. */
export async function findOfferPlaces(
  db: Db,
  workspace: string,
  ids: { readonly offers: readonly string[]; readonly affiliates: readonly string[] },
): Promise<OfferPlaces> {
  const offers = await db
    .selectFrom('offers')
    .select(['id', 'advertiser_id'])
    .where('workspace', '=', workspace)
    .where('advertiser_id', '<>', '')
    .where('id', 'in', [...new Set(ids.offers)])
    .execute()
  const affiliates = await db
    .selectFrom('affiliates')
    .select('id')
    .where('workspace', '=', workspace)
    .where('id', 'in', [...new Set(ids.affiliates)])
    .execute()
  return {
    advertiserOf: new Map(offers.map((offer) => [offer.id, offer.advertiser_id])),
    affiliates: new Set(affiliates.map(({ id }) => id)),
  }
}
