import { type ApplicationState, mayRun } from '../domain/affiliate.ts'
import { trimBytes } from '../domain/bit-set.ts'
import type { OfferTerms } from '../domain/offer-terms.ts'
import type { SnapshotTerms } from '../domain/snapshot.ts'
import type { OfferApplications } from './affiliate-offer-index.ts'
import type { AffiliatePlaces } from './affiliate-places.ts'

type Compiled = Pick<SnapshotTerms, 'openToAll' | 'affiliates'>
type Remembered = { readonly key: string; readonly compiled: Compiled }

/** By the offer's applications: most edits change none of them, and a large network has twenty million bits. */
const remembered = new WeakMap<OfferApplications, Remembered>()

/** Who may run an offer, as a snapshot says it. */
export function compileApplications(
  terms: Pick<OfferTerms, 'visibility' | 'agreement'>,
  applications: OfferApplications | undefined,
  places: AffiliatePlaces,
): Compiled {
  const openToAll = mayRun({ ...rightsOf(terms), application: undefined })
  if (applications === undefined) return { openToAll, affiliates: '' }
  const key = `${terms.visibility} ${terms.agreement === ''} ${applications.revision} ${places.epoch}`
  const before = remembered.get(applications)
  if (before?.key === key) return before.compiled
  const exceptions = findExceptions(terms, applications, openToAll)
  const bytes = trimBytes(places.isSlotOrder ? exceptions : moveToPlaces(exceptions, places.bySlot))
  const compiled = { openToAll, affiliates: Buffer.from(bytes).toString('base64') }
  remembered.set(applications, { key, compiled })
  return compiled
}

/** The slots of those who are not treated as affiliates without an application are. */
function findExceptions(
  terms: Pick<OfferTerms, 'visibility' | 'agreement'>,
  { applied, approved, accepted }: OfferApplications,
  openToAll: boolean,
): Uint8Array {
  const rights = rightsOf(terms)
  const differs = (state: ApplicationState, hasAccepted: boolean) =>
    mayRun({ ...rights, application: { state, hasAccepted } }) === openToAll ? 0 : 0xff
  // No other state lets anybody in.
  const ofRefused = differs('rejected', false)
  const ofApproved = differs('approved', false)
  const ofAccepted = differs('approved', true)
  return applied.bytes.map((all, at) => {
    const inside = approved.bytes[at] ?? 0
    const agreed = accepted.bytes[at] ?? 0
    return (all & ~inside & ofRefused) | (inside & ~agreed & ofApproved) | (agreed & ofAccepted)
  })
}

function rightsOf({ visibility, agreement }: Pick<OfferTerms, 'visibility' | 'agreement'>) {
  return { visibility, hasAgreement: agreement !== '' }
}

/** Twenty million bits take a fifth of a second, once after an affiliate was archived. */
function moveToPlaces(slots: Uint8Array, bySlot: Int32Array): Uint8Array {
  const moved = new Uint8Array((bySlot.length + 7) >>> 3)
  for (let slot = 0; slot < bySlot.length; slot++) {
    const place = bySlot[slot] ?? -1
    const isIn = ((slots[slot >>> 3] ?? 0) & (1 << (slot & 7))) !== 0
    if (isIn && place >= 0) moved[place >>> 3] = (moved[place >>> 3] ?? 0) | (1 << (place & 7))
  }
  return moved
}
