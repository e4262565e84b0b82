import type { Db } from './transaction.ts'

/** By id, archived ones too; an offer that is not the workspace's is absent. */
export async function namesOfOffers(
  db: Db,
  workspace: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('offers')
    .select(['id', 'name'])
    .where('workspace', '=', workspace)
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}
