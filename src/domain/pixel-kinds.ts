import type { OfferProtocol } from './offer-terms.ts'
import { TARGET_TYPES, type TargetType } from './target-types.ts'

/**
 * What affiliates may use at an offer: with the advertiser's protocol decided, so is what a visitor's browser can be
 * shown (PROTOCOL section 4). An iframe or script pixel holds any number of affiliates' pixels; an image request is
 * answered with one redirect, so to one image; behind a server's postback there is no browser at all.
 * @param allowsPixels false: the offer takes postbacks only, whatever its protocol would allow.
 */
export function kindsAllowed(protocol: OfferProtocol, allowsPixels: boolean): readonly TargetType[] {
  if (!allowsPixels || protocol === 'postback') return ['postback']
  return protocol === 'image' ? ['postback', 'image'] : TARGET_TYPES
}
