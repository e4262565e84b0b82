import type { Selectable } from 'kysely'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'
import type { CustomMetricKind } from './schema-dashboard.ts'
import type { Db } from './transaction.ts'

export type CustomMetricFields = {
  readonly name: string
  /** Over other metrics by their names (domain/formula.ts). */
  readonly formula: string
  readonly kind: CustomMetricKind
}

/** A metric of the workspace's own. */
export type CustomMetric = Owned & CustomMetricFields

export const {
  create: createCustomMetric,
  update: updateCustomMetric,
  archive: archiveCustomMetric,
  restore: restoreCustomMetric,
  get: getCustomMetric,
  list: listCustomMetrics,
} = ownedTable({ table: 'custom_metrics', toItem: toCustomMetric, toColumns })

/** Those of the ids that the workspace has, archived ones too. */
export async function findCustomMetrics(
  db: Db,
  workspace: string,
  ids: readonly string[],
): Promise<readonly CustomMetric[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('custom_metrics')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('id', 'in', ids)
    .execute()
  return rows.map(toCustomMetric)
}

function toCustomMetric(row: Selectable<Database['custom_metrics']>): CustomMetric {
  return { ...toOwned(row), name: row.name, formula: row.formula, kind: row.kind }
}

function toColumns({ name, formula, kind }: CustomMetricFields) {
  return { name, formula, kind }
}
