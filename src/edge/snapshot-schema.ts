import { z } from 'zod'
import type { Snapshot } from '../domain/snapshot.ts'

const weightedRef = z.object({ id: z.string(), weight: z.number() })

const costModel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('cpc'), amountMicros: z.number(), currency: z.string() }),
  z.object({ type: z.literal('token') }),
])

/** Unknown properties are dropped: a newer core may send more than this edge knows. */
const snapshotSchema = z.object({
  format: z.literal(1),
  version: z.number(),
  workspaces: z.array(
    z.object({
      id: z.string(),
      currency: z.string(),
      fallbackUrl: z.string(),
      attributionWindowDays: z.number(),
    }),
  ),
  trafficSources: z.array(
    z.object({
      id: z.string(),
      workspace: z.string(),
      name: z.string(),
      externalIdParam: z.string(),
      costParam: z.string(),
      currency: z.string(),
      tokens: z.array(z.object({ name: z.string(), param: z.string() })),
    }),
  ),
  offers: z.array(
    z.object({
      id: z.string(),
      workspace: z.string(),
      name: z.string(),
      affiliateNetworkId: z.string(),
      affiliateNetworkName: z.string(),
      url: z.string(),
      payoutMicros: z.number().nullable(),
      currency: z.string(),
    }),
  ),
  landers: z.array(
    z.object({
      id: z.string(),
      workspace: z.string(),
      name: z.string(),
      url: z.string(),
      ctaCount: z.number(),
    }),
  ),
  campaigns: z.array(
    z.object({
      id: z.string(),
      workspace: z.string(),
      slug: z.string(),
      name: z.string(),
      status: z.enum(['active', 'paused']),
      trafficSourceId: z.string(),
      redirectMode: z.enum(['302', '307', 'meta', 'double_meta', 'js']),
      costModel,
      fallbackUrl: z.string(),
      paths: z.array(
        z.object({
          id: z.string(),
          weight: z.number(),
          landers: z.array(weightedRef),
          offers: z.array(weightedRef),
        }),
      ),
    }),
  ),
  ratesMicros: z.record(z.string(), z.number()),
})

/** Reads a snapshot from JSON text. @throws when it is none, or of a format this edge does not know. */
export function parseSnapshot(text: string): Snapshot {
  return snapshotSchema.parse(JSON.parse(text))
}
