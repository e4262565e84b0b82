import { z } from 'zod'
import { earns } from '../domain/conversion.ts'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { LIMITS } from '../domain/limits.ts'
import { formatMicros } from '../domain/money.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { namesOfOffers } from '../store/offer-names.ts'
import type { Store } from '../store/open-store.ts'
import type { Page, PageRequest } from '../store/page.ts'
import { listConversionsOfAffiliate } from '../store/portal-conversions.ts'
import type { AffiliateKey } from '../store/portal-offers.ts'
import { timeField, toTime } from './fields.ts'
import { momentField } from './portal-moment.ts'

export const PORTAL_SUBS = [
  ...(['sub1', 'sub2', 'sub3', 'sub4', 'sub5'] as const),
  ...(['sub6', 'sub7', 'sub8', 'sub9', 'sub10'] as const),
]
const subField = z.string().min(1).max(LIMITS.paramValueCharsMax).optional()

export const portalConversionFilter = {
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
}

export const portalConversionSchema = z
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

type Filter = z.output<z.ZodObject<typeof portalConversionFilter>>
export type PortalConversionView = z.input<typeof portalConversionSchema>

/** A page of the affiliate's conversions as it sees them: neither the sale nor what the advertiser pays is told. */
export async function listPortalConversions(
  store: Pick<Store, 'db' | 'engine'>,
  who: AffiliateKey,
  { filter: { affClickId, ...rest }, page }: { readonly filter: Filter; readonly page: PageRequest },
): Promise<Page<PortalConversionView>> {
  const filter = { ...rest, externalId: affClickId, subs: subsOf(rest) }
  const { items, nextCursor } = await listConversionsOfAffiliate(store, who, { filter, page })
  const offerIds = items.map(({ offerId }) => offerId)
  const names = await namesOfOffers(store.db, who.workspace, offerIds)
  return {
    items: items.map((conversion) => toView(conversion, names.get(conversion.offerId) ?? '')),
    nextCursor,
  }
}

/** Those that are there, by name. */
function subsOf(
  values: { readonly [Sub in (typeof PORTAL_SUBS)[number]]?: string | undefined },
): Readonly<Record<string, string>> {
  return Object.fromEntries(PORTAL_SUBS.flatMap((name) => (values[name] ? [[name, values[name]]] : [])))
}

function toView(conversion: StoredConversion, offerName: string): PortalConversionView {
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
