import { type ConversionFilter, fitsConversionFilter } from './conversion-filter.ts'
import type { Db } from './transaction.ts'

/** More are not counted: a question without an end would hold up all others. */
export const CONVERSIONS_COUNTED_MAX = 50_000

/**
 * How many conversions of the workspace the filter names, of those that are not younger than `until`.
 * @returns `countMax` + 1 for more than `countMax`
 */
export async function countConversions(
  db: Db,
  workspace: string,
  filter: ConversionFilter,
  { until, countMax = CONVERSIONS_COUNTED_MAX }: { readonly until: number; readonly countMax?: number },
): Promise<number> {
  const found = db
    .selectFrom('conversions')
    .select('id')
    .where(fitsConversionFilter(workspace, filter))
    .where('created_at', '<=', until)
    .limit(countMax + 1)
  const { count } = await db
    .selectFrom(found.as('found'))
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}
