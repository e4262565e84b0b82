import type { HitKind } from '../domain/hit.ts'
import { type HitContext, isAdvertisers, isClickless } from './hit-context.ts'
import { provesItself } from './proof.ts'
import { isReportedByMember } from './reported-by-member.ts'
import { type RuleResult, toResult } from './rule-result.ts'

/** What every hit about an advertiser's offer keeps besides the rules of its sender. */

const PIXELS: Partial<Record<HitKind, string>> = {
  image: 'image pixel',
  iframe: 'iframe pixel',
  script: 'script pixel',
}

/** What an advertiser reports of a visit is about its own offers, which the visit went to. */
export function checkOffer(context: HitContext): RuleResult {
  const { fields, offer, configuration } = context
  const named = configuration.offers.get(fields.offer)
  if (named !== undefined && named.advertiserId !== offer?.advertiserId)
    return toResult('offer', 'the visit went to an offer of another advertiser than the one named')
  const problem = 'the visit went to no offer of the advertiser whose offer is named'
  return toResult('offer', wentToSender(context) ? '' : problem, offer?.name)
}

/** By its link, or by its last click. */
function wentToSender({ visit, sender, configuration: { offers } }: HitContext): boolean {
  const went = [visit.visit.offer_id ?? '', visit.lastClickOfferId]
  return went.some((id) => id !== '' && offers.get(id)?.advertiserId === sender?.id)
}

/**
 * A pixel of the browser is the one that the offer is integrated by. A server's postback is taken whatever that is
 * when it proves whose it is; anybody could call it otherwise.
 */
export function checkProtocol(context: HitContext): RuleResult {
  const { hit, offer } = context
  if (!isAdvertisers(offer)) return toResult('protocol', '', 'any')
  const { protocol } = offer.terms
  const agreed = protocol === 'postback' ? 'server postback' : PIXELS[protocol]
  const pixel = PIXELS[hit.kind]
  if (pixel !== undefined) {
    const problem = hit.kind === protocol ? '' : `this is the ${pixel}, and the offer is set to the ${agreed}`
    return toResult('protocol', problem, pixel)
  }
  const isTaken = protocol === 'postback' || provesItself(context)
  const unproven = `this is a server postback without a token or signature, and the offer is set to the ${agreed}`
  return toResult('protocol', isTaken ? '' : unproven, 'server postback')
}

/** Without a visit anybody could claim a conversion for an affiliate, and a repetition could not be told. */
export function checkClickless(context: HitContext): RuleResult {
  if (!isClickless(context)) return toResult('clickless', '', 'has a visit')
  if (context.fields.txid === '') return toResult('clickless', 'a conversion without a visit needs a txid')
  const isTrusted = isReportedByMember(context.hit) || provesItself(context)
  const problem = 'a conversion without a visit needs the token or signature of its advertiser'
  return toResult('clickless', isTrusted ? '' : problem, `by ${context.method}`)
}
