import { z } from 'zod'
import { appendAudit } from '../store/audit-log.ts'
import {
  deleteNotificationTarget,
  type NotificationTargetFields,
  type StoredTarget,
  updateNotificationTarget,
} from '../store/notification-targets.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { auditedChanges } from './audited-changes.ts'
import { type Caller, callerOf } from './caller.ts'
import type { TargetViewing } from './notification-target-view.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'
import { lockTarget } from './rotate-secret.ts'

/** What webhooks, channels of alerts and the targets of sources and campaigns differ in: all are notification targets. */
export type TargetKind = {
  /** In the words of the API, e.g. 'alert channel'. */
  readonly what: string
  readonly tags: readonly string[]
  /** Where they are, e.g. '/api/v1/alert-channels'. */
  readonly path: string
  /** @throws Problem 404 also for a target of another kind. */
  readonly find: (db: Db, caller: Caller, id: string) => Promise<StoredTarget>
  /** Names of the fields that a change may set. */
  readonly settable: readonly string[]
}

/** May hold credentials, as no view shows them or as a text of any form: that they changed is kept, and no value. */
const SECRET_FIELDS = ['secret', 'headers', 'systemSecrets', 'bodyTemplate']

type Change<View> = {
  /** Names of the fields that the request gives. */
  readonly given: readonly string[]
  /** What of it is changed, in the transaction of the change. @throws Problem when it may not be. */
  readonly decide: (
    db: Db,
    current: StoredTarget,
  ) => Partial<NotificationTargetFields> | Promise<Partial<NotificationTargetFields>>
  readonly toView: (viewing: TargetViewing, changed: StoredTarget) => Promise<View>
}

/**
 * Changes a target, with its entry in the audit log. One that becomes active again may have calls waiting: they go out
 * at once.
 * @throws Problem 404 when there is none.
 */
export async function changeTarget<View extends object>(
  deps: ApiDeps,
  { what, find, settable }: TargetKind,
  { caller, id }: { readonly caller: Caller; readonly id: string },
  { given, decide, toView }: Change<View>,
): Promise<View> {
  const { store, vault } = deps
  const { view, isResumed } = await inTransaction(store.db, async (db) => {
    await lockTarget(db, store.engine, id)
    const current = await find(db, caller, id)
    const now = deps.clock()
    const before = await toView({ db, vault, now }, current)
    const changes = await decide(db, current)
    const changed = await updateNotificationTarget(db, { workspace: caller.workspace, id }, changes, now)
    if (changed === undefined) throw notFound(what, id)
    const view = await toView({ db, vault, now }, changed)
    const compared = auditedChanges({ settable, secret: SECRET_FIELDS, given, before, after: view })
    await auditOf(what)(db, caller, { now, deed: 'update', id, detail: { ...compared } })
    return {
      view,
      isResumed: current.status !== 'active' && changed.status === 'active',
    }
  })
  if (isResumed) deps.wakeDelivery()
  return view
}

/** The fields of a request that it gives: those that are absent, or undefined, stay as they are. */
export function givenFields<Fields extends object>(fields: Fields): Partial<NotificationTargetFields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

export function deleteTargetRoute(app: ApiApp, deps: ApiDeps, { what, tags, path, find }: TargetKind): void {
  app.delete(`${path}/:id`, {
    schema: {
      tags,
      summary: `Delete: ${what}; what waits for it is cancelled, its log stays`,
      params: idParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { id } = request.params
      await inTransaction(deps.store.db, async (db) => {
        const now = deps.clock()
        await find(db, caller, id)
        await deleteNotificationTarget(db, { workspace: caller.workspace, id }, now)
        await auditOf(what)(db, caller, { now, deed: 'delete', id })
      })
      return await reply.code(204).send()
    },
  })
}

type Deed = {
  /** Unix milliseconds. */
  readonly now: number
  /** e.g. 'create'. */
  readonly deed: string
  readonly id: string
  /** What is known of it besides; holds no secrets. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Writes deeds with such a target into the audit log. */
export function auditOf(what: string): (db: Db, caller: Caller, done: Deed) => Promise<void> {
  const named = what.replaceAll(' ', '_')
  return async (db, { workspace, actor }, { now, deed, id, detail = {} }) => {
    const subject = { subjectType: what, subjectId: id }
    await appendAudit(db, { workspace, at: now, actor, action: `${named}.${deed}`, ...subject, detail })
  }
}
