import { type Selectable, sql } from 'kysely'
import type { Alert, AlertFinding, AlertKind, AlertState } from '../domain/alert.ts'
import { newRecordId } from './ids.ts'
import type { OwnedId } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** Those that are open, and those of which a turn waits to be told; the oldest first, of all workspaces. */
export async function loadLiveAlerts(db: Db): Promise<readonly Alert[]> {
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where((where) =>
      where.or([
        where('state', '=', sql.lit('open')),
        where('told_transition', '<', where.ref('transitions')),
      ]),
    )
    .orderBy('opened_at')
    .orderBy('id')
    .execute()
  return rows.map(toAlert)
}

/** The turns of one workspace that wait to be told, the oldest alert first. */
export async function loadUntoldAlerts(db: Db, workspace: string): Promise<readonly Alert[]> {
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace', '=', workspace)
    .whereRef('told_transition', '<', 'transitions')
    .orderBy('opened_at')
    .orderBy('id')
    .execute()
  return rows.map(toAlert)
}

/** Opens an alert, unless one of its kind is open about the same thing. */
export async function openAlert(
  db: Db,
  workspace: string,
  { kind, subjectId, title, detail }: AlertFinding,
  now: number,
): Promise<void> {
  await db
    .insertInto('alerts')
    .values({
      id: newRecordId(now),
      workspace,
      kind,
      subject_id: subjectId,
      state: 'open',
      title,
      detail_json: JSON.stringify(detail),
      opened_at: now,
      seen_at: now,
      resolved_at: null,
      cleared_at: null,
      told_at: null,
      transitions: 1,
      told_transition: 0,
    })
    .onConflict((conflict) =>
      conflict.columns(['workspace', 'kind', 'subject_id']).where('state', '=', sql.lit('open')).doNothing(),
    )
    .execute()
}

/** It holds, in its present words. */
export async function holdAlert(db: Db, alert: Alert, finding: AlertFinding, now: number): Promise<void> {
  await changeOpen(db, alert, {
    title: finding.title,
    detail_json: JSON.stringify(finding.detail),
    seen_at: now,
    cleared_at: null,
  })
}

/** It holds no more, but is not over yet. */
export async function clearAlert(db: Db, alert: Alert, now: number): Promise<void> {
  await changeOpen(db, alert, { cleared_at: now })
}

export async function resolveAlert(db: Db, alert: Alert, now: number): Promise<void> {
  await changeOpen(db, alert, {
    state: 'resolved',
    resolved_at: now,
    transitions: alert.transitions + 1,
  })
}

/** One more turn of an open alert: its reminder. */
export async function remindOfAlert(db: Db, alert: Alert): Promise<void> {
  await changeOpen(db, alert, { transitions: alert.transitions + 1 })
}

/**
 * Takes the turns that alerts have now, to tell them in the same transaction, or to tell them to nobody.
 * @returns those of which no other process took the turn meanwhile.
 */
export async function claimTurns(db: Db, alerts: readonly Alert[], now: number): Promise<readonly Alert[]> {
  const claimed: Alert[] = []
  for (const alert of alerts) {
    const { id, transitions } = alert
    const updated = await db
      .updateTable('alerts')
      .set({ told_transition: transitions, told_at: now })
      .where('id', '=', id)
      .where('told_transition', '<', transitions)
      .executeTakeFirst()
    if (updated.numUpdatedRows === 1n) claimed.push(alert)
  }
  return claimed
}

/** Another process may have turned it meanwhile: its turn stands then. */
async function changeOpen(
  db: Db,
  { id, transitions }: Alert,
  columns: Partial<Selectable<Database['alerts']>>,
): Promise<void> {
  await db
    .updateTable('alerts')
    .set(columns)
    .where('id', '=', id)
    .where('state', '=', sql.lit('open'))
    .where('transitions', '=', transitions)
    .execute()
}

export type AlertFilter = {
  readonly state?: AlertState | undefined
  readonly kind?: AlertKind | undefined
  readonly subjectId?: string | undefined
}

/** Newest first. @throws BadCursorError */
export async function listAlerts(
  db: Db,
  workspace: string,
  filter: AlertFilter,
  page: PageRequest,
): Promise<Page<Alert>> {
  let query = db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('opened_at', page.cursor))
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
  if (filter.subjectId !== undefined) query = query.where('subject_id', '=', filter.subjectId)
  const rows = await query
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toAlert), page, (alert) => alert.openedAt)
}

export async function getAlert(db: Db, key: OwnedId): Promise<Alert | undefined> {
  const row = await db
    .selectFrom('alerts')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toAlert(row)
}

function toAlert(row: Selectable<Database['alerts']>): Alert {
  return {
    id: row.id,
    workspace: row.workspace,
    kind: row.kind as AlertKind, // written by openAlert alone
    subjectId: row.subject_id,
    state: row.state,
    title: row.title,
    detail: JSON.parse(row.detail_json),
    openedAt: row.opened_at,
    seenAt: row.seen_at,
    clearedAt: row.cleared_at,
    resolvedAt: row.resolved_at,
    toldAt: row.told_at,
    transitions: row.transitions,
    toldTransition: row.told_transition,
  }
}
