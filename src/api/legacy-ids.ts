import type { Db } from '../store/transaction.ts'
import type { FieldError } from './problem.ts'

type LegacyTable = 'campaigns' | 'offers' | 'landers' | 'affiliates'

/** Keys that keep two simultaneous saves from both finding a legacy id free. */
export function legacyIdLocks(table: LegacyTable) {
  return ({ legacyIds }: { readonly legacyIds: readonly string[] }): readonly string[] =>
    legacyIds.map((legacyId) => `legacy:${table}:${legacyId}`)
}

/**
 * Links of other systems name no workspace, so that each of their ids belongs to one thing of the installation
 * that is in use. The transaction holds the locks of the ids.
 * @param own the id of the thing that is saved; undefined on creation.
 */
export async function findTakenLegacyIds(
  db: Db,
  table: LegacyTable,
  { legacyIds, own }: { readonly legacyIds: readonly string[]; readonly own: string | undefined },
): Promise<readonly FieldError[]> {
  const errors: FieldError[] = []
  for (const [index, legacyId] of legacyIds.entries()) {
    const rows = await db
      .selectFrom(table)
      .select(['id', 'legacy_ids_json'])
      .where('archived_at', 'is', null)
      // Finds few rows fast; an underscore stands for any character there, so they are looked at again.
      .where('legacy_ids_json', 'like', `%${JSON.stringify(legacyId)}%`)
      .execute()
    const isTaken = rows.some((row) => row.id !== own && has(row.legacy_ids_json, legacyId))
    const message = `"${legacyId}" is taken by another of the ${table}`
    if (isTaken) errors.push({ field: `legacyIds.${index}`, message })
  }
  return errors
}

function has(legacyIdsJson: string, legacyId: string): boolean {
  const ids: unknown = JSON.parse(legacyIdsJson)
  return Array.isArray(ids) && ids.includes(legacyId)
}
