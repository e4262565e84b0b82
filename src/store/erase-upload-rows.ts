import { sql } from 'kysely'
import { erasedReport } from '../domain/erasure.ts'
import { rowOfReportedHit } from './conversion-uploads.ts'
import { type Done, type Part, toDone } from './erase-part.ts'
import { hitIdsOfConversions } from './hits-of-conversions.ts'
import type { Db } from './transaction.ts'

/** One file after the other: a click id has few lines in any. Previews that were never applied are among them. */
export async function eraseUploadRows(db: Db, { workspace, clickId, after, limit }: Part): Promise<Done> {
  if (clickId === '') return toDone([], 0)
  const rows = await db
    .selectFrom('upload_rows')
    .innerJoin('conversion_uploads', 'conversion_uploads.id', 'upload_rows.upload_id')
    .select(['upload_rows.upload_id', 'upload_rows.line', 'upload_rows.params_json'])
    .where('upload_rows.click_id', '=', clickId)
    // Said word by word as the partial index says it.
    .where('upload_rows.click_id', '<>', sql.lit(''))
    .where('conversion_uploads.workspace', '=', workspace)
    .where(sql<boolean>`(upload_rows.upload_id, upload_rows.line) > (${placeOf(after)})`)
    .orderBy('upload_rows.upload_id')
    .orderBy('upload_rows.line')
    .limit(limit)
    .execute()
  let changed = 0
  for (const row of rows) changed += await eraseRow(db, row)
  return toDone(
    rows.map(({ upload_id: uploadId, line }) => ({ id: `${uploadId}/${line}` })),
    changed,
  )
}

/** Rows without a click id that the conversions were reported by. */
export async function eraseReportedRows(db: Db, part: Part): Promise<Done> {
  const hits = await db
    .selectFrom('hits')
    .select('id')
    .where('workspace', '=', part.workspace)
    .where('kind', '=', 'upload')
    .where('id', '>', part.after)
    .where('id', 'in', hitIdsOfConversions(db, part))
    .orderBy('id')
    .limit(part.limit)
    .execute()
  let changed = 0
  for (const { id } of hits) {
    const { uploadId, line } = rowOfReportedHit(id)
    const row = await db
      .selectFrom('upload_rows')
      .select(['upload_id', 'line', 'params_json'])
      .where('upload_id', '=', uploadId)
      .where('line', '=', line)
      .executeTakeFirst()
    if (row !== undefined) changed += await eraseRow(db, row)
  }
  return toDone(hits, changed)
}

type RowText = { readonly upload_id: string; readonly line: number; readonly params_json: string }

/** @returns how many rows it changed. */
async function eraseRow(
  db: Db,
  { upload_id: uploadId, line, params_json: before }: RowText,
): Promise<number> {
  const params_json = JSON.stringify(erasedReport(JSON.parse(before)))
  if (params_json === before) return 0
  await db
    .updateTable('upload_rows')
    .set({ params_json })
    .where('upload_id', '=', uploadId)
    .where('line', '=', line)
    .execute()
  return 1
}

/** Of an upload's row, as its id. */
function placeOf(id: string) {
  const [uploadId = '', line = 0] = id.split('/')
  return sql.join([uploadId, Number(line)])
}
