import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCatchUp } from '../../src/corrections/catch-up.ts'
import { LateRows } from '../../src/corrections/late-rows.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { DEFAULT_RETENTION_SETTINGS, type RetentionSettings } from '../../src/domain/retention.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { createMonthKeys } from '../../src/retention/month-keys.ts'
import type { RetentionCounts, RetentionOptions } from '../../src/retention/retention-run.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { PLAIN_WORKSPACE } from './field-defaults.ts'
import { EdgeJournal, startLoader } from './ledger-world.ts'

export const DAY_MS = 24 * 3_600_000

/** A store and a ledger with a loader between them, and what retention needs of them. */
export type RetentionWorld = {
  readonly store: Store
  readonly ledger: Ledger
  readonly journal: EdgeJournal
  readonly lateRows: LateRows
  readonly options: RetentionOptions
  readonly counts: RetentionCounts[]
  /** Sets back the clock of retention, in days from now. */
  readonly setDay: (days: number) => void
  readonly addWorkspace: (id: string, settings: Partial<RetentionSettings>) => Promise<void>
  /** Rows as the loader inserts them. */
  readonly insert: (rows: readonly LedgerRow[]) => Promise<void>
  readonly rows: (columns: string) => Promise<Record<string, unknown>[]>
  readonly close: () => Promise<void>
}

/** @param clickhouseUrl '' for chDB. */
export async function openRetentionWorld(store: Store, clickhouseUrl = ''): Promise<RetentionWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-retention-'))
  const ledger = await openLedger({ clickhouseUrl, dataDir })
  const journal = await EdgeJournal.open(dataDir, 0)
  const lateRows = new LateRows(store.db)
  const running = startLoader({ dataDir, store, ledger, beforeLateRows: (rows) => lateRows.add(rows) })
  const catchUp = createCatchUp({ db: store.db, loader: running.loader })
  const counts: RetentionCounts[] = []
  let [aheadMs, inserts] = [0, 0]
  const options: RetentionOptions = {
    store,
    ledger,
    keys: createMonthKeys(Buffer.alloc(32, 3)),
    catchUp,
    owner: 'test',
    clock: () => Date.now() + aheadMs,
    signal: new AbortController().signal,
    onCounts: (counted) => counts.push(counted),
  }
  return {
    store,
    ledger,
    journal,
    lateRows,
    options,
    counts,
    setDay: (days) => {
      aheadMs = days * DAY_MS
    },
    addWorkspace: async (id, settings) => {
      const retention = { ...DEFAULT_RETENTION_SETTINGS, ...settings }
      await createWorkspace(store.db, { ...PLAIN_WORKSPACE, id, retention }, Date.now())
    },
    insert: async (rows) => {
      await ledger.insertRows(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), `test-${++inserts}`)
    },
    rows: async (columns) =>
      await ledger.query(
        `SELECT ${columns} FROM ledger ORDER BY workspace, ledger.at, click_id, corrected_at`,
        {},
      ),
    close: async () => {
      await running.stop()
      await journal.close()
      await ledger.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
