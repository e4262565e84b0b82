/**
 * What the edge writes into its journal. The journal itself sees a type byte and bytes.
 *
 * visit       26 bytes click id (ASCII), then a LedgerRow as JSON: the loader forwards the JSON unparsed.
 * click       a ClickRecord as JSON; the loader adds the dimensions of its visit.
 * hit         a Hit (hit.ts) as JSON, judged by conversions.
 * impression  a LedgerRow as JSON, forwarded like a visit.
 */
export const RECORD_TYPE = { visit: 1, click: 2, hit: 3, impression: 4 } as const

/** A visitor went on from a lander to an offer. */
export type ClickRecord = {
  readonly clickId: string
  /** Unix milliseconds. */
  readonly at: number
  readonly offerId: string
  readonly affiliateNetworkId: string
  /** Which call to action of the lander, from 1. */
  readonly cta: number
}
