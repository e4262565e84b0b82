import type { Selectable } from 'kysely'
import { DEFAULT_NETWORK_SETTINGS, type NetworkSettings } from '../domain/affiliate.ts'
import { type AlertSettings, DEFAULT_ALERT_SETTINGS } from '../domain/alert.ts'
import { DEFAULT_FRAUD_SETTINGS, type FraudSettings } from '../domain/fraud.ts'
import { DEFAULT_RETENTION_SETTINGS, type RetentionSettings } from '../domain/retention.ts'
import { changeConfiguration } from './config-version.ts'
import { newId } from './ids.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

export type WorkspaceFields = {
  readonly name: string
  /** ISO 4217: the currency of its reports. */
  readonly currency: string
  /** IANA name: where its days begin. */
  readonly timeZone: string
  /** Where a visitor goes when nothing else is known; '' for a plain 404. */
  readonly fallbackUrl: string
  readonly attributionWindowDays: number
  /** After so many hours without a visit a visitor is new again; 0: after the attribution window. */
  readonly uniqueHours: number
  readonly fraud: FraudSettings
  /** Its side as a network. */
  readonly network: NetworkSettings
  readonly alerts: AlertSettings
  readonly retention: RetentionSettings
  /** Its own people sign in with a second factor, or reach nothing but their account. */
  readonly requireTwoFactor: boolean
}

/** One customer's data. */
export type Workspace = WorkspaceFields & {
  readonly id: string
  readonly createdAt: number
  readonly updatedAt: number
}

export async function createWorkspace(
  db: Db,
  fields: WorkspaceFields & { readonly id?: string },
  now: number,
): Promise<Workspace> {
  const { id = newId(), ...own } = fields
  await changeConfiguration(db, (trx) =>
    trx
      .insertInto('workspaces')
      .values({ id, created_at: now, updated_at: now, ...toColumns(own) })
      .execute(),
  )
  return { ...own, id, createdAt: now, updatedAt: now }
}

/** Changes the given fields; undefined when there is no such workspace. */
export async function updateWorkspace(
  db: Db,
  id: string,
  changes: Partial<WorkspaceFields>,
  now: number,
): Promise<Workspace | undefined> {
  return await inTransaction(db, async (trx) => {
    const current = await getWorkspace(trx, id)
    if (current === undefined) return undefined
    const changed = { ...current, ...changes, updatedAt: now }
    await changeConfiguration(trx, () =>
      trx
        .updateTable('workspaces')
        .set({ ...toColumns(changed), updated_at: now })
        .where('id', '=', id)
        .execute(),
    )
    return changed
  })
}

export async function getWorkspace(db: Db, id: string): Promise<Workspace | undefined> {
  const row = await db.selectFrom('workspaces').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toWorkspace(row)
}

/** Whether the workspace's own people need a second factor. */
export async function requiresTwoFactor(db: Db, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('workspaces')
    .select('require_two_factor')
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.require_two_factor === 1
}

export async function countWorkspaces(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('workspaces')
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** All of them, oldest first: an installation has few. */
export async function listWorkspaces(db: Db): Promise<readonly Workspace[]> {
  const rows = await db.selectFrom('workspaces').selectAll().orderBy('created_at').orderBy('id').execute()
  return rows.map(toWorkspace)
}

function toWorkspace(row: Selectable<Database['workspaces']>): Workspace {
  return {
    id: row.id,
    name: row.name,
    currency: row.currency,
    timeZone: row.time_zone,
    fallbackUrl: row.fallback_url,
    attributionWindowDays: row.attribution_window_days,
    uniqueHours: row.unique_hours,
    fraud: { ...DEFAULT_FRAUD_SETTINGS, ...JSON.parse(row.fraud_json) },
    network: { ...DEFAULT_NETWORK_SETTINGS, ...JSON.parse(row.network_json) },
    alerts: { ...DEFAULT_ALERT_SETTINGS, ...JSON.parse(row.alerts_json) },
    retention: { ...DEFAULT_RETENTION_SETTINGS, ...JSON.parse(row.retention_json) },
    requireTwoFactor: row.require_two_factor === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toColumns(fields: WorkspaceFields) {
  return {
    name: fields.name,
    currency: fields.currency,
    time_zone: fields.timeZone,
    fallback_url: fields.fallbackUrl,
    attribution_window_days: fields.attributionWindowDays,
    unique_hours: fields.uniqueHours,
    fraud_json: JSON.stringify(fields.fraud),
    network_json: JSON.stringify(fields.network),
    alerts_json: JSON.stringify(fields.alerts),
    retention_json: JSON.stringify(fields.retention),
    require_two_factor: fields.requireTwoFactor ? 1 : 0,
  }
}
