import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import { announceDeed } from './announce-deeds.ts'
import { newRecordId } from './ids.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** Who did what to which thing. */
export type AuditEntry = {
  readonly workspace: string
  readonly at: number
  /** A user's id, a key's id, or 'system'. */
  readonly actor: string
  /** e.g. 'offer.update'. */
  readonly action: string
  readonly subjectType: string
  readonly subjectId: string
  /** What changed; holds no secrets. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** Belongs into the transaction of the deed, after it: webhooks that listen are told what it made in the same. */
export async function appendAudit(db: Db, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({
      id: newRecordId(entry.at),
      workspace: entry.workspace,
      at: entry.at,
      actor: entry.actor,
      action: entry.action,
      subject_type: entry.subjectType,
      subject_id: entry.subjectId,
      detail_json: JSON.stringify(entry.detail),
    })
    .execute()
  await announceDeed(db, entry)
}

/** What is absent is not asked for. */
export type AuditFilter = {
  readonly subjectType?: string | undefined
  readonly subjectId?: string | undefined
  readonly actor?: string | undefined
  /** What the action begins with, e.g. 'offer.'. */
  readonly action?: string | undefined
  /** Unix milliseconds; the first that counts, and the first that does not. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/**
 * Entries that fit, newest first.
 * @throws BadCursorError
 */
export async function listAudit(
  db: Db,
  workspace: string,
  { subjectType, subjectId, actor, action, from, to, ...page }: AuditFilter & PageRequest,
): Promise<Page<AuditEntry & { readonly id: string }>> {
  let query = db
    .selectFrom('audit_log')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('at', page.cursor))
  if (subjectType !== undefined) query = query.where('subject_type', '=', subjectType)
  if (subjectId !== undefined) query = query.where('subject_id', '=', subjectId)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (action !== undefined) query = query.where(beginsWith('action', action))
  if (from !== undefined) query = query.where('at', '>=', from)
  if (to !== undefined) query = query.where('at', '<', to)
  const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(rowsWanted(page)).execute()
  return toPage(rows.map(toEntry), page, (entry) => entry.at)
}

/** Words of actions are joined by underscores, which stand for any character in a pattern. */
function beginsWith(column: string, text: string): RawBuilder<SqlBool> {
  const pattern = `${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  return sql<SqlBool>`${sql.ref(column)} like ${pattern} escape '\\'`
}

function toEntry(row: Selectable<Database['audit_log']>): AuditEntry & { readonly id: string } {
  return {
    id: row.id,
    workspace: row.workspace,
    at: row.at,
    actor: row.actor,
    action: row.action,
    subjectType: row.subject_type,
    subjectId: row.subject_id,
    detail: JSON.parse(row.detail_json),
  }
}
