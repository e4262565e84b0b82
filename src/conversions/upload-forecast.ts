import { setImmediate as nextTurn } from 'node:timers/promises'
import { type ForecastRow, idOfReportedHit, saveRowForecasts } from '../store/conversion-uploads.ts'
import { type ByHandDeps, buildReportedHit } from './by-hand.ts'
import { isCausedByHit } from './judge-error.ts'
import { isWithoutClick, placeKey } from './own-places.ts'
import { UPLOAD_LIMITS } from './upload-limits.ts'
import type { CheckedRow } from './upload-summary.ts'

type Upload = { readonly id: string; readonly actor: string; readonly now: number }

/**
 * Has good rows judged without keeping anything of it, and writes down what each would do now. Rows about one visit,
 * or one transaction, are judged together in the order of the file, so that a line which repeats another is told as
 * a repeat. Of the lines after UPLOAD_LIMITS.forecastRowsMax nothing is told.
 * @throws JudgeUnavailableError
 */
export async function forecastRows(
  deps: Pick<ByHandDeps, 'store' | 'judge'>,
  upload: Upload,
  good: readonly CheckedRow[],
): Promise<void> {
  const looked = good.slice(0, UPLOAD_LIMITS.forecastRowsMax)
  for (const batch of batchesOf([...Map.groupBy(looked, keyOf).values()])) {
    // A large file is judged in turns with everything else that this process does.
    await nextTurn()
    await saveRowForecasts(deps.store.db, upload.id, await forecastBatch(deps, upload, batch))
  }
}

function keyOf({ params }: CheckedRow): string {
  return isWithoutClick(params) ? placeKey(params) : (params.cid ?? '')
}

/** Whole groups, as many as a batch takes; a group that is larger alone is a batch of its own. */
function* batchesOf(groups: readonly (readonly CheckedRow[])[]): Generator<readonly CheckedRow[]> {
  let batch: CheckedRow[] = []
  for (const group of groups) {
    if (batch.length > 0 && batch.length + group.length > UPLOAD_LIMITS.batchRowsMax) {
      yield batch
      batch = []
    }
    batch.push(...group)
  }
  if (batch.length > 0) yield batch
}

async function forecastBatch(
  { judge }: Pick<ByHandDeps, 'judge'>,
  { id, actor, now }: Upload,
  rows: readonly CheckedRow[],
): Promise<readonly ForecastRow[]> {
  const hits = rows.map(({ line, params: { time, ...params } }) =>
    buildReportedHit({
      id: idOfReportedHit(id, line),
      kind: 'upload',
      at: time === undefined ? now : Number(time),
      params: Object.fromEntries(Object.entries(params)),
      notify: false,
      actor,
    }),
  )
  try {
    const found = await judge.rehearse(hits)
    return rows.flatMap(({ line }, index) => {
      const one = found[index]
      return one === undefined
        ? []
        : [{ line, outcome: one.outcome, reason: one.reason ?? '', change: one.change }]
    })
  } catch (error) {
    // One of them can not be judged as things are: applying them tells which, and why.
    if (isCausedByHit(error)) return []
    throw error
  }
}
