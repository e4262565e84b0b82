import type { OfferTerms } from '../domain/offer-terms.ts'
import { kindsAllowed } from '../domain/pixel-kinds.ts'
import { TARGET_TYPES, type TargetType } from '../domain/target-types.ts'

export type KindWords = {
  readonly type: TargetType
  readonly isAllowed: boolean
  /** Why it is not; '' when it is. */
  readonly reason: string
}

type PixelTerms = Pick<OfferTerms, 'protocol' | 'allowsPixels'>

/** What an affiliate may use at an offer, and why not the rest, in its own words. */
export function pixelKinds(terms: PixelTerms): readonly KindWords[] {
  const allowed = kindsAllowed(terms.protocol, terms.allowsPixels)
  return TARGET_TYPES.map((type) => {
    const isAllowed = allowed.includes(type)
    return { type, isAllowed, reason: isAllowed ? '' : whyNot(terms) }
  })
}

/** Why a kind can not work at the offer; '' when it can. */
export function kindProblem(terms: PixelTerms, type: TargetType): string {
  return pixelKinds(terms).find((kind) => kind.type === type)?.reason ?? ''
}

function whyNot({ protocol, allowsPixels }: PixelTerms): string {
  if (!allowsPixels) return 'This offer allows postbacks only'
  if (protocol === 'postback') {
    return "This offer allows postbacks only: conversions come from the advertiser's server, where no browser could show a pixel"
  }
  return "This offer allows postbacks and one image pixel: the advertiser's page carries an image, which can lead to one other image and to nothing else"
}
