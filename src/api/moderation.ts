import { z } from 'zod'
import { hashOfText } from '../domain/notification-moderation.ts'
import { MODERATIONS } from '../domain/target-types.ts'
import { type Affiliate, getAffiliate } from '../store/affiliates.ts'
import { appendAudit } from '../store/audit-log.ts'
import {
  getNotificationTarget,
  listModeratedTargets,
  type ModeratedTarget,
  moderateTarget,
  type StoredTarget,
  type Verdict,
} from '../store/notification-targets.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { ManagedAffiliate } from './affiliate-checks.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf, managerOf } from './caller.ts'
import { targetSchema } from './notification-target-fields.ts'
import { type TargetViewing, targetViewer, toTargetView } from './notification-target-view.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound, Problem } from './problem.ts'

const TAGS = ['pixel-moderation']
const WHAT = 'notification target'
const REASON_CHARS_MAX = 500

const listQuery = pageQuery.extend({
  moderation: z.enum([...MODERATIONS, 'any']).default('pending'),
  affiliateId: z.string().max(64).optional(),
})

const textHashField = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be the textHash of the target')
  .describe('Names the text that was looked at: a changed one is not decided by it')

const moderatedSchema = targetSchema
  .extend({ affiliateName: z.string(), textHash: textHashField })
  .meta({ id: 'ModeratedTarget' })

const verdictBody = z.strictObject({
  moderation: z.enum(MODERATIONS).describe('pending: takes a decision back'),
  reason: z.string().trim().max(REASON_CHARS_MAX).default('').describe('For the affiliate'),
  textHash: textHashField,
})

/** Affiliates' postbacks and pixels wait here until somebody of the network has looked at them. */
export function moderationRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get('/api/v1/pixel-moderation', {
    schema: {
      tags: TAGS,
      summary: "Affiliates' postbacks and pixels by what was decided about them; pending ones unless told",
      querystring: listQuery,
      response: { 200: pageOf(moderatedSchema) },
    },
    handler: async (request) => {
      const { moderation: asked, affiliateId, ...page } = request.query
      const moderation = asked === 'any' ? undefined : asked
      const { workspace } = callerOf(request)
      const of = { workspace, moderation, affiliateId, managerId: managerOf(request) }
      const { items, nextCursor } = await listModeratedTargets(db, of, page)
      const viewOf = await targetViewer({ db, vault: deps.vault, now: deps.clock() }, items)
      const toView = (item: ModeratedTarget) => toModeratedView(viewOf(item), item, item.affiliateName)
      return { items: items.map(toView), nextCursor }
    },
  })
  app.post('/api/v1/notification-targets/:id/moderate', {
    schema: {
      tags: TAGS,
      summary: "Approve or reject an affiliate's postback or pixel, as it was looked at; or take that back",
      params: idParams,
      body: verdictBody,
      response: { 200: moderatedSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      const decision = { id, verdict: request.body, managerId: managerOf(request) }
      const { vault } = deps
      const now = deps.clock()
      return await inTransaction(db, (trx) => decide({ db: trx, vault, now }, callerOf(request), decision))
    },
  })
}

async function decide(
  viewing: TargetViewing,
  caller: Caller,
  of: {
    readonly id: string
    readonly verdict: Verdict
    readonly managerId: string | undefined
  },
): Promise<z.input<typeof moderatedSchema>> {
  const { db, now } = viewing
  const { id, verdict } = of
  const { workspace, actor } = caller
  const affiliate = await loadOwner(db, { workspace, id, managerId: of.managerId })
  const decided = await moderateTarget(db, { workspace, id }, verdict, now)
  if (decided === undefined) throw notFound(WHAT, id)
  if (decided === 'changed') {
    throw new Problem(409, 'text_changed', 'The affiliate has changed it meanwhile: look at it again.')
  }
  const { moderation, reason } = verdict
  const subject = { subjectType: WHAT, subjectId: id, detail: { moderation, reason } }
  await appendAudit(db, { workspace, at: now, actor, action: 'notification_target.moderate', ...subject })
  return toModeratedView(await toTargetView(viewing, decided), decided, affiliate.name)
}

/** Whose target it is. A manager's answer is the same for a foreign affiliate's target as for none. */
async function loadOwner(db: Db, key: ManagedAffiliate): Promise<Affiliate> {
  const target = await getNotificationTarget(db, key)
  if (target?.ownerType !== 'affiliate') throw notFound(WHAT, key.id)
  const affiliate = await getAffiliate(db, { workspace: key.workspace, id: target.ownerId })
  const isVisible = key.managerId === undefined || affiliate?.managerId === key.managerId
  if (affiliate === undefined || !isVisible) throw notFound(WHAT, key.id)
  return affiliate
}

function toModeratedView(
  view: z.input<typeof targetSchema>,
  target: StoredTarget,
  affiliateName: string,
): z.input<typeof moderatedSchema> {
  return { ...view, affiliateName, textHash: hashOfText(target) }
}
