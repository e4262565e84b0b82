import { z } from 'zod'
import { HIT_KINDS, type HitOutcome } from '../domain/hit.ts'
import { getHit, type JudgedHit, listHits } from '../store/hits.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound } from './problem.ts'

const TAGS = ['hits']
const OUTCOMES = [
  'recorded',
  'updated',
  'duplicate',
  'rejected',
  'test',
  'unmatched',
  'malformed',
  'unauthorized',
] as const satisfies readonly HitOutcome[]
/** The values of these prove who sent the hit; whoever reads them could send more. */
const SECRET_PARAMS: ReadonlySet<string> = new Set(['token', 'security_token', 'verification_token', 'sig'])
const MASK = '***'

export const hitSchema = z
  .object({
    id: z.string(),
    kind: z.enum(HIT_KINDS),
    receivedAt: timeField,
    judgedAt: timeField,
    outcome: z.string(),
    reason: z.string(),
    attribution: z.string().describe('How its visit was found'),
    clickId: z.string(),
    conversionId: z.string(),
    affiliateNetworkId: z.string(),
    advertiserId: z.string().describe("Whose offer it is; '' for an affiliate network's"),
    affiliateId: z.string().describe("Whose visit it is; '' for the tracker's"),
    ip: z.string(),
    method: z.string(),
    host: z.string(),
    path: z.string(),
    params: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .describe('As sent; secrets are masked'),
    reportedBy: z.string().describe("Who reported it by hand: user:ID or key:ID; '' for a sender's"),
    userAgent: z.string(),
    referrer: z.string(),
    steps: z
      .array(z.object({ step: z.string(), ok: z.boolean(), detail: z.string() }))
      .describe('What a test hit went through'),
    rematchAt: timeField.nullable().describe('When an unmatched hit is tried again; null for never'),
  })
  .meta({ id: 'Hit' })

const listQuery = pageQuery.extend({
  outcome: z.enum(OUTCOMES).optional(),
  clickId: z.string().max(100).optional(),
  affiliateNetworkId: z.string().max(64).optional(),
  advertiserId: z.string().max(64).optional(),
})

/** Every received postback and pixel request, whatever became of it. */
export function hitRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get('/api/v1/hits', {
    schema: {
      tags: TAGS,
      summary: 'List: hits',
      querystring: listQuery,
      response: { 200: pageOf(hitSchema) },
    },
    handler: async (request) => {
      const { limit, cursor, ...filter } = request.query
      const page = await listHits(db, workspaceOf(request), filter, { limit, cursor })
      return { items: page.items.map(toHitView), nextCursor: page.nextCursor }
    },
  })
  app.get('/api/v1/hits/:id', {
    schema: { tags: TAGS, summary: 'One hit', params: idParams, response: { 200: hitSchema } },
    handler: async (request) => {
      const { id } = request.params
      const hit = await getHit(db, { workspace: workspaceOf(request), id })
      if (hit === undefined) throw notFound('hit', id)
      return toHitView(hit)
    },
  })
}

export function toHitView(hit: JudgedHit): z.input<typeof hitSchema> {
  const { request, receivedAt, judgedAt, rematchAt, steps, workspace: _, ...judged } = hit
  return {
    ...judged,
    receivedAt: toTime(receivedAt),
    judgedAt: toTime(judgedAt),
    rematchAt: rematchAt === null ? null : toTime(rematchAt),
    method: request.method,
    host: request.host,
    path: request.path,
    params: request.params.map(([name, value]) => ({
      name,
      value: SECRET_PARAMS.has(name.toLowerCase()) ? MASK : value,
    })),
    reportedBy: request.reportedBy ?? '',
    userAgent: request.userAgent,
    referrer: request.referrer,
    steps: [...steps],
  }
}
