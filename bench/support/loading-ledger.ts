import { join } from 'node:path'
import { listJournals } from '../../src/journal/journal-directory.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { runLoader } from '../../src/ledger/loader.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { createOutboxSource } from '../../src/store/ledger-outbox.ts'
import { createLoaderProgress } from '../../src/store/loader-progress.ts'
import { openStore } from '../../src/store/open-store.ts'

const LOOK_MS = 50
const LOAD_MS_MAX = 120_000

/** The ledger of a data directory, which the loader fills from its journals. */
export type LoadingLedger = {
  readonly ledger: Ledger
  /** Resolves as soon as a query counts so many rows; throws when it takes too long. */
  untilRows(count: number): Promise<void>
  countRows(): Promise<number>
  stop(): Promise<void>
}

/** The loader as core runs it, on SQLite and chDB. */
export async function startLoading(dataDir: string): Promise<LoadingLedger> {
  const [store, ledger] = await Promise.all([
    openStore({ dataDir, databaseUrl: '' }),
    openLedger({ dataDir, clickhouseUrl: '' }),
  ])
  const stop = new AbortController()
  const loader = runLoader({
    ledger,
    journals: () => listJournals(join(dataDir, 'journal')),
    progress: createLoaderProgress(store.db),
    outbox: createOutboxSource(store.db, Date.now),
    quarantineDir: join(dataDir, 'quarantine'),
    clock: Date.now,
    signal: stop.signal,
    onError: console.error,
  })
  const countRows = async () => {
    const [row] = await ledger.lookUp<{ rows: number }>('SELECT toUInt32(count()) AS rows FROM ledger')
    return row?.rows ?? 0
  }
  return {
    ledger,
    countRows,
    untilRows: (count) => untilRows(count, countRows),
    stop: async () => {
      stop.abort()
      await loader.done
      await ledger.close()
      await store.close()
    },
  }
}

async function untilRows(count: number, countRows: () => Promise<number>): Promise<void> {
  const startedAt = performance.now()
  for (let rows = await countRows(); rows < count; rows = await countRows()) {
    if (performance.now() - startedAt > LOAD_MS_MAX) {
      throw new Error(`only ${rows} of ${count} rows are in the ledger after ${LOAD_MS_MAX} ms`)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
