import type { Db } from './transaction.ts'

/** A place in an edge's journal: the start of a record, or the end of the last one. */
export type JournalPosition = { readonly segment: number; readonly offset: number }

/** Who reads journals to the end, and lets segments be deleted. */
export type JournalConsumer = 'ledger' | 'conversions'

/** Everything before this is done by the consumer; undefined before its first batch. */
export async function loadCheckpoint(
  db: Db,
  edge: string,
  consumer: JournalConsumer,
): Promise<JournalPosition | undefined> {
  return await db
    .selectFrom('journal_checkpoints')
    .select(['segment', 'offset'])
    .where('edge', '=', edge)
    .where('consumer', '=', consumer)
    .executeTakeFirst()
}

export async function saveCheckpoint(
  db: Db,
  edge: string,
  consumer: JournalConsumer,
  position: JournalPosition,
): Promise<void> {
  const { segment, offset } = position
  await db
    .insertInto('journal_checkpoints')
    .values({ edge, consumer, segment, offset })
    .onConflict((conflict) => conflict.columns(['edge', 'consumer']).doUpdateSet({ segment, offset }))
    .execute()
}
