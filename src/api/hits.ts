import { z } from 'zod'
import { HIT_KINDS } from '../domain/hit.ts'
import { searchHits } from '../store/hit-search.ts'
import { getHit, type JudgedHit } from '../store/hits.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { hitSearchQuery, toHitSearch } from './hit-search-fields.ts'
import { whatBecameOf } from './hit-words.ts'
import { idParams, pageOf } from './page.ts'
import { notFound } from './problem.ts'
import { shownParams } from './shown-params.ts'

const TAGS = ['hits']

export const hitSchema = z
  .object({
    id: z.string(),
    kind: z.enum(HIT_KINDS),
    receivedAt: timeField,
    judgedAt: timeField,
    outcome: z.string(),
    reason: z.string(),
    explanation: z.string().describe('What became of it and why, as a sentence'),
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
    dialect: z.string().describe("Whose URL it came by; '' for ours"),
    params: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .describe('As sent; secrets are masked'),
    requestRemoved: z
      .string()
      .describe("Why the request is no longer kept: age, size or erased; '' while it is"),
    reportedBy: z.string().describe("Who reported it by hand: user:ID or key:ID; '' for a sender's"),
    userAgent: z.string(),
    referrer: z.string(),
    steps: z
      .array(z.object({ step: z.string(), ok: z.boolean(), detail: z.string() }))
      .describe('What a test hit went through'),
    rematchAt: timeField.nullable().describe('When an unmatched hit is tried again; null for never'),
  })
  .meta({ id: 'Hit' })

const foundSchema = pageOf(hitSchema).extend({
  searchedTo: timeField
    .nullable()
    .describe('How far back this page looked: a rare find needs several; null when all were looked at'),
})

/** Every received postback and pixel request, whatever became of it. */
export function hitRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get('/api/v1/hits', {
    schema: {
      tags: TAGS,
      summary: 'List: hits, newest first, by any field',
      querystring: hitSearchQuery,
      response: { 200: foundSchema },
    },
    handler: async (request) => {
      const { limit, cursor, ...query } = request.query
      const page = await searchHits(db, workspaceOf(request), toHitSearch(query), { limit, cursor })
      const { items, nextCursor, searchedTo } = page
      return {
        items: items.map(toHitView),
        nextCursor,
        searchedTo: searchedTo === null ? null : toTime(searchedTo),
      }
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
    explanation: whatBecameOf(hit),
    receivedAt: toTime(receivedAt),
    judgedAt: toTime(judgedAt),
    rematchAt: rematchAt === null ? null : toTime(rematchAt),
    method: request.method,
    host: request.host,
    path: request.path,
    dialect: request.dialect ?? '',
    params: shownParams(request),
    requestRemoved: request.removed ?? '',
    reportedBy: request.reportedBy ?? '',
    userAgent: request.userAgent,
    referrer: request.referrer,
    steps: [...steps],
  }
}
