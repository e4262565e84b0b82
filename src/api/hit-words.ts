import type { AttributionMethod } from '../domain/conversion-types.ts'
import type { HitKind, HitOutcome } from '../domain/hit.ts'
import type { JudgedHit } from '../store/hits.ts'

const OUTCOMES: Readonly<Record<HitOutcome, string>> = {
  recorded: 'It made a new conversion',
  updated: 'It changed a conversion that was known',
  duplicate: 'The conversion was known and nothing about it was new',
  rejected: 'It was recorded as rejected by a rule',
  test: 'It was a test: everything was checked and nothing was counted',
  unmatched: 'No visit was found, so nothing was counted',
  queued: 'It is safe on disk and is judged as soon as that is possible',
  malformed: 'It could not be read',
  unauthorized: 'It did not prove who sent it',
  overloaded: 'Nothing was accepted: the sender was asked to come again',
}

/** Hits that are about a visit and no conversion. */
const OF_VISITS: Readonly<Partial<Record<HitKind, string>>> = {
  update: 'It set values of its visit',
  trap: 'A link was followed that no person sees, so the visit counts as a robot’s',
}

const METHODS: Readonly<Record<AttributionMethod, string>> = {
  matched: 'a person said which visit it means',
  cid: 'its visit was found by the click id',
  first_party: 'its visit was found by the click id that tp.js keeps on the page',
  cookie_offer: "its visit was found by the offer's cookie in the browser",
  cookie_latest: 'its visit was found by the cookie of the latest click in the browser',
  coupon: 'its affiliate was found by the coupon',
  explicit: 'it named its affiliate and offer',
  none: '',
}

/** The outcome of a hit, how its visit was found, and the reason, as one sentence. */
export function whatBecameOf({ kind, outcome, attribution, reason }: JudgedHit): string {
  const method = METHODS[attribution]
  const found = method === '' ? '' : `; ${method}`
  const about = outcome === 'updated' ? (OF_VISITS[kind] ?? OUTCOMES.updated) : OUTCOMES[outcome]
  return `${about}${found}${reason === '' ? '' : `: ${reason}`}.`
}
