import type { HitFields } from '../domain/hit-params.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { canonicalSignature } from './check-sender.ts'
import { isAdvertisers } from './hit-context.ts'

/** The lock under which a conversion is decided on: its visit's click id, or its order's without one. */
export function lockOfConversion({ clickId, txid }: Pick<StoredConversion, 'clickId' | 'txid'>): string {
  return clickId === '' ? orderLock(txid) : clickId
}

/** The lock of a hit besides those of its id and its visits: who repeats it waits for what it was judged to be. */
export function locksOfFields({ sig }: HitFields): readonly string[] {
  return sig === '' ? [] : [`sig ${canonicalSignature(sig)}`]
}

/**
 * The lock of the order that a hit names, which may be reported by its click and without one. None for a tracker's
 * hit: the click is all that its conversions are known by. Taken after those of clicks, always.
 * @param offerIds of the offers that the hit may be about.
 */
export function locksOfOrder(
  { txid, coupon }: HitFields,
  offerIds: readonly string[],
  { offers }: Configuration,
): readonly string[] {
  if (txid === '') return []
  const mayBeAdvertisers = coupon !== '' || offerIds.some((id) => isAdvertisers(offers.get(id)))
  return mayBeAdvertisers ? [orderLock(txid)] : []
}

function orderLock(txid: string): string {
  return `order ${txid}`
}
