import type { Db } from './transaction.ts'

/** The affiliate that a person signs in for in a workspace; undefined when none. */
export async function findAffiliateOfUser(
  db: Db,
  key: { readonly userId: string; readonly workspace: string },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('affiliate_users')
    .select('affiliate_id')
    .where('user_id', '=', key.userId)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row?.affiliate_id
}

export async function addAffiliateUser(
  db: Db,
  entry: { readonly userId: string; readonly workspace: string; readonly affiliateId: string },
  now: number,
): Promise<void> {
  await db
    .insertInto('affiliate_users')
    .values({
      user_id: entry.userId,
      workspace: entry.workspace,
      affiliate_id: entry.affiliateId,
      created_at: now,
    })
    .execute()
}
