import { z } from 'zod'
import { REMATCH_HITS_MAX, rematchHits } from '../conversions/match-hit.ts'
import { UNMATCHED_ADVICE, UNMATCHED_VALUES } from '../domain/unmatched-reason.ts'
import { appendAudit } from '../store/audit-log.ts'
import { loadThingNames, type ThingNames } from '../store/thing-names.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, workspaceOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { hitSchema, toHitView } from './hits.ts'
import { notFound } from './problem.ts'
import { thingSchema } from './timeline-view.ts'
import { loadUnmatchedGroups, UNMATCHED_HITS_MAX, type UnmatchedGroup } from './unmatched-groups.ts'

const TAGS = ['inspector']
const PATH = '/api/v1/inspector/unmatched'
const KEY_CHARS_MAX = 4_096
const EXAMPLES_MAX = 3

const groupSchema = z.object({
  key: z.string().describe('Names the group to match it again'),
  affiliateNetwork: thingSchema,
  advertiser: thingSchema,
  reason: z.string(),
  param: z.string().describe("Which parameter carried the click id; '' for none"),
  value: z.enum(UNMATCHED_VALUES).describe('What stood there'),
  advice: z.string().describe('What to do about it'),
  count: z.int(),
  firstAt: timeField,
  lastAt: timeField,
  isTriedAgain: z.boolean().describe('Some of them are judged again by themselves'),
  examples: z.array(hitSchema).describe('The newest'),
})

const inboxSchema = z.object({
  groups: z.array(groupSchema).describe('The largest first'),
  searchedTo: timeField
    .nullable()
    .describe(`Null when all were looked at, else how far back: the newest ${UNMATCHED_HITS_MAX}`),
})

/** The unmatched inbox by cause: what went wrong, how often, and what to do. */
export function inspectorUnmatchedRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  const load = (workspace: string) => loadUnmatchedGroups(db, workspace, deps.byHand.clickIdKey)
  app.get(PATH, {
    schema: { tags: TAGS, summary: 'Unmatched hits by their cause', response: { 200: inboxSchema } },
    handler: async (request) => {
      const workspace = workspaceOf(request)
      const { groups, searchedTo } = await load(workspace)
      const names = await loadThingNames(db, workspace, {
        affiliate_networks: groups.map(({ affiliateNetworkId }) => affiliateNetworkId),
        advertisers: groups.map(({ advertiserId }) => advertiserId),
      })
      return {
        groups: groups.map((group) => toGroupView(group, names)),
        searchedTo: searchedTo === null ? null : toTime(searchedTo),
      }
    },
  })
  app.post(`${PATH}/rematch`, {
    schema: {
      tags: TAGS,
      summary: `Judge the hits of a group anew, the newest ${REMATCH_HITS_MAX} of them`,
      body: z.strictObject({ key: z.string().min(1).max(KEY_CHARS_MAX) }),
      response: { 200: z.object({ judged: z.int(), matched: z.int().describe('Unmatched no more') }) },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { key } = request.body
      const group = (await load(workspace)).groups.find((each) => each.key === key)
      if (group === undefined) throw notFound('group of unmatched hits', key)
      const ids = group.hits.slice(0, REMATCH_HITS_MAX).map(({ id }) => id)
      const result = await rematchHits(deps.byHand, workspace, { ids })
      const subject = { subjectType: 'workspace', subjectId: workspace }
      const detail = { ...result, reason: group.reason, value: group.value }
      await appendAudit(db, { workspace, at: deps.clock(), actor, action: 'hit.rematch', ...subject, detail })
      return result
    },
  })
}

function toGroupView(group: UnmatchedGroup, names: ThingNames): z.input<typeof groupSchema> {
  const { key, affiliateNetworkId, advertiserId, reason, param, value, hits } = group
  const times = hits.map(({ receivedAt }) => receivedAt)
  return {
    key,
    affiliateNetwork: thing(names.affiliate_networks, affiliateNetworkId),
    advertiser: thing(names.advertisers, advertiserId),
    reason,
    param,
    value,
    advice: UNMATCHED_ADVICE[value],
    count: hits.length,
    firstAt: toTime(Math.min(...times)),
    lastAt: toTime(Math.max(...times)),
    isTriedAgain: hits.some(({ rematchAt }) => rematchAt !== null),
    examples: hits.slice(0, EXAMPLES_MAX).map(toHitView),
  }
}

function thing(names: ReadonlyMap<string, string> | undefined, id: string) {
  return id === '' ? null : { id, name: names?.get(id) ?? '' }
}
