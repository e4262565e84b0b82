import { findUsedUpCaps, type UsedUpCap } from '../domain/alert-rules.ts'
import { formatMicros } from '../domain/money.ts'
import { loadUsedUpCaps, type UsedUpOfferCap } from '../store/offer-caps.ts'
import type { Offer } from '../store/offers.ts'
import { inWorkspace, type Watch } from './watch.ts'

/** Caps of offers without room in their present period. */
export const CAP_WATCH: Watch = {
  kinds: ['cap_reached'],
  look: async ({ db, configuration, now }) => {
    const offers = [...configuration.offers.values()].filter(({ archivedAt }) => archivedAt === null)
    const used = await loadUsedUpCaps(db, offers, now)
    const byWorkspace = Map.groupBy(
      used.flatMap((cap) => {
        const offer = configuration.offers.get(cap.offerId)
        return offer === undefined ? [] : [{ offer, cap }]
      }),
      ({ offer }) => offer.workspace,
    )
    return [...byWorkspace].flatMap(([workspace, caps]) => {
      const currency = configuration.workspaces.get(workspace)?.currency ?? ''
      const words = caps.map(({ offer, cap }) => toWords(offer, cap, currency))
      return inWorkspace(workspace, findUsedUpCaps(words))
    })
  },
}

function toWords(offer: Offer, cap: UsedUpOfferCap, currency: string): UsedUpCap {
  const { kind, measure, used, max } = cap
  const of = { offerId: offer.id, offerName: offer.name, kind }
  if (measure === 'conversions') return { ...of, measure, used: String(used), max: String(max) }
  const word = measure === 'revenueMicros' ? 'revenue' : 'payout'
  return { ...of, measure: `${currency} of ${word}`, used: formatMicros(used), max: formatMicros(max) }
}
