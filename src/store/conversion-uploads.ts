import type { Insertable, Selectable } from 'kysely'
import type { ConversionChange } from '../domain/conversion-types.ts'
import type { HitOutcome } from '../domain/hit.ts'
import { newRecordId } from './ids.ts'
import { inChunks } from './in-chunks.ts'
import { newestPage } from './newest-page.ts'
import type { OwnedId } from './owned.ts'
import type { Page, PageRequest } from './page.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

/** A file of conversions: first a preview of which nothing counts, then applied by a job. */
export type ConversionUpload = {
  readonly id: string
  readonly workspace: string
  readonly name: string
  readonly state: 'preview' | 'applied'
  /** '' until it is applied. */
  readonly jobId: string
  /** `user:ID` or `key:ID`. */
  readonly actor: string
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly updatedAt: number
}

export type UploadRow = {
  /** Line of the file, from 1. */
  readonly line: number
  /** '' for a good row. */
  readonly problem: string
  /** Parameters under our names. */
  readonly params: Readonly<Record<string, string>>
  /** '' until it is applied. */
  readonly outcome: HitOutcome | ''
  readonly reason: string
  /** What it would come to, when the file was looked at; undefined when that was not looked at. */
  readonly forecast: Forecast | undefined
}

/** What applying a row would come to, and do to a conversion; null when nothing. */
export type Forecast = {
  readonly outcome: HitOutcome
  readonly reason: string
  readonly change: ConversionChange | null
}
export type ForecastRow = Forecast & { readonly line: number }

export function newUploadId(now: number): string {
  return newRecordId(now)
}

/** Id of the hit that a row is judged as. */
export function idOfReportedHit(uploadId: string, line: number): string {
  return `upload:${uploadId}:${line}`
}

/** The row that such an id is of. */
export function rowOfReportedHit(hitId: string): { readonly uploadId: string; readonly line: number } {
  const [, uploadId = '', line = ''] = hitId.split(':')
  return { uploadId, line: Number(line) }
}

/** Belongs to no upload that anybody sees until `insertUpload`. */
export async function insertUploadRows(
  db: Db,
  uploadId: string,
  rows: readonly Pick<UploadRow, 'line' | 'problem' | 'params'>[],
): Promise<void> {
  const all = rows.map(({ line, problem, params }) => ({
    upload_id: uploadId,
    line,
    problem,
    params_json: JSON.stringify(params),
    click_id: params.cid ?? '',
    outcome: '' as const,
    reason: '',
    forecast: '' as const,
    forecast_json: '{}',
  }))
  await inTransaction(db, async (trx) => {
    await inChunks(all, async (chunk) => {
      await trx.insertInto('upload_rows').values(chunk).execute()
    })
  })
}

export async function deleteUploadRows(db: Db, uploadId: string): Promise<void> {
  await db.deleteFrom('upload_rows').where('upload_id', '=', uploadId).execute()
}

/** After its rows: an upload is seen with all of them or not at all. */
export async function insertUpload(db: Db, upload: ConversionUpload): Promise<void> {
  await db.insertInto('conversion_uploads').values(toColumns(upload)).execute()
}

export async function getUpload(db: Db, key: OwnedId): Promise<ConversionUpload | undefined> {
  const row = await db
    .selectFrom('conversion_uploads')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toUpload(row)
}

/** Newest first. */
export async function listUploads(
  db: Db,
  workspace: string,
  page: PageRequest,
): Promise<Page<ConversionUpload>> {
  return await newestPage(db, 'conversion_uploads', toUpload, { workspace, page })
}

/** The preview becomes the job's. The caller holds a lock, so that a file is applied once. */
export async function markApplied(
  db: Db,
  key: OwnedId & { readonly jobId: string },
  now: number,
): Promise<void> {
  await db
    .updateTable('conversion_uploads')
    .set({ state: 'applied', job_id: key.jobId, updated_at: now })
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .execute()
}

export type UploadRowFilter = {
  readonly hasProblem?: boolean
  readonly outcome?: HitOutcome
  readonly forecast?: HitOutcome
}

/** In the order of the file, after the line. */
export async function listUploadRows(
  db: Db,
  uploadId: string,
  filter: UploadRowFilter,
  page: { readonly afterLine: number; readonly limit: number },
): Promise<readonly UploadRow[]> {
  let query = db
    .selectFrom('upload_rows')
    .selectAll()
    .where('upload_id', '=', uploadId)
    .where('line', '>', page.afterLine)
  if (filter.hasProblem === true) query = query.where('problem', '!=', '')
  if (filter.hasProblem === false) query = query.where('problem', '=', '')
  if (filter.outcome !== undefined) query = query.where('outcome', '=', filter.outcome)
  if (filter.forecast !== undefined) query = query.where('forecast', '=', filter.forecast)
  const rows = await query.orderBy('line').limit(page.limit).execute()
  return rows.map(toRow)
}

export type UploadCounts = {
  readonly rows: number
  /** Rows with a problem, which are never applied. */
  readonly broken: number
  /** By outcome, of those applied so far. */
  readonly outcomes: Readonly<Partial<Record<HitOutcome, number>>>
  /** By what rows would come to, of those that were looked at. */
  readonly forecasts: Readonly<Partial<Record<HitOutcome, number>>>
}

export async function countUploadRows(db: Db, uploadId: string): Promise<UploadCounts> {
  const groups = await db
    .selectFrom('upload_rows')
    .select(['outcome', 'forecast', (eb) => eb.fn.countAll<number>().as('rows')])
    .select((eb) => eb.fn.sum<number>(eb.case().when('problem', '=', '').then(0).else(1).end()).as('broken'))
    .where('upload_id', '=', uploadId)
    .groupBy(['outcome', 'forecast'])
    .execute()
  return {
    rows: groups.reduce((sum, group) => sum + Number(group.rows), 0),
    broken: groups.reduce((sum, group) => sum + Number(group.broken), 0),
    outcomes: countBy(groups, 'outcome'),
    forecasts: countBy(groups, 'forecast'),
  }
}

type Counted = {
  readonly outcome: HitOutcome | ''
  readonly forecast: HitOutcome | ''
  readonly rows: number
}

function countBy(groups: readonly Counted[], name: 'outcome' | 'forecast'): UploadCounts['outcomes'] {
  const counts: Partial<Record<HitOutcome, number>> = {}
  for (const group of groups) {
    const key = group[name]
    if (key !== '') counts[key] = (counts[key] ?? 0) + Number(group.rows)
  }
  return counts
}

/** What rows would come to. */
export async function saveRowForecasts(
  db: Db,
  uploadId: string,
  rows: readonly ForecastRow[],
): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const { line, outcome, reason, change } of rows) {
      await trx
        .updateTable('upload_rows')
        .set({ forecast: outcome, forecast_json: JSON.stringify({ reason, change }) })
        .where('upload_id', '=', uploadId)
        .where('line', '=', line)
        .execute()
    }
  })
}

/** What became of rows. */
export async function saveRowOutcomes(
  db: Db,
  uploadId: string,
  rows: readonly Pick<UploadRow, 'line' | 'outcome' | 'reason'>[],
): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const { line, outcome, reason } of rows) {
      await trx
        .updateTable('upload_rows')
        .set({ outcome, reason })
        .where('upload_id', '=', uploadId)
        .where('line', '=', line)
        .execute()
    }
  })
}

function toColumns(upload: ConversionUpload): Insertable<Database['conversion_uploads']> {
  return {
    id: upload.id,
    workspace: upload.workspace,
    name: upload.name,
    state: upload.state,
    job_id: upload.jobId,
    actor: upload.actor,
    created_at: upload.createdAt,
    updated_at: upload.updatedAt,
  }
}

function toUpload(row: Selectable<Database['conversion_uploads']>): ConversionUpload {
  return {
    id: row.id,
    workspace: row.workspace,
    name: row.name,
    state: row.state,
    jobId: row.job_id,
    actor: row.actor,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toRow(row: Selectable<Database['upload_rows']>): UploadRow {
  return {
    line: row.line,
    problem: row.problem,
    params: JSON.parse(row.params_json),
    outcome: row.outcome,
    reason: row.reason,
    forecast: toForecast(row),
  }
}

function toForecast(row: Selectable<Database['upload_rows']>): Forecast | undefined {
  if (row.forecast === '') return undefined
  const { reason, change } = JSON.parse(row.forecast_json)
  return { outcome: row.forecast, reason, change }
}
