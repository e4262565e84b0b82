import { join } from 'node:path'
import { createClickIdMaker } from '../../src/domain/click-id.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import { type ClickRecord, RECORD_TYPE, type ViewRecord } from '../../src/domain/journal-record.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { listJournals } from '../../src/journal/journal-directory.ts'
import { JournalWriter } from '../../src/journal/journal-writer.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { type LoaderOptions, runLoader } from '../../src/ledger/loader.ts'
import { createOutboxSource } from '../../src/store/ledger-outbox.ts'
import { createLoaderProgress } from '../../src/store/loader-progress.ts'
import type { Store } from '../../src/store/open-store.ts'

/** What edges leave in their journals, and a loader over it, for tests of the ledger. */

const key = createClickIdKey(new Uint8Array(32).fill(1))
let idsMade = 0

/** A maker's ids never step back in time, so each has a maker of its own. */
export function newClickId(at = Date.now()): string {
  return createClickIdMaker({ key, processId: 1, randomBits: () => ++idsMade })(at)
}

/** A person's visit of a lander. */
export function visitRow(changes: Partial<LedgerRow> = {}): LedgerRow {
  const at = changes.at ?? Date.now()
  const click_id = changes.click_id ?? newClickId(at)
  return {
    kind: 'visit',
    workspace: 'w',
    at,
    visit_at: at,
    click_id,
    campaign_id: 'c',
    lander_id: 'l',
    country: 'DE',
    visits: 1,
    ...changes,
  }
}

export function clickOf(visit: LedgerRow, changes: Partial<ClickRecord> = {}): ClickRecord {
  return {
    clickId: visit.click_id,
    at: visit.at + 1_000,
    offerId: 'o',
    affiliateNetworkId: 'n',
    cta: 1,
    location: '',
    ...changes,
  }
}

/** One edge's journal, written as the edge writes it. */
export class EdgeJournal {
  readonly writer: JournalWriter

  private constructor(writer: JournalWriter) {
    this.writer = writer
  }

  static async open(dataDir: string, edge: number): Promise<EdgeJournal> {
    const dir = join(dataDir, 'journal', `edge-${edge}`)
    return new EdgeJournal(await JournalWriter.open({ dir, durability: 'os' }))
  }

  async visit(row: LedgerRow): Promise<void> {
    await this.writer.append(RECORD_TYPE.visit, Buffer.from(row.click_id + JSON.stringify(row)))
  }

  async click(record: ClickRecord): Promise<void> {
    await this.writer.append(RECORD_TYPE.click, Buffer.from(JSON.stringify(record)))
  }

  async view(record: ViewRecord): Promise<void> {
    await this.writer.append(RECORD_TYPE.view, Buffer.from(JSON.stringify(record)))
  }

  async impression(row: LedgerRow): Promise<void> {
    await this.writer.append(RECORD_TYPE.impression, Buffer.from(JSON.stringify(row)))
  }

  /** What conversions reads and the ledger does not. */
  async hit(): Promise<void> {
    await this.writer.append(RECORD_TYPE.hit, Buffer.from('{}'))
  }

  async close(): Promise<void> {
    await this.writer.close()
  }
}

/** The loader as core runs it; parts can be wrapped to fail. */
export function startLoader(options: {
  readonly dataDir: string
  readonly store: Store
  readonly ledger: Ledger
  readonly wrap?: <T extends object>(name: string, part: T) => T
  readonly onError?: (error: unknown) => void
  readonly beforeLateRows?: LoaderOptions['beforeLateRows']
}) {
  const { dataDir, store, wrap = (_, part) => part } = options
  const stop = new AbortController()
  const loader = runLoader({
    ledger: wrap('ledger', options.ledger),
    journals: () => listJournals(join(dataDir, 'journal')),
    progress: wrap('progress', createLoaderProgress(store.db)),
    outbox: wrap('outbox', createOutboxSource(store.db, Date.now)),
    quarantineDir: join(dataDir, 'quarantine'),
    clock: Date.now,
    signal: stop.signal,
    onError: options.onError ?? (() => undefined),
    ...(options.beforeLateRows && { beforeLateRows: options.beforeLateRows }),
  })
  return {
    loader,
    stop: async () => {
      stop.abort()
      await loader.done
    },
  }
}

export type LedgerSums = {
  readonly rows: number
  readonly visits: number
  readonly clicks: number
  readonly unique_clicks: number
  readonly impressions: number
  readonly lander_views: number
  readonly conversions: number
  readonly different: number
}

export async function ledgerSums(ledger: Ledger): Promise<LedgerSums> {
  const sums = ['visits', 'clicks', 'unique_clicks', 'impressions', 'lander_views', 'conversions']
  const columns = sums.map((name) => `toInt32(sum(${name})) AS ${name}`).join(', ')
  const [row] = await ledger.query<LedgerSums>(
    `SELECT toInt32(count()) AS rows, ${columns}, toInt32(uniqExact(click_id)) AS different FROM ledger`,
    {},
  )
  if (row === undefined) throw new Error('no answer')
  return row
}

/** Looks again until it holds; a test's own time-out ends a wait that is in vain. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}
