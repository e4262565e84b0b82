import { type JournalPosition, loadCheckpoint, saveCheckpoint } from './journal-checkpoints.ts'
import type { Db } from './transaction.ts'

type LoaderBatch = {
  readonly from: JournalPosition
  readonly to: JournalPosition
  /** Deduplication token of its insert. */
  readonly token: string
}

/**
 * What makes the loader exactly-once: a batch's range is durable before its insert, and leaves in the
 * transaction that moves the checkpoint. A batch found open is inserted again, and the ledger drops the repeat.
 */
export type LoaderProgress = {
  load(edge: string): Promise<{ checkpoint?: JournalPosition; open?: LoaderBatch }>
  begin(edge: string, batch: LoaderBatch): Promise<void>
  finish(edge: string, to: JournalPosition): Promise<void>
}

export function createLoaderProgress(db: Db): LoaderProgress {
  return {
    load: (edge) => load(db, edge),
    begin: (edge, batch) => begin(db, edge, batch),
    finish: (edge, to) => finish(db, edge, to),
  }
}

async function load(db: Db, edge: string): Promise<{ checkpoint?: JournalPosition; open?: LoaderBatch }> {
  const checkpoint = await loadCheckpoint(db, edge, 'ledger')
  const row = await db.selectFrom('ledger_batches').selectAll().where('edge', '=', edge).executeTakeFirst()
  const open = row && {
    from: { segment: row.from_segment, offset: row.from_offset },
    to: { segment: row.to_segment, offset: row.to_offset },
    token: row.token,
  }
  return { ...(checkpoint && { checkpoint }), ...(open && { open }) }
}

/** Fails when a batch of the edge is open: two loaders on one journal would each miss the other's rows. */
async function begin(db: Db, edge: string, batch: LoaderBatch): Promise<void> {
  await db
    .insertInto('ledger_batches')
    .values({
      edge,
      from_segment: batch.from.segment,
      from_offset: batch.from.offset,
      to_segment: batch.to.segment,
      to_offset: batch.to.offset,
      token: batch.token,
    })
    .execute()
}

async function finish(db: Db, edge: string, to: JournalPosition): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('ledger_batches').where('edge', '=', edge).execute()
    await saveCheckpoint(trx, edge, 'ledger', to)
  })
}
