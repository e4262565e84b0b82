import type { Selectable } from 'kysely'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type ReportViewFields = {
  readonly name: string
  /** The report's address after the `?`. */
  readonly query: string
}

/** A report that is asked again and again. */
export type ReportView = Owned & ReportViewFields

export const {
  create: createReportView,
  update: updateReportView,
  archive: archiveReportView,
  restore: restoreReportView,
  get: getReportView,
  list: listReportViews,
} = ownedTable({
  table: 'report_views',
  toItem: (row: Selectable<Database['report_views']>): ReportView => ({
    ...toOwned(row),
    name: row.name,
    query: row.query,
  }),
  toColumns: ({ name, query }: ReportViewFields) => ({ name, query }),
})
