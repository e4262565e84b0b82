import { type StoredTarget, toTarget } from './notification-targets.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { AffiliateKey } from './portal-offers.ts'
import type { Db } from './transaction.ts'

/** The affiliate's postbacks and pixels, newest first. */
export async function listTargetsOfAffiliate(
  db: Db,
  who: AffiliateKey,
  { offerId, page }: { readonly offerId: string | undefined; readonly page: PageRequest },
): Promise<Page<StoredTarget>> {
  let query = targetsOf(db, who).where(afterCursor('created_at', page.cursor))
  if (offerId !== undefined) query = query.where('offer_id', '=', offerId)
  const rows = await query
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toTarget), page, (target) => target.createdAt)
}

export async function getTargetOfAffiliate(
  db: Db,
  who: AffiliateKey,
  id: string,
): Promise<StoredTarget | undefined> {
  const row = await targetsOf(db, who).selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toTarget(row)
}

/** The oldest postback of all offers and events: what "the" global postback is; undefined when there is none. */
export async function findGlobalPostback(db: Db, who: AffiliateKey): Promise<StoredTarget | undefined> {
  const row = await targetsOf(db, who)
    .selectAll()
    .where('offer_id', '=', '')
    .where('type', '=', 'postback')
    .where('events_json', '=', '[]')
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? undefined : toTarget(row)
}

export async function countTargetsOfAffiliate(db: Db, who: AffiliateKey): Promise<number> {
  const { count } = await targetsOf(db, who)
    .select((select) => select.fn.countAll<string | number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function targetsOf(db: Db, { workspace, affiliateId }: AffiliateKey) {
  return db
    .selectFrom('notification_targets')
    .where('workspace', '=', workspace)
    .where('owner_type', '=', 'affiliate')
    .where('owner_id', '=', affiliateId)
}

/** Host names that lead to this installation, of all its workspaces: a call to any of them would be a loop. */
export async function domainNames(db: Db): Promise<readonly string[]> {
  const rows = await db.selectFrom('domains').select('name').where('archived_at', 'is', null).execute()
  return rows.map(({ name }) => name)
}
