/**
 * What the edge writes into its journal. The journal itself sees a type byte and bytes.
 *
 * visit       26 bytes click id (ASCII), then a LedgerRow as JSON: the loader forwards the JSON unparsed.
 * click       a ClickRecord as JSON; the loader adds the dimensions of its visit.
 * hit         a Hit (hit.ts) as JSON, judged by conversions.
 * impression  a LedgerRow as JSON, forwarded like a visit.
 * view        a ViewRecord as JSON; the loader adds the dimensions of its visit, as for a click.
 */
export const RECORD_TYPE = { visit: 1, click: 2, hit: 3, impression: 4, view: 5 } as const

/** A visitor went on from a lander to an offer. */
export type ClickRecord = {
  readonly clickId: string
  /** Unix milliseconds. */
  readonly at: number
  readonly offerId: string
  readonly affiliateNetworkId: string
  /** Which call to action of the lander, from 1. */
  readonly cta: number
  /** Where the visitor was sent, secrets masked. */
  readonly location: string
}

/** A lander was shown to the visitor, as its script says. */
export type ViewRecord = {
  readonly clickId: string
  /** Unix milliseconds. */
  readonly at: number
  /** '' for the lander that the visit was sent to. */
  readonly landerId: string
}
