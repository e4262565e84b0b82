import type { Selectable } from 'kysely'
import type { EventCounts } from '../domain/conversion-types.ts'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

export type EventSettingsFields = {
  /** As hits name it; compared without regard to case. */
  readonly name: string
  readonly counts: EventCounts
}

/** What conversions of a custom event count as. */
export type EventSettings = Owned & EventSettingsFields

export const {
  create: createEventSettings,
  update: updateEventSettings,
  archive: archiveEventSettings,
  restore: restoreEventSettings,
  get: getEventSettings,
  list: listEventSettings,
} = ownedTable({ table: 'events', toItem: toEventSettings, toColumns })

/** The one in use by that name, without regard to case. */
export async function findEventSettings(
  db: Db,
  workspace: string,
  name: string,
): Promise<EventSettings | undefined> {
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .execute()
  // Compared here: SQLite's lower() knows ASCII alone.
  const lower = name.toLowerCase()
  return rows.map(toEventSettings).find((event) => event.name.toLowerCase() === lower)
}

export function toEventSettings(row: Selectable<Database['events']>): EventSettings {
  return {
    ...toOwned(row),
    name: row.name,
    counts: {
      conversion: row.counts_conversion === 1,
      revenue: row.counts_revenue === 1,
      cost: row.counts_cost === 1,
    },
  }
}

function toColumns(fields: EventSettingsFields) {
  return {
    name: fields.name,
    counts_conversion: fields.counts.conversion ? 1 : 0,
    counts_revenue: fields.counts.revenue ? 1 : 0,
    counts_cost: fields.counts.cost ? 1 : 0,
  }
}
