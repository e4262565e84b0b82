import type { Selectable } from 'kysely'
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

/** Newest first. */
export async function listAudit(
  db: Db,
  workspace: string,
  page: PageRequest,
): Promise<Page<AuditEntry & { readonly id: string }>> {
  const rows = await db
    .selectFrom('audit_log')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('at', page.cursor))
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toEntry), page, (entry) => entry.at)
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
