import { z } from 'zod'
import type { VisitRoute } from '../domain/snapshot.ts'

const text = z.string().exactOptional()

const dimensionsSchema = z.object({
  external_id: text,
  tokens: z.record(z.string(), z.string()).exactOptional(),
  cost: text,
  referrer: text,
  sub1: text,
  sub2: text,
  sub3: text,
  sub4: text,
  sub5: text,
  sub6: text,
  sub7: text,
  sub8: text,
  sub9: text,
  sub10: text,
})

/** What a neighbour process answers about a visit. Core may know the route alone. */
export const rememberedVisitSchema = z.object({
  clickId: z.string(),
  campaignId: z.string(),
  pathId: z.string(),
  landerId: z.string(),
  offerId: z.string(),
  through: z.array(z.object({ offerId: z.string(), pathId: z.string() })).exactOptional(),
  dimensions: dimensionsSchema.exactOptional(),
  kept: dimensionsSchema.exactOptional(),
})

/** The columns of a visit's row that only the visit's own request tells, and that macros can name. */
export type VisitDimensions = Readonly<z.infer<typeof dimensionsSchema>>

/**
 * Which way a visit took. `pathId` is the campaign's own path; the lander and the offer are those that were reached.
 * Where an offer was a campaign, `through` names that offer and the path taken in its campaign, one after the other.
 */
export type VisitWay = VisitRoute & {
  readonly through?: readonly { readonly offerId: string; readonly pathId: string }[]
}

/** What is remembered of a visit for the click that may follow. From a cookie the way alone is known. */
export type RememberedVisit = VisitWay & {
  readonly dimensions?: VisitDimensions
  /** The same as they may be kept, where they differ. */
  readonly kept?: VisitDimensions
}
