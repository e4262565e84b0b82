import { type ApiKey, toApiKey } from './api-keys.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { AffiliateKey } from './portal-offers.ts'
import type { Db } from './transaction.ts'

/** The affiliate's own keys, revoked ones too, newest first. */
export async function listApiKeysOfAffiliate(
  db: Db,
  who: AffiliateKey,
  page: PageRequest,
): Promise<Page<ApiKey>> {
  const rows = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('workspace', '=', who.workspace)
    .where('affiliate_id', '=', who.affiliateId)
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toApiKey), page, (key) => key.createdAt)
}

export async function countApiKeysInForce(db: Db, who: AffiliateKey): Promise<number> {
  const { count } = await db
    .selectFrom('api_keys')
    .select((select) => select.fn.countAll<string | number>().as('count'))
    .where('workspace', '=', who.workspace)
    .where('affiliate_id', '=', who.affiliateId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** False when the affiliate has no such key in force. */
export async function revokeApiKeyOfAffiliate(
  db: Db,
  who: AffiliateKey,
  { id, now }: { readonly id: string; readonly now: number },
): Promise<boolean> {
  const result = await db
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('workspace', '=', who.workspace)
    .where('affiliate_id', '=', who.affiliateId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}
