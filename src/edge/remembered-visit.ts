import { z } from 'zod'

/**
 * What is remembered of a visit for the click that may follow: its route, and the values that the offer's URL
 * may ask for by macro. A visit found in a cookie alone, or at core, has the route and may lack the values.
 */
export const rememberedVisitSchema = z.object({
  clickId: z.string(),
  campaignId: z.string(),
  pathId: z.string(),
  landerId: z.string(),
  offerId: z.string(),
  values: z.record(z.string(), z.string()).optional(),
})

export type RememberedVisit = {
  readonly clickId: string
  readonly campaignId: string
  readonly pathId: string
  readonly landerId: string
  readonly offerId: string
  /** By macro name: externalid, cost, sub1…, token.NAME, referrer. */
  readonly values?: Readonly<Record<string, string>> | undefined
}
