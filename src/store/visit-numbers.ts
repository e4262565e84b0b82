import { inChunks } from './in-chunks.ts'
import type { Db } from './transaction.ts'

/** The sum of one named number of a visit. */
export type VisitNumber = {
  readonly workspace: string
  readonly clickId: string
  readonly name: string
  readonly valueMicros: number
}

/** All named numbers of the visits. To change them, hold the locks of the click ids. */
export async function numbersOfClicks(
  db: Db,
  workspace: string,
  clickIds: readonly string[],
): Promise<readonly VisitNumber[]> {
  if (clickIds.length === 0) return []
  const rows = await db
    .selectFrom('visit_numbers')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('click_id', 'in', clickIds)
    .execute()
  return rows.map((row) => ({
    workspace: row.workspace,
    clickId: row.click_id,
    name: row.name,
    valueMicros: row.value_micros,
  }))
}

/** Sets the sums. */
export async function saveNumbers(db: Db, numbers: readonly VisitNumber[]): Promise<void> {
  const all = numbers.map((number) => ({
    workspace: number.workspace,
    click_id: number.clickId,
    name: number.name,
    value_micros: number.valueMicros,
  }))
  await inChunks(all, async (rows) => {
    await db
      .insertInto('visit_numbers')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['workspace', 'click_id', 'name'])
          .doUpdateSet((set) => ({ value_micros: set.ref('excluded.value_micros') })),
      )
      .execute()
  })
}
