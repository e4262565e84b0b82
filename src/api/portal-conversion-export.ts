import { Readable } from 'node:stream'
import { z } from 'zod'
import { EXPORTED_CONVERSIONS_MAX } from '../domain/conversion-export.ts'
import { csvText } from '../domain/csv-row.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type CsvColumn, writePagedCsv } from './paged-csv.ts'
import { portalUser } from './portal-affiliate.ts'
import {
  listPortalConversions,
  PORTAL_SUBS,
  type PortalConversionView,
  portalConversionFilter,
} from './portal-conversion-view.ts'

/** What the portal shows of a conversion, and nothing else: the rows are the view that its list answers with. */
const COLUMNS: readonly CsvColumn<PortalConversionView>[] = [
  ['created_at', ({ createdAt }) => createdAt],
  ['clicked_at', ({ clickedAt }) => clickedAt],
  ['id', ({ id }) => csvText(id)],
  ['event', ({ event }) => csvText(event)],
  ['status', ({ status }) => status],
  ['offer_id', ({ offerId }) => csvText(offerId)],
  ['offer', ({ offerName }) => csvText(offerName)],
  ['currency', ({ currency }) => currency],
  ['payout', ({ payout }) => payout],
  ['click_id', ({ clickId }) => csvText(clickId)],
  ['aff_click_id', ({ affClickId }) => csvText(affClickId)],
  ['source', ({ source }) => csvText(source)],
  ...PORTAL_SUBS.map(
    (name): CsvColumn<PortalConversionView> => [name, ({ subs }) => csvText(subs[name] ?? '')],
  ),
  ['country', ({ country }) => country],
  ['updated_at', ({ updatedAt }) => updatedAt],
]

/** GET /api/v1/portal/conversions/export: an affiliate's conversions, as a file. */
export function portalConversionExportRoutes(app: ApiApp, deps: ApiDeps): void {
  const { store } = deps
  app.get('/api/v1/portal/conversions/export', {
    schema: {
      tags: ['portal'],
      summary: `Your conversions as CSV, the newest ${EXPORTED_CONVERSIONS_MAX} at most; the last line says when there are more`,
      querystring: z.object(portalConversionFilter),
      produces: ['text/csv'],
    },
    handler: async (request, reply) => {
      const user = await portalUser(store.db, request)
      const filter = request.query
      const pieces = writePagedCsv({
        columns: COLUMNS,
        read: (page) => listPortalConversions(store, user, { filter, page }),
        rowsMax: EXPORTED_CONVERSIONS_MAX,
      })
      const day = new Date(deps.clock()).toISOString().slice(0, 10)
      return await reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="conversions-${day}.csv"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(pieces, { objectMode: false }))
    },
  })
}
