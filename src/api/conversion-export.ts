import { Readable } from 'node:stream'
import { z } from 'zod'
import { EXPORTED_CONVERSIONS_MAX } from '../domain/conversion-export.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, managerOf } from './caller.ts'
import { writeConversionCsv } from './conversion-csv.ts'
import { conversionFilterFields } from './conversion-filter-fields.ts'

/** GET /api/v1/conversions/export: what the list of conversions shows, as a file. */
export function conversionExportRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/conversions/export', {
    schema: {
      tags: ['conversions'],
      summary: `Conversions of a filter as CSV, the newest ${EXPORTED_CONVERSIONS_MAX} at most; the last line says when there are more`,
      querystring: z.object(conversionFilterFields),
      produces: ['text/csv'],
    },
    handler: async (request, reply) => {
      const { workspace, role } = callerOf(request)
      const filter = { ...request.query, managerId: managerOf(request) }
      const pieces = writeConversionCsv(deps.store.db, { workspace, role, filter })
      const day = new Date(deps.clock()).toISOString().slice(0, 10)
      return await reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="conversions-${day}.csv"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(pieces, { objectMode: false }))
    },
  })
}
