import { z } from 'zod'
import { netRows } from '../domain/correction-rows.ts'
import { getConversionWithHistory, listConversions } from '../store/conversions.ts'
import { getWithAttempts, listDeliveries } from '../store/deliveries.ts'
import { listHits } from '../store/hits.ts'
import type { Db } from '../store/transaction.ts'
import { updatesOfClicks } from '../store/visit-updates.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf } from './caller.ts'
import { conversionWithHistorySchema, toConversionWithHistory } from './conversion-view.ts'
import { deliveryWithAttemptsSchema, toDeliveriesWithAttempts } from './delivery-view.ts'
import { hitSchema, toHitView } from './hits.ts'
import { mayBeClickId } from './may-be-click-id.ts'
import { Problem } from './problem.ts'
import { loadStoryNames } from './story-names.ts'
import { timelineEntrySchema } from './timeline-view.ts'
import { buildTimeline } from './visit-timeline.ts'
import { toVisitEvent, toVisitView, visitEventSchema, visitSchema } from './visit-view.ts'

/** Of each kind, the newest so many: a click id that is hammered must not make an answer of any size. */
const STORY_ITEMS_MAX = 100

const storySchema = z
  .object({
    timeline: z
      .array(timelineEntrySchema)
      .describe('All that happened, oldest first: what the other fields say, told in order'),
    visit: visitSchema.nullable().describe('Null while the ledger does not have it yet'),
    events: z.array(visitEventSchema).describe('What the ledger counted, oldest first'),
    hits: z.array(hitSchema).describe('Newest first'),
    conversions: z.array(conversionWithHistorySchema).describe('Newest first'),
    deliveries: z.array(deliveryWithAttemptsSchema).describe('Newest first'),
  })
  .meta({ id: 'VisitStory' })

/** The whole story of one click id: visit, clicks, hits, conversions with history, deliveries with attempts. */
export function visitRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/visits/:clickId', {
    schema: {
      tags: ['visits'],
      summary: 'The whole story of one click id',
      params: z.object({ clickId: z.string().min(1).max(100) }),
      response: { 200: storySchema },
    },
    handler: async (request) => await tellStory(deps, callerOf(request), request.params.clickId),
  })
}

async function tellStory(deps: ApiDeps, caller: Caller, clickId: string) {
  const { workspace, role } = caller
  const { db } = deps.store
  const newest = { limit: STORY_ITEMS_MAX }
  const [allRows, hits, listed, queued, updates] = await Promise.all([
    mayBeClickId(clickId, deps.clock()) ? deps.visitRows(workspace, clickId) : [],
    listHits(db, workspace, { clickId }, newest),
    listConversions(db, workspace, { clickId }, newest),
    listDeliveries(db, workspace, { clickId }, newest),
    updatesOfClicks(db, workspace, [clickId]),
  ])
  // As corrections left them: what was taken away is no part of the story.
  const rows = netRows(allRows)
  if (rows.length + hits.items.length + listed.items.length === 0) {
    throw new Problem(404, 'not_found', `Nothing is known of the click id "${clickId}" in this workspace.`)
  }
  const visit = rows.find((row) => row.kind === 'visit')
  const conversions = await withHistory(db, workspace, listed.items)
  const deliveries = await withAttempts(db, queued.items)
  const story = {
    rows: allRows,
    hits: hits.items,
    conversions,
    deliveries,
    updates: (updates.get(clickId) ?? []).slice(-STORY_ITEMS_MAX),
  }
  return {
    timeline: buildTimeline(story, await loadStoryNames(deps, workspace, rows), role),
    visit: visit === undefined ? null : toVisitView(visit),
    events: rows.map(toVisitEvent),
    hits: hits.items.map(toHitView),
    conversions: conversions.map((each) => toConversionWithHistory(each, role)),
    deliveries: await toDeliveriesWithAttempts(db, workspace, deliveries),
  }
}

async function withHistory(db: Db, workspace: string, conversions: readonly { readonly id: string }[]) {
  const found = conversions.map(({ id }) => getConversionWithHistory(db, { workspace, id }))
  return (await Promise.all(found)).filter((each) => each !== undefined)
}

async function withAttempts(db: Db, deliveries: readonly { readonly id: string }[]) {
  const found = await Promise.all(deliveries.map(({ id }) => getWithAttempts(db, id)))
  return found.filter((each) => each !== undefined)
}
