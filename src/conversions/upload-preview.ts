import { setImmediate as nextTurn } from 'node:timers/promises'
import { verifyClickId } from '../domain/click-id.ts'
import {
  type ConversionUpload,
  deleteUploadRows,
  insertUpload,
  insertUploadRows,
  newUploadId,
} from '../store/conversion-uploads.ts'
import { conversionsOfClicks, conversionsWithoutClick } from '../store/conversions.ts'
import type { OfferPlaces } from '../store/offer-places.ts'
import { type ByHandDeps, findOwnVisits, NO_VISIT } from './by-hand.ts'
import { inBatches } from './in-batches.ts'
import { findOwnPlaces, isWithoutClick, placeKey, placeKeyOf, placeProblem } from './own-places.ts'
import { findLayout, type UploadLayout } from './upload-columns.ts'
import { UploadFileError } from './upload-file-error.ts'
import { forecastRows } from './upload-forecast.ts'
import { UPLOAD_LIMITS } from './upload-limits.ts'
import { readLines, type UploadLine } from './upload-lines.ts'
import { readRow, type UploadParams } from './upload-row.ts'
import { type CheckedRow, type UploadSummary, UploadSummaryBuilder } from './upload-summary.ts'

/**
 * Reads a file, checks every row and keeps them; nothing is counted until the upload is applied.
 * @throws UploadFileError, LedgerUnavailableError, JudgeUnavailableError, or what the store throws; nothing is kept then.
 */
export async function previewUpload(
  deps: ByHandDeps,
  file: {
    readonly workspace: string
    readonly name: string
    readonly actor: string
    readonly body: Buffer
  },
): Promise<UploadSummary & { readonly upload: ConversionUpload }> {
  const now = deps.clock()
  const { db } = deps.store
  const { workspace, name, actor, body } = file
  const id = newUploadId(now)
  const summary = new UploadSummaryBuilder()
  const good: CheckedRow[] = []
  try {
    for (const batch of inBatches(readRows(body, now), UPLOAD_LIMITS.batchRowsMax)) {
      // A large file is read in turns with everything else that this process does.
      await nextTurn()
      const places = await findOwnPlaces(
        deps,
        workspace,
        batch.map(({ params }) => params),
      )
      const checked = await checkWhose(deps, workspace, batch, places)
      await insertUploadRows(db, id, checked.map(toStored))
      good.push(...checked.filter(({ problem }) => problem === ''))
      summary.add(checked, await findConverted(deps, workspace, checked, places))
    }
    await forecastRows(deps, { id, actor, now }, good)
    const times = { createdAt: now, updatedAt: now }
    const upload = { id, workspace, name, actor, state: 'preview', jobId: '', ...times } as const
    await insertUpload(db, upload)
    return { upload, ...summary.build() }
  } catch (error) {
    await deleteUploadRows(db, id)
    throw error
  }
}

function* readRows(body: Buffer, now: number): Generator<CheckedRow> {
  let layout: Exclude<UploadLayout, { type: 'unknown' }> | undefined
  let rows = 0
  for (const line of readLines(body)) {
    if (layout === undefined) {
      layout = readLayout(line)
      if (layout.type === 'header') continue
    }
    rows += 1
    if (rows > UPLOAD_LIMITS.rowsMax) {
      throw new UploadFileError(`the file has more than ${UPLOAD_LIMITS.rowsMax} rows: split it`)
    }
    yield checkLine(line, layout, now)
  }
  if (rows === 0) throw new UploadFileError('the file has no rows')
}

function readLayout(line: UploadLine): Exclude<UploadLayout, { type: 'unknown' }> {
  if ('problem' in line) throw new UploadFileError(`line ${line.line}: ${line.problem}`)
  const layout = findLayout(line.cells)
  if (layout.type === 'unknown') throw new UploadFileError(layout.reason)
  return layout
}

function checkLine(
  line: UploadLine,
  layout: Exclude<UploadLayout, { type: 'unknown' }>,
  now: number,
): CheckedRow {
  if ('problem' in line) return { line: line.line, problem: line.problem, params: {} }
  const row = readRow(line.cells, layout, now)
  return row.ok
    ? { line: line.line, problem: '', params: row.params }
    : { line: line.line, problem: row.problem, params: {} }
}

/**
 * A row is good when its click id is that of a visit of the workspace, and its time not before the visit; without a
 * click, when its offer and its affiliate are the workspace's.
 */
async function checkWhose(
  deps: ByHandDeps,
  workspace: string,
  rows: readonly CheckedRow[],
  places: OfferPlaces,
): Promise<readonly CheckedRow[]> {
  const clickIds = rows.map(({ params }) => params.cid ?? '')
  const visits = await findOwnVisits(deps, workspace, clickIds)
  return rows.map((row) => {
    if (row.problem !== '') return row
    const problem = isWithoutClick(row.params)
      ? placeProblem(row.params, places)?.reason
      : visitProblem(deps, row.params, visits)
    return problem === undefined ? row : { line: row.line, problem, params: {} }
  })
}

function visitProblem(
  { clickIdKey }: ByHandDeps,
  { cid = '', time }: UploadParams,
  visits: Awaited<ReturnType<typeof findOwnVisits>>,
): string | undefined {
  const visitAt = visits.get(cid)?.visit.visit_at
  if (visitAt === undefined) {
    return verifyClickId(cid, clickIdKey).ok ? NO_VISIT : 'the click id is not one of this installation'
  }
  const isEarly = time !== undefined && Number(time) < visitAt - UPLOAD_LIMITS.clockSkewMs
  return isEarly ? 'its time is before its visit' : undefined
}

/** @returns whether a row is about a visit that has a conversion, or a transaction that is one. */
async function findConverted(
  { store }: ByHandDeps,
  workspace: string,
  rows: readonly CheckedRow[],
  { advertiserOf }: OfferPlaces,
): Promise<(params: UploadParams) => boolean> {
  const clickIds = new Set(rows.flatMap(({ params }) => params.cid ?? []))
  const ofClicks = await conversionsOfClicks(store.db, workspace, [...clickIds])
  const clicks = new Set(ofClicks.map(({ clickId }) => clickId))
  const txids = rows.flatMap(({ params }) => (isWithoutClick(params) ? (params.txid ?? []) : []))
  const advertiserIds = [...new Set(advertiserOf.values())]
  const others = await conversionsWithoutClick(store.db, workspace, { advertiserIds, txids })
  const places = new Set(others.map(placeKeyOf))
  return (params) => (isWithoutClick(params) ? places.has(placeKey(params)) : clicks.has(params.cid ?? ''))
}

function toStored({ line, problem, params }: CheckedRow) {
  return { line, problem, params: Object.fromEntries(Object.entries(params)) }
}
