import {
  JournalLoader,
  type JournalLoaderOptions,
  type LateRowsListener,
  type LoaderProgress,
} from './journal-loader.ts'
import type { Ledger } from './ledger.ts'
import { JOURNALS_RESCAN_MS, POLL_MS, RECENT_BYTES_MAX } from './limits.ts'
import { moveOutboxBatch, type OutboxSource } from './outbox-loader.ts'
import { QuarantiningInserter } from './quarantine.ts'
import { RecentVisits } from './recent-visits.ts'
import { pause, runRetriedLoop } from './retried-loop.ts'
import { SharedRun } from './shared-run.ts'

export type LoaderOptions = {
  readonly ledger: Ledger
  /** The journals there are now, one for each edge. */
  readonly journals: () => Promise<readonly { readonly name: string; readonly dir: string }[]>
  readonly progress: LoaderProgress
  readonly outbox: OutboxSource
  /** Where rows go that the ledger refuses. */
  readonly quarantineDir: string
  readonly beforeLateRows?: LateRowsListener
  readonly clock: () => number
  /** Aborted to stop; a batch under way is finished. */
  readonly signal: AbortSignal
  readonly onError: (error: unknown) => void
}

export type Loader = {
  /** Reads all journals on, to their ends or as far as memory allows; what they tell is among `recent` then. */
  readAhead(): Promise<void>
  /** Whether the last `readAhead` came past that time in every journal: a visit of it is known, or is nowhere. */
  hasRead(timeMs: number): boolean
  /** Resolves when the ledger has everything that is in the journals now. @throws when the signal aborts */
  untilLoaded(signal: AbortSignal): Promise<void>
  readonly recent: RecentVisits
  /** How far the ledger is behind the journals, ms. */
  lagMs(): number
  quarantinedRows(): number
  /** Resolves once everything has stopped. */
  readonly done: Promise<void>
}

/** Brings the journals and the outbox into the ledger until the signal aborts. */
export function runLoader(options: LoaderOptions): Loader {
  const recent = new RecentVisits(RECENT_BYTES_MAX)
  const inserter = new QuarantiningInserter(options.ledger, options.quarantineDir)
  const journals = new Map<string, RunningJournal>()
  const openNew = new SharedRun(() =>
    openNewJournals(options, journals, { recent, inserter, readAhead: () => readAhead.next() }),
  )
  const readAhead: SharedRun = new SharedRun(async () => {
    await openNew.next()
    await Promise.all([...journals.values()].map(({ loader }) => loader.readAhead()))
  })
  const loops = [
    runRetriedLoop(async () => {
      await openNew.next()
      return JOURNALS_RESCAN_MS
    }, options),
    runRetriedLoop(() => moveOutboxBatch(options.outbox, inserter), options),
  ]
  return {
    readAhead: () => readAhead.next(),
    hasRead: (timeMs) => [...journals.values()].every(({ loader }) => loader.hasRead(timeMs)),
    untilLoaded: (signal) => untilLoaded(journals, () => readAhead.next(), signal),
    recent,
    lagMs: () => Math.max(0, ...[...journals.values()].map(({ loader }) => loader.lagMs())),
    quarantinedRows: () => inserter.refused,
    done: Promise.all(loops).then(async () => {
      await Promise.all([...journals.values()].map(({ done }) => done))
    }),
  }
}

async function untilLoaded(
  journals: ReadonlyMap<string, RunningJournal>,
  readAhead: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await readAhead()
  let ends = [...journals.values()].map(({ loader }) => ({ loader, end: loader.end() }))
  while (ends.length > 0) {
    signal.throwIfAborted()
    // Behind by more than memory holds: the end is not known yet.
    if (ends.some(({ end }) => end === 'not reached')) {
      await readAhead()
      ends = ends.map(({ loader, end }) => ({ loader, end: end === 'not reached' ? loader.end() : end }))
    }
    ends = ends.filter(({ loader, end }) => end === 'not reached' || !loader.hasLoaded(end))
    if (ends.length > 0) await pause(POLL_MS, signal)
  }
}

type RunningJournal = { readonly loader: JournalLoader; readonly done: Promise<void> }
type Shared = {
  readonly recent: RecentVisits
  readonly inserter: QuarantiningInserter
  readonly readAhead: () => Promise<void>
}

async function openNewJournals(
  options: LoaderOptions,
  journals: Map<string, RunningJournal>,
  { recent, inserter, readAhead }: Shared,
): Promise<void> {
  for (const { name, dir } of await options.journals()) {
    if (journals.has(name) || options.signal.aborted) continue
    const loader = await JournalLoader.open(journalOptions(name, dir))
    const done = runRetriedLoop(() => loader.round(), options).then(() => loader.close())
    journals.set(name, { loader, done })
  }

  function hasReadOthers(edge: string, timeMs: number): boolean {
    return [...journals].every(([name, { loader }]) => name === edge || loader.hasRead(timeMs))
  }

  function journalOptions(edge: string, dir: string): JournalLoaderOptions {
    return {
      edge,
      dir,
      progress: options.progress,
      inserter,
      clicks: {
        ledger: options.ledger,
        recent,
        readAhead,
        hasReadOthers: (timeMs) => hasReadOthers(edge, timeMs),
      },
      recent,
      beforeLateRows: options.beforeLateRows,
      clock: options.clock,
    }
  }
}
