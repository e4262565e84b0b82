import type { AffiliateOfferIndex } from './affiliate-offer-index.ts'
import type { Affiliate } from './affiliates.ts'

/**
 * Where each affiliate in use stands in the snapshot: the oldest first, so that a new one comes last and moves no
 * other.
 */
export type AffiliatePlaces = {
  readonly affiliates: readonly Affiliate[]
  /** By slot; -1 for an affiliate that is archived. */
  readonly bySlot: Int32Array
  /** Slots are places, for all of them. */
  readonly isSlotOrder: boolean
  /** Differs from that of the snapshot before when an affiliate has another place, or none any more. */
  readonly epoch: number
}

const NOBODY: AffiliatePlaces = { affiliates: [], bySlot: new Int32Array(), isSlotOrder: true, epoch: 0 }

/** The order of places. */
export function byAge(
  a: { readonly createdAt: number; readonly id: string },
  b: { readonly createdAt: number; readonly id: string },
): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)
}

/** @param before those of the snapshot before. */
export function placeAffiliates(
  inUse: readonly Affiliate[],
  index: AffiliateOfferIndex,
  before: AffiliatePlaces = NOBODY,
): AffiliatePlaces {
  const affiliates = inUse.toSorted(byAge)
  const slots = affiliates.map(({ id }) => index.slotOf(id))
  const bySlot = new Int32Array(index.slots).fill(-1)
  for (const [place, slot] of slots.entries()) bySlot[slot] = place
  const isSlotOrder = slots.every((slot, place) => slot === place)
  const isSame = before.bySlot.every((place, slot) => bySlot[slot] === place)
  return { affiliates, bySlot, isSlotOrder, epoch: before.epoch + (isSame ? 0 : 1) }
}
