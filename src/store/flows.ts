import type { Selectable } from 'kysely'
import type { Flow as FlowRouting, Optimization } from '../domain/flow.ts'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type FlowFields = FlowRouting & {
  readonly name: string
  /** Null: the weights are the user's. */
  readonly optimization: Optimization | null
}

/** A flow that campaigns share. */
export type Flow = Owned & FlowFields

export const {
  create: createFlow,
  update: updateFlow,
  archive: archiveFlow,
  restore: restoreFlow,
  get: getFlow,
  list: listFlows,
} = ownedTable({ table: 'flows', toItem: toFlow, toColumns })

export function toFlow(row: Selectable<Database['flows']>): Flow {
  return {
    ...toOwned(row),
    name: row.name,
    rules: JSON.parse(row.rules_json),
    paths: JSON.parse(row.paths_json),
    sticky: row.sticky,
    optimization: JSON.parse(row.optimization_json),
  }
}

function toColumns(fields: FlowFields) {
  return {
    name: fields.name,
    rules_json: JSON.stringify(fields.rules),
    paths_json: JSON.stringify(fields.paths),
    sticky: fields.sticky,
    optimization_json: JSON.stringify(fields.optimization),
  }
}
