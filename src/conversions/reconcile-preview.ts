import { setImmediate as nextTurn } from 'node:timers/promises'
import { earns } from '../domain/conversion.ts'
import { unmatchedConversions } from '../store/advertiser-conversions.ts'
import { getAdvertiser } from '../store/advertisers.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { type Configuration, loadConfiguration } from '../store/load-configuration.ts'
import type { Store } from '../store/open-store.ts'
import {
  deleteReconciliationRows,
  insertReconciliation,
  insertReconciliationRows,
  newReconciliationId,
  type Reconciliation,
  type ReconciliationRow,
} from '../store/reconciliations.ts'
import { inBatches } from './in-batches.ts'
import { type ChosenColumns, findReconcileColumns } from './reconcile-columns.ts'
import { type AmountIs, compare, ourMicros, theirMicros } from './reconcile-compare.ts'
import { RECONCILE_LIMITS } from './reconcile-limits.ts'
import { type LineContext, type ReadLine, readTheirLine, type TheirLine } from './reconcile-line.ts'
import { type Match, matchLines } from './reconcile-match.ts'
import { ReconciliationSummaryBuilder } from './reconcile-summary.ts'
import { UploadFileError } from './upload-file-error.ts'
import { readLines } from './upload-lines.ts'

export type TheirFile = {
  readonly workspace: string
  readonly advertiserId: string
  readonly name: string
  readonly actor: string
  readonly csv: string
  readonly columns: ChosenColumns
  readonly amountIs: AmountIs
  /** Of our conversions, Unix milliseconds; the end is exclusive. */
  readonly periodFrom: number
  readonly periodTo: number
}

export type ReconcileDeps = { readonly store: Store; readonly clock: () => number }

type NewRow = Omit<ReconciliationRow, 'outcome'>

/** What the comparison knows; lines come and go. */
type Comparing = {
  readonly deps: ReconcileDeps
  readonly file: TheirFile
  readonly id: string
  /** The workspace's. */
  readonly currency: string
  readonly configuration: Configuration
  readonly summary: ReconciliationSummaryBuilder
  /** What a line spoke of already → that line. */
  readonly seen: Map<string, number>
  /** Conversions of lines with a problem: the file does not miss them. */
  readonly unclear: Set<string>
}

/**
 * Compares an advertiser's file with our conversions and keeps what came of it; nothing counts until it is applied.
 * Conversions are read a batch of lines at a time, so that a long file takes no more memory than its text.
 * @returns undefined when the workspace has no such advertiser.
 * @throws UploadFileError, or what the store throws; nothing is kept then.
 */
export async function previewReconciliation(
  deps: ReconcileDeps,
  file: TheirFile,
): Promise<Reconciliation | undefined> {
  const now = deps.clock()
  const { db } = deps.store
  const { workspace, advertiserId, name, actor, amountIs, periodFrom, periodTo } = file
  const advertiser = await getAdvertiser(db, { workspace, id: advertiserId })
  const configuration = await loadConfiguration(db)
  const currency = configuration.workspaces.get(workspace)?.currency
  if (advertiser === undefined || currency === undefined) return undefined
  const id = newReconciliationId(now)
  const summary = new ReconciliationSummaryBuilder()
  const comparing = {
    deps,
    file,
    id,
    currency,
    configuration,
    summary,
    seen: new Map<string, number>(),
    unclear: new Set<string>(),
  }
  try {
    const last = await compareLines(comparing, {
      statusMap: advertiser.statusMap,
      currency: advertiser.currency,
      now,
    })
    await addMissing(comparing, last)
    const times = { createdAt: now, updatedAt: now }
    const parts = { periodFrom, periodTo, summary: { amountIs, currency, kinds: summary.build() }, ...times }
    const base = { id, workspace, advertiserId, name, actor, state: 'preview', jobId: '' } as const
    const reconciliation: Reconciliation = { ...base, ...parts }
    await insertReconciliation(db, reconciliation)
    return reconciliation
  } catch (error) {
    await deleteReconciliationRows(db, id)
    throw error
  }
}

/** @returns the number of the last line. */
async function compareLines(comparing: Comparing, context: Omit<LineContext, 'columns'>): Promise<number> {
  const { deps, file, id } = comparing
  let last = 0
  for (const batch of inBatches(readFile(file, context), RECONCILE_LIMITS.batchRowsMax)) {
    // A large file is read in turns with everything else that this process does.
    await nextTurn()
    const telling = batch.flatMap(({ line, theirs }) => (theirs === undefined ? [] : [{ line, theirs }]))
    const matches = await matchLines(
      deps.store.db,
      file,
      telling.map(({ theirs }) => theirs),
    )
    const byLine = new Map(telling.map(({ line }, index) => [line, matches[index]]))
    const rows = batch.map((read) => toRow(comparing, read, byLine.get(read.line)))
    await insertReconciliationRows(deps.store.db, id, rows)
    last = batch.at(-1)?.line ?? last
  }
  return last
}

function* readFile(file: TheirFile, context: Omit<LineContext, 'columns'>): Generator<ReadLine> {
  let columns: LineContext['columns'] | undefined
  let rows = 0
  for (const read of readLines(Buffer.from(file.csv, 'utf8'))) {
    if (columns === undefined) {
      if ('problem' in read) throw new UploadFileError(`line ${read.line}: ${read.problem}`)
      columns = findReconcileColumns(read.cells, file.columns)
      continue
    }
    rows += 1
    if (rows > RECONCILE_LIMITS.rowsMax)
      throw new UploadFileError(`the file has more than ${RECONCILE_LIMITS.rowsMax} rows: split it`)
    yield readTheirLine(read, { ...context, columns })
  }
  if (rows === 0) throw new UploadFileError('the file has no rows below its headings')
}

function toRow(comparing: Comparing, read: ReadLine, match: Match | undefined): NewRow {
  const { line, theirs } = read
  const conversion = match?.kind === 'one' ? match.conversion : undefined
  const problem = problemOf(comparing, read, match)
  if (theirs === undefined || problem !== '') return problemRow(comparing, { line, problem, theirs, match })
  const { currency, configuration, file, summary } = comparing
  const amount = theirMicros(theirs, { currency, conversion, configuration })
  if (!amount.ok) return problemRow(comparing, { line, problem: amount.reason, theirs, match })
  const theirsMicros = earns(theirs.status) ? (amount.micros ?? 0) : 0
  const row = { n: line, params: toParams(theirs) }
  if (conversion === undefined) {
    summary.add('unknown', { oursMicros: 0, theirsMicros })
    return { ...row, kind: 'unknown', conversionId: '', detail: '' }
  }
  const { kind, detail } = compare(
    conversion,
    { status: theirs.status, micros: amount.micros },
    file.amountIs,
  )
  summary.add(kind, { oursMicros: earningMicros(conversion, file.amountIs), theirsMicros })
  return { ...row, kind, conversionId: conversion.id, detail }
}

function problemOf(comparing: Comparing, read: ReadLine, match: Match | undefined): string {
  const { line, theirs, problem } = read
  if (theirs === undefined || problem !== '') return problem
  if (match?.kind === 'several') return match.reason
  const before = sawBefore(comparing, line, match?.kind === 'one' ? match.conversion.id : keyOf(theirs))
  return before === undefined ? '' : `line ${before} is of the same conversion`
}

type Problem = {
  readonly line: number
  readonly problem: string
  readonly theirs: TheirLine | undefined
  readonly match: Match | undefined
}

function problemRow({ summary, unclear }: Comparing, { line, problem, theirs, match }: Problem): NewRow {
  summary.add('problem', { oursMicros: 0, theirsMicros: 0 })
  if (match?.kind === 'one') unclear.add(match.conversion.id)
  if (match?.kind === 'several') for (const { id } of match.conversions) unclear.add(id)
  const params = theirs === undefined ? {} : toParams(theirs)
  return { n: line, kind: 'problem', conversionId: '', params, detail: problem }
}

/** What the file misses, after its last line. */
async function addMissing(comparing: Comparing, last: number): Promise<void> {
  const { deps, file, id, summary, unclear } = comparing
  const { db } = deps.store
  const limit = RECONCILE_LIMITS.batchRowsMax
  let n = last
  let after: StoredConversion | undefined
  for (;;) {
    await nextTurn()
    const missing = await unmatchedConversions(db, { ...file, reconciliationId: id }, { after, limit })
    const clear = missing.filter((conversion) => !unclear.has(conversion.id))
    const rows = clear.map((conversion): NewRow => {
      n += 1
      summary.add('missing', { oursMicros: earningMicros(conversion, file.amountIs), theirsMicros: 0 })
      return { n, kind: 'missing', conversionId: conversion.id, params: {}, detail: '' }
    })
    await insertReconciliationRows(db, id, rows)
    after = missing.at(-1)
    if (missing.length < limit) return
  }
}

/** The line that spoke of it already. */
function sawBefore({ seen }: Comparing, line: number, key: string): number | undefined {
  const before = seen.get(key)
  if (before === undefined) seen.set(key, line)
  return before
}

/** Of a conversion that we do not have. */
function keyOf({ cid, txid, event, offer }: TheirLine): string {
  return JSON.stringify([cid, txid, event.toLowerCase(), offer])
}

function earningMicros(conversion: StoredConversion, amountIs: AmountIs): number {
  return earns(conversion.status) ? ourMicros(conversion, amountIs) : 0
}

/** Without what it says nothing of. */
function toParams(theirs: TheirLine): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(theirs).filter(([, value]) => value !== ''))
}
