import { z } from 'zod'
import {
  archiveReportView,
  createReportView,
  getReportView,
  listReportViews,
  type ReportView,
  type ReportViewFields,
  restoreReportView,
  updateReportView,
} from '../store/report-views.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { nameField } from './fields.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'

const QUERY_CHARS_MAX = 4_096

const fields = {
  name: nameField,
  query: z.string().max(QUERY_CHARS_MAX).describe("The dashboard's address of the report, after the `?`"),
}

const viewSchema = z
  .object({ ...ownedFields, name: z.string(), query: z.string() })
  .meta({ id: 'ReportView' })

/** Reports that are asked again and again, by their name. */
export function reportViewRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<ReportView, ReportViewFields>(app, deps, {
    path: 'report-views',
    what: 'report view',
    createBody: z.strictObject(fields),
    updateBody: z.strictObject(fields).partial(),
    itemSchema: viewSchema,
    create: createReportView,
    update: updateReportView,
    archive: archiveReportView,
    restore: restoreReportView,
    get: getReportView,
    list: listReportViews,
    toViews: async (_db, items) =>
      items.map((view) => ({ ...toOwnedView(view), name: view.name, query: view.query })),
  })
}
