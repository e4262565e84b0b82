import type { Selectable } from 'kysely'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

export type CouponFields = {
  /** As hits name it; kept in capitals and compared so. */
  readonly name: string
  readonly affiliateId: string
  readonly offerId: string
}

/** A code by which an advertiser's customer tells whose customer it is. */
export type Coupon = Owned & CouponFields

export const {
  create: createCoupon,
  update: updateCoupon,
  archive: archiveCoupon,
  restore: restoreCoupon,
  get: getCoupon,
  list: listCoupons,
} = ownedTable({ table: 'coupons', toItem: toCoupon, toColumns })

/** The coupon in use of that code. */
export async function findCoupon(
  db: Db,
  code: { readonly workspace: string; readonly name: string },
): Promise<Coupon | undefined> {
  const row = await db
    .selectFrom('coupons')
    .selectAll()
    .where('workspace', '=', code.workspace)
    .where('name', '=', code.name)
    .where('archived_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? undefined : toCoupon(row)
}

function toCoupon(row: Selectable<Database['coupons']>): Coupon {
  return { ...toOwned(row), name: row.name, affiliateId: row.affiliate_id, offerId: row.offer_id }
}

function toColumns(fields: CouponFields) {
  return { name: fields.name, affiliate_id: fields.affiliateId, offer_id: fields.offerId }
}
