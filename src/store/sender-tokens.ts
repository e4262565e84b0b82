import type { Db } from './transaction.ts'

/** Who may carry a token: those that report conversions. */
export type TokenHolder = { readonly kind: 'affiliate network' | 'advertiser'; readonly id: string }

/** Everybody in use in the workspace whose hits may carry the token; an advertiser's next one counts too. */
export async function findTokenHolders(
  db: Db,
  workspace: string,
  token: string,
): Promise<readonly TokenHolder[]> {
  const networks = await db
    .selectFrom('affiliate_networks')
    .select('id')
    .where('workspace', '=', workspace)
    .where('token', '=', token)
    .where('archived_at', 'is', null)
    .execute()
  const advertisers = await db
    .selectFrom('advertisers')
    .select('id')
    .where('workspace', '=', workspace)
    .where((where) => where.or([where('token', '=', token), where('next_token', '=', token)]))
    .where('archived_at', 'is', null)
    .execute()
  return [
    ...networks.map(({ id }) => ({ kind: 'affiliate network' as const, id })),
    ...advertisers.map(({ id }) => ({ kind: 'advertiser' as const, id })),
  ]
}
