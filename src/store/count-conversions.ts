import { type ConversionFilter, fitsConversionFilter } from './conversion-filter.ts'
import type { Db } from './transaction.ts'

/** How many conversions of the workspace the filter names, of those that are not younger than `until`. */
export async function countConversions(
  db: Db,
  workspace: string,
  filter: ConversionFilter,
  until: number,
): Promise<number> {
  const { count } = await db
    .selectFrom('conversions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(fitsConversionFilter(workspace, filter))
    .where('created_at', '<=', until)
    .executeTakeFirstOrThrow()
  return Number(count)
}
