import type { FilterField } from '../parts/filter-bar.tsx'
import { portalTexts } from '../texts-portal.ts'
import { ownOffers } from './portal-data.ts'

const words = portalTexts.filters

export const SUB_IDS = [
  ...(['sub1', 'sub2', 'sub3', 'sub4', 'sub5'] as const),
  ...(['sub6', 'sub7', 'sub8', 'sub9', 'sub10'] as const),
] as const

export const SUB_FIELDS: readonly FilterField[] = SUB_IDS.map((name) => ({
  kind: 'text',
  name,
  label: portalTexts.report.dimensions[name],
}))

export const OFFER_FIELD: FilterField = {
  kind: 'thing',
  name: 'offerId',
  label: words.offer,
  any: words.anyOffer,
  resource: ownOffers,
}

/** A first and a last day, both meant as a whole. */
export const DAY_FIELDS: readonly FilterField[] = [
  { kind: 'day', name: 'from', label: words.from },
  { kind: 'day', name: 'to', label: words.to },
]
