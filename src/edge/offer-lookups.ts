import type { RouteLookups } from '../domain/decide-route.ts'
import type { SnapshotIndex } from './snapshot-index.ts'

/** Which offers take one visitor now. Deleted offers are not in the index, so that they take nobody. */
export class OfferLookups implements RouteLookups {
  readonly #index: SnapshotIndex
  readonly #country: string
  readonly #nowMs: number

  /** @param country the visitor's; '' when unknown, which no list of countries names. */
  constructor(index: SnapshotIndex, country: string, nowMs: number) {
    this.#index = index
    this.#country = country
    this.#nowMs = nowMs
  }

  takes(offerId: string): boolean {
    const indexed = this.#index.offers.get(offerId)
    if (indexed === undefined) return false
    if (indexed.terms?.isOpenAt(this.#nowMs) === false) return false
    const { countries, cappedUntil, campaignId } = indexed.offer
    if (cappedUntil > this.#nowMs) return false
    if (countries.length > 0 && !countries.includes(this.#country)) return false
    return campaignId === '' || this.#index.campaignsById.get(campaignId)?.campaign.status === 'active'
  }

  fallbackOffer(offerId: string): string {
    return this.#index.offers.get(offerId)?.offer.fallbackOfferId ?? ''
  }

  hasLander(landerId: string): boolean {
    return this.#index.landers.has(landerId)
  }
}
