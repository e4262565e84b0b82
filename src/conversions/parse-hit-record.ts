import { z } from 'zod'
import { DUPLICATE_POLICIES } from '../domain/conversion-types.ts'
import { HIT_KINDS, type Hit } from '../domain/hit.ts'

/** A Hit as the edge journals it and sends it to core; what it says about the sender's request is not trusted. */
const hitSchema = z.object({
  id: z.string().min(1).max(64),
  // What members report does not come from an edge: nothing about its sender would be checked.
  kind: z.enum(HIT_KINDS).exclude(['upload', 'manual']),
  at: z.number().int(),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  rawQuery: z.string(),
  params: z.array(z.tuple([z.string(), z.string()])),
  ip: z.string(),
  userAgent: z.string(),
  referrer: z.string(),
  cookieClickId: z.string().exactOptional(),
  cookieOfferClickIds: z.record(z.string(), z.string()).exactOptional(),
  firstPartyClickId: z.string().exactOptional(),
  dialect: z.string().exactOptional(),
  duplicatePolicy: z.enum(DUPLICATE_POLICIES).exactOptional(),
  problem: z.string().exactOptional(),
})

const hitsSchema = z.object({ hits: z.array(hitSchema) })

/** One journal record. @throws when it is no hit. */
export function parseHitRecord(payload: Buffer): Hit {
  return hitSchema.parse(JSON.parse(payload.toString()))
}

/** The body of POST /internal/hits. @throws when it is none. */
export function parseHitsBody(body: Buffer): readonly Hit[] {
  return hitsSchema.parse(JSON.parse(body.toString())).hits
}
