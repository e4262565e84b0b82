import type { FastifyRequest } from 'fastify'
import { moderationAfter, moderationOf } from '../domain/notification-moderation.ts'
import { fillTrackerUrl } from '../domain/tracker-url.ts'
import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import {
  createNotificationTarget,
  type StoredTarget,
  updateNotificationTarget,
} from '../store/notification-targets.ts'
import {
  countTargetsOfAffiliate,
  domainNames,
  findGlobalPostback,
  getTargetOfAffiliate,
} from '../store/portal-targets.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { type PortalUser, portalUser } from './portal-affiliate.ts'
import { checkPostback } from './portal-postback-checks.ts'
import { type PostbackFields, toTargetFields } from './portal-postback-fields.ts'
import { loadStanding } from './portal-standings.ts'
import { invalidFields, notFound, Problem } from './problem.ts'
import { lockTarget } from './rotate-secret.ts'
import { withSealedSecrets } from './target-secrets.ts'

/** Postbacks and pixels of one affiliate: every conversion asks each of them. */
const POSTBACKS_MAX = 200

/** One change of an affiliate's postbacks: with its checks and its audit entry it is one transaction. */
export type PostbackWork = Pick<ApiDeps, 'guard' | 'ownHosts' | 'vault'> & {
  readonly db: Db
  readonly engine: ApiDeps['store']['engine']
  readonly user: PortalUser
  readonly actor: string
  readonly now: number
}

/** Runs the change when the affiliate may work; changes of one affiliate wait for each other. */
export async function inPostbackWork<T>(
  deps: ApiDeps,
  request: FastifyRequest,
  run: (work: PostbackWork) => Promise<T>,
): Promise<T> {
  const { store, guard, ownHosts, vault } = deps
  const { engine } = store
  const done = await inTransaction(store.db, async (db) => {
    const user = await portalUser(db, request)
    await lockKeys(db, engine, [`affiliate-postbacks:${user.affiliateId}`])
    const { actor } = callerOf(request)
    return await run({ db, engine, user, guard, ownHosts, vault, actor, now: deps.clock() })
  })
  // One that was paused may be active again.
  deps.wakeDelivery()
  return done
}

/** The affiliate's own, to be changed. @throws Problem 404 */
export async function findPostback({ db, engine, user }: PostbackWork, id: string): Promise<StoredTarget> {
  await lockTarget(db, engine, id)
  const target = await getTargetOfAffiliate(db, user, id)
  if (target === undefined) throw notFound('postback', id)
  return target
}

/** @throws Problem 422 when it can not work, or when the affiliate has as many as it may have. */
export async function createPostback(work: PostbackWork, given: PostbackFields): Promise<StoredTarget> {
  const { db, user, now } = work
  if ((await countTargetsOfAffiliate(db, user)) >= POSTBACKS_MAX) {
    throw new Problem(
      422,
      'too_many_postbacks',
      `You have ${POSTBACKS_MAX} postbacks and pixels: delete some.`,
    )
  }
  const sealed = withSealedSecrets(work.vault, { ...given, url: fillTrackerUrl(given.url) })
  const fields = toTargetFields(user.affiliateId, sealed)
  await check(work, fields)
  const moderation = moderationOf(fields, user.network.network)
  const created = await createNotificationTarget(
    db,
    user.workspace,
    { ...fields, moderation, moderationReason: '' },
    now,
  )
  await auditPostback(work, 'create', created.id)
  return created
}

/** Another text is moderated anew: what was approved is exactly what was seen. */
export async function changePostback(
  work: PostbackWork,
  current: StoredTarget,
  given: { readonly [Field in keyof PostbackFields]?: PostbackFields[Field] | undefined },
): Promise<StoredTarget> {
  const { db, user, now } = work
  const sealed = withSealedSecrets(work.vault, given, current.sealedSecrets)
  const named = Object.fromEntries(Object.entries(sealed).filter(([, value]) => value !== undefined))
  const changed: StoredTarget = { ...current, ...named }
  const fields = { ...changed, url: fillTrackerUrl(changed.url) }
  await check(work, fields)
  const verdict = moderationAfter(current, fields, user.network.network)
  const key = { workspace: user.workspace, id: current.id }
  const saved = await updateNotificationTarget(db, key, { ...fields, ...verdict }, now)
  if (saved === undefined) throw new Error(`target ${current.id} is gone in its own transaction`)
  await auditPostback(work, 'update', current.id)
  return saved
}

/** Creates the one URL that hears of all offers, or replaces it and switches it on. */
export async function setGlobalPostback(
  work: PostbackWork,
  url: string,
  defaults: PostbackFields,
): Promise<StoredTarget> {
  const current = await findGlobalPostback(work.db, work.user)
  if (current === undefined) return await createPostback(work, { ...defaults, url })
  return await changePostback(work, current, { url, method: 'GET', bodyTemplate: '', status: 'active' })
}

/** Says that it changed, never how: URLs hold secrets. */
export async function auditPostback(work: PostbackWork, deed: string, id: string): Promise<void> {
  const { db, user, actor, now } = work
  await appendAudit(db, {
    workspace: user.workspace,
    at: now,
    actor,
    action: `notification_target.${deed}`,
    subjectType: 'notification target',
    subjectId: id,
    detail: { affiliateId: user.affiliateId },
  })
}

async function check(work: PostbackWork, fields: Parameters<typeof checkPostback>[0]): Promise<void> {
  const { db, guard } = work
  const standing = fields.offerId === '' ? undefined : await standingFor(work, fields.offerId)
  const ownHosts = [...work.ownHosts, ...(await domainNames(db))]
  checkPostback(fields, { guard, ownHosts, standing })
}

async function standingFor({ db, engine, user, now }: PostbackWork, offerId: string) {
  try {
    return await loadStanding({ db, engine }, user, { id: offerId, now })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw invalidFields([{ field: 'offerId', message: `there is no offer "${offerId}"` }])
  }
}
