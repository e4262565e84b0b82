import type { Db } from './transaction.ts'

/** Tables of configured things that have a name. */
const NAMED = [
  'campaigns',
  'traffic_sources',
  'affiliate_networks',
  'offers',
  'landers',
  'affiliates',
  'advertisers',
  'flows',
  'domains',
  'events',
  'coupons',
  'report_views',
  'custom_metrics',
] as const
export type NamedTable = (typeof NAMED)[number]

export type ThingNames = Readonly<Partial<Record<NamedTable, ReadonlyMap<string, string>>>>

/** Names of things by table and id, archived ones too; one that the workspace does not have is absent. */
export async function loadThingNames(
  db: Db,
  workspace: string,
  wanted: Readonly<Partial<Record<NamedTable, readonly string[]>>>,
): Promise<ThingNames> {
  const found = NAMED.map(async (table) => {
    const ids = [...new Set(wanted[table])].filter((id) => id !== '')
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom(table)
      .select(['id', 'name'])
      .where('workspace', '=', workspace)
      .where('id', 'in', ids)
      .execute()
    return [[table, new Map(rows.map(({ id, name }) => [id, name]))]]
  })
  return Object.fromEntries((await Promise.all(found)).flat())
}
