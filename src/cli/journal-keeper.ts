import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { runHitConsumer } from '../conversions/hit-consumer.ts'
import type { Judge } from '../conversions/judge.ts'
import { deleteSegmentsBefore, listJournals } from '../journal/journal-directory.ts'
import { JournalReader } from '../journal/journal-reader.ts'
import { comparePositions, type Position } from '../journal/position.ts'
import { loadCheckpoint } from '../store/journal-checkpoints.ts'
import type { Db } from '../store/transaction.ts'

/** New journals are looked for, and segments that everybody has passed deleted, this often. */
const ROUND_MS = 1_000

export type JournalKeeperOptions = {
  /** Holds a directory for each edge. */
  readonly journalRoot: string
  readonly db: Db
  readonly judge: Judge
  readonly clock: () => number
  readonly signal: AbortSignal
  readonly log: Logger
}

/**
 * Gives every edge's journal a consumer of hits, and deletes the segments that both consumers, of hits and of
 * ledger rows, have passed. Resolves when the signal has aborted and all consumers have stopped.
 */
export async function runJournalKeeper(options: JournalKeeperOptions): Promise<void> {
  const consumers = new Map<string, { readonly done: Promise<void> }>()
  while (!options.signal.aborted) {
    await keepJournals(options, consumers).catch((error: unknown) => {
      options.log.error({ err: error }, 'the journals cannot be kept; trying again')
    })
    await sleep(ROUND_MS, undefined, { signal: options.signal }).catch(() => undefined)
  }
  await Promise.all([...consumers.values()].map(({ done }) => done))
}

async function keepJournals(
  options: JournalKeeperOptions,
  consumers: Map<string, { readonly done: Promise<void> }>,
): Promise<void> {
  for (const { name, dir } of await listJournals(options.journalRoot)) {
    if (!consumers.has(name)) consumers.set(name, await startConsumer(options, name, dir))
    await deletePassedSegments(options.db, name, dir)
  }
}

/** The consumer runs on; what is waited for here is its start. */
async function startConsumer(options: JournalKeeperOptions, edge: string, dir: string) {
  const from = await loadCheckpoint(options.db, edge, 'conversions')
  const journal = await JournalReader.open({ dir, from })
  const consumer = runHitConsumer({
    edge,
    journal,
    judge: options.judge,
    db: options.db,
    clock: options.clock,
    signal: options.signal,
    onError: (error) => options.log.error({ err: error, edge }, 'hits wait in the journal'),
  })
  return { done: consumer.then(() => journal.close()) }
}

async function deletePassedSegments(db: Db, edge: string, dir: string): Promise<void> {
  const ledger = await loadCheckpoint(db, edge, 'ledger')
  const conversions = await loadCheckpoint(db, edge, 'conversions')
  if (ledger === undefined || conversions === undefined) return
  const passed: Position = comparePositions(ledger, conversions) < 0 ? ledger : conversions
  await deleteSegmentsBefore(dir, passed)
}
