import { sql } from 'kysely'
import type { OfferFields } from '../store/offers.ts'
import type { Db } from '../store/transaction.ts'

type Step = { readonly id: string; readonly name: string; readonly fallback_offer_id: string }

/**
 * Follows the overflow offers of an offer that is about to be saved.
 * @param saved.id absent on creation, when nothing can lead to it yet.
 * @returns why it can not be saved: they lead back to it, whatever their number; undefined when they do not.
 */
export async function findOverflowCircle(
  db: Db,
  workspace: string,
  saved: {
    readonly id: string | undefined
    readonly offer: Pick<OfferFields, 'name' | 'fallbackOfferId'>
  },
): Promise<string | undefined> {
  const { id, offer } = saved
  if (id === undefined || offer.fallbackOfferId === '') return undefined
  if (offer.fallbackOfferId === id) return 'an offer can not stand in for itself'
  const steps = await loadStepsFrom(db, workspace, offer.fallbackOfferId)
  const names = [offer.name]
  for (let next = offer.fallbackOfferId; next !== id; ) {
    const step = steps.get(next)
    // The way ends, or runs into a circle of others, which is none of this offer's.
    if (step === undefined) return undefined
    steps.delete(next)
    names.push(step.name)
    next = step.fallback_offer_id
  }
  const trail = [...names, offer.name].map((name) => `"${name}"`).join(' → ')
  return `visitors would go round in a circle of offers: ${trail}`
}

/** The offer and all that stand in for it, by id. */
async function loadStepsFrom(db: Db, workspace: string, id: string): Promise<Map<string, Step>> {
  // `union` leaves out what was found before: a circle ends the walk.
  const { rows } = await sql<Step>`
    with recursive steps (id, name, fallback_offer_id) as (
      select id, name, fallback_offer_id from offers where workspace = ${workspace} and id = ${id}
      union
      select offers.id, offers.name, offers.fallback_offer_id
      from steps join offers on offers.id = steps.fallback_offer_id
      where offers.workspace = ${workspace}
    )
    select id, name, fallback_offer_id from steps
  `.execute(db)
  return new Map(rows.map((step) => [step.id, step]))
}
