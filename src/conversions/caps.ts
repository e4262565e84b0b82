import { countOfCap, takeFromCaps } from '../store/cap-counters.ts'
import { changeConfiguration } from '../store/config-version.ts'
import { capsOfOffer, type OfferCap } from '../store/offer-caps.ts'
import type { Db } from '../store/transaction.ts'
import type { HitContext } from './hit-context.ts'

/**
 * Counts a conversion against all of its offer's caps, or against none when one is used up.
 *
 * The one that uses a cap up counts the configuration's version up in the same transaction: edges get a snapshot that
 * sends visitors elsewhere. A conversion that is rejected later does not give its place back: the cap bounds what the
 * advertiser is sent, and its period may be over by then.
 * @returns why there is no room, or undefined when it was counted.
 */
export async function takeFromOffer(db: Db, context: HitContext): Promise<string | undefined> {
  const caps = capsOf(context)
  if (caps.length === 0) return undefined
  const taking = await takeFromCaps(db, caps)
  if (!taking.taken) {
    return `the offer's cap of ${taking.full.max} conversions ${when(context, taking.full)} is used up`
  }
  if (taking.usedUp) await changeConfiguration(db, () => Promise.resolve())
  return undefined
}

/** For `test=1`: how much of each cap is used. */
export async function previewCaps(
  db: Db,
  context: HitContext,
): Promise<readonly { readonly ok: boolean; readonly detail: string }[]> {
  const previews: { ok: boolean; detail: string }[] = []
  for (const cap of capsOf(context)) {
    const used = await countOfCap(db, cap.key, cap.period)
    previews.push({ ok: used < cap.max, detail: `${used} of ${cap.max} used ${when(context, cap)}` })
  }
  return previews
}

/** Of the period that the hit arrived in. */
function capsOf({ offer, hit }: HitContext): readonly OfferCap[] {
  return offer === undefined ? [] : capsOfOffer(offer, hit.at)
}

function when({ offer }: HitContext, cap: OfferCap): string {
  return cap.kind === 'total' ? 'in total' : `in ${cap.period} (${offer?.caps.timeZone ?? 'UTC'})`
}
