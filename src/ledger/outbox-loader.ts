import { OUTBOX_POLL_MS, OUTBOX_ROWS_MAX } from './limits.ts'
import type { QuarantiningInserter } from './quarantine.ts'

/** Rows that SQL transactions left for the ledger (store/ledger-outbox.ts). */
export type OutboxSource = {
  openBatch(): Promise<string | undefined>
  /** Marks waiting rows with a batch id, durably. */
  claim(rowsMax: number): Promise<string | undefined>
  rows(batch: string): Promise<readonly string[]>
  remove(batch: string): Promise<void>
}

/**
 * Moves one batch of the outbox into the ledger, exactly once: which rows belong to it is durable before the
 * insert, its id is the insert's token, and its rows leave only after.
 * @returns how long to wait for the next round.
 */
export async function moveOutboxBatch(outbox: OutboxSource, inserter: QuarantiningInserter): Promise<number> {
  const open = await outbox.openBatch()
  const batch = open ?? (await outbox.claim(OUTBOX_ROWS_MAX))
  if (batch === undefined) return OUTBOX_POLL_MS
  const rows = await outbox.rows(batch)
  await inserter.insert({
    rows: rows.map((row) => Buffer.from(row)),
    token: `outbox-${batch}`,
    isRepeat: open !== undefined,
  })
  await outbox.remove(batch)
  return rows.length === OUTBOX_ROWS_MAX ? 0 : OUTBOX_POLL_MS
}
