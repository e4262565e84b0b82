import { z } from 'zod'
import { earns } from '../domain/conversion.ts'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { LIMITS } from '../domain/limits.ts'
import { formatMicros } from '../domain/money.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { namesOfOffers } from '../store/offer-names.ts'
import { listConversionsOfAffiliate } from '../store/portal-conversions.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { timeField, toTime } from './fields.ts'
import { pageOf, pageQuery } from './page.ts'
import { portalUser } from './portal-affiliate.ts'
import { momentField } from './portal-moment.ts'

const SUBS = [
  ...(['sub1', 'sub2', 'sub3', 'sub4', 'sub5'] as const),
  ...(['sub6', 'sub7', 'sub8', 'sub9', 'sub10'] as const),
]
const subField = z.string().min(1).max(LIMITS.paramValueCharsMax).optional()

const listQuery = pageQuery.extend({
  status: z.enum(CONVERSION_STATUSES).optional(),
  event: z.string().max(LIMITS.eventCharsMax).optional(),
  offerId: z.string().max(64).optional(),
  clickId: z.string().max(100).optional(),
  affClickId: z.string().max(LIMITS.externalIdCharsMax).optional(),
  from: momentField.optional().describe('First moment of the conversion'),
  to: momentField.optional().describe('Moment behind the last'),
  sub1: subField,
  sub2: subField,
  sub3: subField,
  sub4: subField,
  sub5: subField,
  sub6: subField,
  sub7: subField,
  sub8: subField,
  sub9: subField,
  sub10: subField,
})

const conversionSchema = z
  .object({
    id: z.string(),
    clickId: z.string().describe("The network's id of the visit; '' for a conversion without one"),
    offerId: z.string(),
    offerName: z.string(),
    event: z.string(),
    status: z.enum(CONVERSION_STATUSES),
    payout: z.string().describe('What you earn by it: rejected and trash earn nothing'),
    currency: z.string(),
    affClickId: z.string().describe('Your own click id, as your link named it'),
    source: z.string(),
    subs: z.record(z.string(), z.string()).describe('sub1 to sub10 as your link named them'),
    country: z.string(),
    clickedAt: timeField,
    createdAt: timeField,
    updatedAt: timeField,
  })
  .meta({ id: 'PortalConversion' })

/** An affiliate's conversions, with its payout: neither the sale nor what the advertiser pays for it is told. */
export function portalConversionRoutes(app: ApiApp, deps: ApiDeps): void {
  const { store } = deps
  app.get('/api/v1/portal/conversions', {
    schema: {
      tags: ['portal'],
      summary: 'Your conversions, newest first',
      querystring: listQuery,
      response: { 200: pageOf(conversionSchema) },
    },
    handler: async (request) => {
      const user = await portalUser(store.db, request)
      const { limit, cursor, affClickId, ...rest } = request.query
      const filter = { ...rest, externalId: affClickId, subs: subsOf(request.query) }
      const found = await listConversionsOfAffiliate(store, user, { filter, page: { limit, cursor } })
      const names = await namesOfOffers(
        store.db,
        user.workspace,
        found.items.map(({ offerId }) => offerId),
      )
      return {
        items: found.items.map((conversion) => toView(conversion, names.get(conversion.offerId) ?? '')),
        nextCursor: found.nextCursor,
      }
    },
  })
}

/** Those that are there, by name. */
function subsOf(
  values: { readonly [Sub in (typeof SUBS)[number]]?: string | undefined },
): Readonly<Record<string, string>> {
  return Object.fromEntries(SUBS.flatMap((name) => (values[name] ? [[name, values[name]]] : [])))
}

function toView(conversion: StoredConversion, offerName: string): z.input<typeof conversionSchema> {
  const { id, clickId, offerId, event, status, currency, visit } = conversion
  return {
    id,
    clickId,
    offerId,
    offerName,
    event,
    status,
    payout: earns(status) ? formatMicros(conversion.payoutMicros) : '0',
    currency,
    affClickId: conversion.externalId,
    source: visit.tokens?.source ?? '',
    subs: subsOf(visit),
    country: visit.country ?? '',
    clickedAt: toTime(conversion.visitAt),
    createdAt: toTime(conversion.createdAt),
    updatedAt: toTime(conversion.updatedAt),
  }
}
