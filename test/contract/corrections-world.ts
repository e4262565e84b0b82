import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { createCatchUp } from '../../src/corrections/catch-up.ts'
import type { CorrectorOptions } from '../../src/corrections/correct-visits.ts'
import { CORRECTION_LIMITS } from '../../src/corrections/correction-limits.ts'
import type { CostRequest } from '../../src/corrections/cost-request.ts'
import { LateRows } from '../../src/corrections/late-rows.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { VisitChange } from '../../src/domain/visit-change.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { runReport } from '../../src/reports/run-report.ts'
import { appendToOutbox } from '../../src/store/ledger-outbox.ts'
import type { Store } from '../../src/store/open-store.ts'
import { insertVisitUpdates } from '../../src/store/visit-updates.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import type { TestStores } from '../support/databases.ts'
import { PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { EdgeJournal, startLoader, visitRow } from '../support/ledger-world.ts'

/** A store, a ledger and a loader between them, with what corrects the ledger. */
export type CorrectionsWorld = {
  readonly store: Store
  readonly ledger: Ledger
  readonly journal: EdgeJournal
  readonly corrector: CorrectorOptions
  /** Waits until the ledger has all. */
  readonly caughtUp: () => Promise<void>
  /** Rows that go the way of the outbox. */
  readonly record: (rows: readonly LedgerRow[]) => Promise<void>
  /** An update that has waited long enough. */
  readonly update: (visit: LedgerRow, change: VisitChange, id?: string) => Promise<void>
  /** Sums by a dimension of the report, `KEY METRIC…` a line. */
  readonly report: (dimension: string, metrics: readonly string[], workspace?: string) => Promise<string[]>
  readonly close: () => Promise<void>
}

/** The visits of NOON's day together cost ten dollars. */
export const COST_REQUEST: CostRequest = {
  range: { type: 'days', from: '2026-11-22', to: '2026-11-22' },
  timeZone: 'UTC',
  filters: [],
  mode: 'total',
  amountMicros: 10_000_000,
  currency: 'USD',
  onlyUnique: false,
}
/** On the day of COST_REQUEST. */
export const NOON = Date.UTC(2026, 10, 22, 12, 10)

export type OpenCorrectionsWorld = (store?: Store) => Promise<CorrectionsWorld>

/** For a `describe`, after its `useStores`: opens worlds, on a new store unless told, and closes them after each test. */
export function useCorrectionsWorlds(stores: TestStores): OpenCorrectionsWorld {
  const worlds: CorrectionsWorld[] = []
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close()
  })
  return async (store) => {
    const world = await openCorrectionsWorld(store ?? (await stores.open()))
    worlds.push(world)
    return world
  }
}

/** A world with the workspace `w`, which has the rows. */
export async function openCostsWorld(
  open: OpenCorrectionsWorld,
  rows: readonly LedgerRow[],
): Promise<CorrectionsWorld> {
  const world = await open()
  await createWorkspace(world.store.db, { ...PLAIN_WORKSPACE, id: 'w' }, 1)
  await world.record(rows)
  return world
}

/** So many visits at NOON. */
export function visits(count: number, changes: Partial<LedgerRow> = {}): readonly LedgerRow[] {
  return Array.from({ length: count }, () => visitRow({ at: NOON, ...changes }))
}

async function openCorrectionsWorld(store: Store): Promise<CorrectionsWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-corrections-'))
  const ledger = await openLedger({ clickhouseUrl: '', dataDir })
  const journal = await EdgeJournal.open(dataDir, 0)
  const lateRows = new LateRows(store.db)
  const running = startLoader({ dataDir, store, ledger, beforeLateRows: (rows) => lateRows.add(rows) })
  const signal = new AbortController().signal
  const catchUp = createCatchUp({ db: store.db, loader: running.loader })
  const corrector = { store, ledger, catchUp, lateRows, clock: Date.now, signal }
  let updates = 0
  return {
    store,
    ledger,
    journal,
    corrector,
    caughtUp: async () => await catchUp(signal),
    record: async (rows) => await appendToOutbox(store.db, rows),
    update: async (visit, change, id = `update-${++updates}`) => {
      const at = Date.now() - 2 * CORRECTION_LIMITS.updateSettleMs + updates
      const { workspace, click_id: clickId } = visit
      await insertVisitUpdates(store.db, [{ id, workspace, clickId, at, change }])
    },
    report: async (dimension, metrics, workspace = 'w') => {
      const days = { from: '2020-01-01', to: '2028-12-31', timeZone: 'UTC', dateBasis: 'conversion' } as const
      const { rows } = await runReport(ledger, {
        ...days,
        workspace,
        groupBy: [dimension],
        metrics,
        filters: [],
      })
      const isThere = (values: readonly unknown[]) => values.some((value) => Number(value) !== 0)
      return rows
        .map(
          ({ keys, metrics: values }) =>
            [keys[dimension] ?? '', metrics.map((name) => values[name])] as const,
        )
        .filter(([, values]) => isThere(values))
        .map(([key, values]) => [key, ...values].join(' '))
        .sort()
    },
    close: async () => {
      await running.stop()
      await journal.close()
      await ledger.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
