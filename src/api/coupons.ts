import { z } from 'zod'
import { getAffiliate } from '../store/affiliates.ts'
import {
  archiveCoupon,
  type Coupon,
  type CouponFields,
  createCoupon,
  findCoupon,
  getCoupon,
  listCoupons,
  restoreCoupon,
  updateCoupon,
} from '../store/coupons.ts'
import { getOffer } from '../store/offers.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { type FieldError, invalidFields } from './problem.ts'

const CODE_CHARS_MAX = 64

const fields = {
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(CODE_CHARS_MAX)
    .transform((text) => text.toUpperCase())
    .refine((text) => /^[^\s\p{C}]+$/u.test(text), 'must have no spaces')
    .describe('The code, in any case; kept in capitals'),
  affiliateId: z.string().min(1).max(64).describe('Who earns by it'),
  offerId: z.string().min(1).max(64).describe("An advertiser's offer"),
}

const couponSchema = z
  .object({ ...ownedFields, name: z.string(), affiliateId: z.string(), offerId: z.string() })
  .meta({ id: 'Coupon' })

/** Codes by which an advertiser's customers tell whose customers they are. */
export function couponRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<Coupon, CouponFields>(app, deps, {
    path: 'coupons',
    what: 'coupon',
    createBody: z.strictObject(fields),
    updateBody: z.strictObject(fields).partial(),
    itemSchema: couponSchema,
    create: createCoupon,
    update: updateCoupon,
    archive: archiveCoupon,
    restore: restoreCoupon,
    get: getCoupon,
    list: listCoupons,
    toViews: async (_db, items) => items.map(toView),
    locks: ({ name }) => [`coupon:${name}`],
    check: checkCoupon,
  })
}

async function checkCoupon(db: Db, workspace: string, coupon: CouponFields, ownId?: string): Promise<void> {
  const { name, affiliateId, offerId } = coupon
  const errors: FieldError[] = []
  const holder = await findCoupon(db, { workspace, name })
  if (holder !== undefined && holder.id !== ownId) {
    errors.push({ field: 'name', message: `"${name}" is taken by another coupon` })
  }
  const affiliate = await getAffiliate(db, { workspace, id: affiliateId })
  if (affiliate?.archivedAt !== null) {
    errors.push({ field: 'affiliateId', message: `there is no affiliate "${affiliateId}"` })
  }
  const offer = await getOffer(db, { workspace, id: offerId })
  if (offer?.archivedAt !== null) {
    errors.push({ field: 'offerId', message: `there is no offer "${offerId}"` })
  } else if (offer.terms === null) {
    errors.push({ field: 'offerId', message: `the offer "${offer.name}" is no advertiser's` })
  }
  if (errors.length > 0) throw invalidFields(errors)
}

function toView(coupon: Coupon): z.input<typeof couponSchema> {
  const { name, affiliateId, offerId } = coupon
  return { ...toOwnedView(coupon), name, affiliateId, offerId }
}
