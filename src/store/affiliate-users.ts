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

/** Ids of the people who sign in for the affiliate, longest first. */
export async function listAffiliateUserIds(
  db: Db,
  { workspace, affiliateId }: { readonly workspace: string; readonly affiliateId: string },
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('affiliate_users')
    .select('user_id')
    .where('workspace', '=', workspace)
    .where('affiliate_id', '=', affiliateId)
    .orderBy('created_at')
    .orderBy('user_id')
    .execute()
  return rows.map((row) => row.user_id)
}

/** False when the person does not sign in for this affiliate. */
export async function removeAffiliateUser(
  db: Db,
  entry: { readonly userId: string; readonly workspace: string; readonly affiliateId: string },
): Promise<boolean> {
  const result = await db
    .deleteFrom('affiliate_users')
    .where('user_id', '=', entry.userId)
    .where('workspace', '=', entry.workspace)
    .where('affiliate_id', '=', entry.affiliateId)
    .executeTakeFirst()
  return result.numDeletedRows === 1n
}
