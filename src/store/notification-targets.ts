import type { Selectable } from 'kysely'
import { hashOfText } from '../domain/notification-moderation.ts'
import type { Moderation, NotificationTarget } from '../domain/target-types.ts'
import { changeConfiguration, nextConfigVersion } from './config-version.ts'
import { cancelNewestOfClosed } from './delivery-closing.ts'
import { newId } from './ids.ts'
import type { OwnedId } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import { clearTargetHealth } from './target-health.ts'
import { type Db, inTransaction } from './transaction.ts'
import type { Vault } from './vault.ts'

export type NotificationTargetFields = Omit<NotificationTarget, 'id' | 'workspace'>

export type StoredTarget = NotificationTarget & {
  /** Why it was disabled by the system; '' when a person did it or it is active. */
  readonly disabledReason: string
  readonly createdAt: number
  readonly updatedAt: number
}

export async function createNotificationTarget(
  db: Db,
  workspace: string,
  fields: NotificationTargetFields,
  now: number,
): Promise<StoredTarget> {
  const id = newId()
  await changeConfiguration(db, (trx) =>
    trx
      .insertInto('notification_targets')
      .values({ id, workspace, disabled_reason: '', created_at: now, updated_at: now, ...toColumns(fields) })
      .execute(),
  )
  return { ...fields, id, workspace, disabledReason: '', createdAt: now, updatedAt: now }
}

/** Changes the given fields; one that becomes active loses the reason it was disabled for. */
export async function updateNotificationTarget(
  db: Db,
  key: OwnedId,
  changes: Partial<NotificationTargetFields>,
  now: number,
): Promise<StoredTarget | undefined> {
  return await inTransaction(db, async (trx) => {
    const current = await getNotificationTarget(trx, key)
    if (current === undefined) return undefined
    const merged = { ...current, ...changes, updatedAt: now }
    const changed = { ...merged, disabledReason: merged.status === 'active' ? '' : merged.disabledReason }
    await changeConfiguration(trx, () =>
      trx
        .updateTable('notification_targets')
        .set({ ...toColumns(changed), disabled_reason: changed.disabledReason, updated_at: now })
        .where('id', '=', key.id)
        .where('workspace', '=', key.workspace)
        .execute(),
    )
    if (changed.status === 'active' && current.status !== 'active') await clearTargetHealth(trx, key.id)
    return changed
  })
}

/**
 * Disables a target for a reason that its owner is shown, e.g. the receiver answered 410.
 * @param target.unchangedSince one that was changed after this time is left alone.
 * @returns false when it was disabled already, or changed, or is deleted.
 */
export async function disableNotificationTarget(
  db: Db,
  target: {
    readonly id: string
    readonly reason: string
    readonly now: number
    readonly unchangedSince?: number
  },
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const result = await trx
      .updateTable('notification_targets')
      .set({ status: 'disabled', disabled_reason: target.reason, updated_at: target.now })
      .where('id', '=', target.id)
      .where('status', '<>', 'disabled')
      .$if(target.unchangedSince !== undefined, (query) =>
        query.where('updated_at', '<=', target.unchangedSince ?? 0),
      )
      .executeTakeFirst()
    if (result.numUpdatedRows === 0n) return false
    await nextConfigVersion(trx)
    return true
  })
}

/**
 * Nothing is sent for it from then on, and what was sent stays in the log. Of what waits for it the newest is cancelled
 * with it, and the others bit by bit by a worker: there may be a million. False when the workspace has no such target.
 */
export async function deleteNotificationTarget(db: Db, key: OwnedId, now: number): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    if ((await getNotificationTarget(trx, key)) === undefined) return false
    await trx.deleteFrom('target_health').where('target_id', '=', key.id).execute()
    const isDeleted = await changeConfiguration(trx, async (inner) => {
      const result = await inner
        .deleteFrom('notification_targets')
        .where('id', '=', key.id)
        .where('workspace', '=', key.workspace)
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    })
    if (isDeleted) await cancelNewestOfClosed(trx, { ...key, now })
    return isDeleted
  })
}

export async function getNotificationTarget(db: Db, key: OwnedId): Promise<StoredTarget | undefined> {
  const row = await db
    .selectFrom('notification_targets')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toTarget(row)
}

/** Newest first; webhooks (webhooks.ts) and channels of alerts are not among them. */
export async function listNotificationTargets(
  db: Db,
  workspace: string,
  page: PageRequest,
): Promise<Page<StoredTarget>> {
  const rows = await db
    .selectFrom('notification_targets')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('owner_type', 'not in', ['workspace', 'alerts'])
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toTarget), page, (target) => target.createdAt)
}

export type ModeratedTarget = StoredTarget & { readonly affiliateName: string }

/** Affiliates' targets, newest first. @param of what is undefined is not asked for; managerId: only its affiliates'. */
export async function listModeratedTargets(
  db: Db,
  of: {
    readonly workspace: string
    readonly moderation?: Moderation | undefined
    readonly affiliateId?: string | undefined
    readonly managerId?: string | undefined
  },
  page: PageRequest,
): Promise<Page<ModeratedTarget>> {
  const rows = await db
    .selectFrom('notification_targets')
    .selectAll()
    .select((query) =>
      query
        .selectFrom('affiliates')
        .whereRef('affiliates.id', '=', 'notification_targets.owner_id')
        .select('affiliates.name')
        .as('affiliate_name'),
    )
    .where('workspace', '=', of.workspace)
    .where('owner_type', '=', 'affiliate')
    .$if(of.moderation !== undefined, (query) => query.where('moderation', '=', of.moderation ?? 'pending'))
    .$if(of.affiliateId !== undefined, (query) => query.where('owner_id', '=', of.affiliateId ?? ''))
    .$if(of.managerId !== undefined, (query) =>
      query.where('owner_id', 'in', (inner) =>
        inner
          .selectFrom('affiliates')
          .where('manager_id', '=', of.managerId ?? '')
          .select('affiliates.id'),
      ),
    )
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  const items = rows.map((row) => ({ ...toTarget(row), affiliateName: row.affiliate_name ?? '' }))
  return toPage(items, page, (target) => target.createdAt)
}

export type Verdict = {
  /** `pending` takes a decision back: it waits again. */
  readonly moderation: Moderation
  /** Why it is rejected; for the affiliate. */
  readonly reason: string
  /** hashOfText of what the moderator saw. */
  readonly textHash: string
}

/**
 * Approves or rejects exactly the text that the moderator saw, or takes that back.
 * @returns 'changed' when it is another text by now; undefined when there is no such target of an affiliate.
 */
export async function moderateTarget(
  db: Db,
  key: OwnedId,
  { moderation, reason, textHash }: Verdict,
  now: number,
): Promise<StoredTarget | 'changed' | undefined> {
  return await inTransaction(db, async (trx) => {
    const current = await getNotificationTarget(trx, key)
    if (current === undefined || current.ownerType !== 'affiliate') return undefined
    if (hashOfText(current) !== textHash) return 'changed'
    const decided = { moderation, moderation_reason: reason, updated_at: now }
    const result = await changeConfiguration(trx, (inner) =>
      inner
        .updateTable('notification_targets')
        .set(decided)
        .where('id', '=', key.id)
        // Another transaction may have changed the text since it was read.
        .where('type', '=', current.type)
        .where('method', '=', current.method)
        .where('url', '=', current.url)
        .where('body_template', '=', current.bodyTemplate)
        .where('content_type', '=', current.contentType)
        .where('code', '=', current.code)
        .executeTakeFirst(),
    )
    if (result.numUpdatedRows === 0n) return 'changed'
    return { ...current, moderation, moderationReason: reason, updatedAt: now }
  })
}

/** Seals what migration 004 left readable; afterwards there is none. */
export async function sealOpenSecrets(db: Db, vault: Vault): Promise<void> {
  const rows = await db
    .selectFrom('notification_targets')
    .select(['id', 'sealed_secrets'])
    .where('sealed_secrets', 'like', 'open.%')
    .execute()
  for (const { id, sealed_secrets: open } of rows) {
    const sealed = vault.seal(vault.open(open))
    await db
      .updateTable('notification_targets')
      .set({ sealed_secrets: sealed })
      .where('id', '=', id)
      .where('sealed_secrets', '=', open)
      .execute()
  }
}

export function toTarget(row: Selectable<Database['notification_targets']>): StoredTarget {
  return {
    id: row.id,
    workspace: row.workspace,
    ownerType: row.owner_type,
    ownerId: row.owner_id,
    offerId: row.offer_id,
    type: row.type,
    method: row.method,
    url: row.url,
    bodyTemplate: row.body_template,
    contentType: row.content_type,
    system: row.system,
    settings: JSON.parse(row.settings_json),
    sealedSecrets: row.sealed_secrets,
    events: JSON.parse(row.events_json),
    statuses: JSON.parse(row.statuses_json),
    onlyFirst: row.only_first === 1,
    onlyWithPayout: row.only_with_payout === 1,
    delaySeconds: row.delay_seconds,
    percent: row.percent,
    maxPerMinute: row.max_per_minute,
    maxConcurrent: row.max_concurrent,
    expireHours: row.expire_hours,
    status: row.status,
    code: row.code,
    moderation: row.moderation,
    moderationReason: row.moderation_reason,
    disabledReason: row.disabled_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toColumns(fields: NotificationTargetFields) {
  return {
    owner_type: fields.ownerType,
    owner_id: fields.ownerId,
    offer_id: fields.offerId,
    type: fields.type,
    method: fields.method,
    url: fields.url,
    body_template: fields.bodyTemplate,
    content_type: fields.contentType,
    system: fields.system,
    settings_json: JSON.stringify(fields.settings),
    sealed_secrets: fields.sealedSecrets,
    events_json: JSON.stringify(fields.events),
    statuses_json: JSON.stringify(fields.statuses),
    only_first: fields.onlyFirst ? 1 : 0,
    only_with_payout: fields.onlyWithPayout ? 1 : 0,
    delay_seconds: fields.delaySeconds,
    percent: fields.percent,
    max_per_minute: fields.maxPerMinute,
    max_concurrent: fields.maxConcurrent,
    expire_hours: fields.expireHours,
    status: fields.status,
    code: fields.code,
    moderation: fields.moderation,
    moderation_reason: fields.moderationReason,
  }
}
