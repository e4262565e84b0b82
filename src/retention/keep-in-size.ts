import { deleteOldestAttempts, oldestAttemptAt, type Removed } from '../store/retention-attempts.ts'
import { oldestRequestAt, removeHitRequests } from '../store/retention-hits.ts'
import { measureSize } from '../store/retention-size.ts'
import { FIRST_PLACE, type Place } from '../store/walk.ts'
import { loadCursor, saveCursor } from '../store/work-cursors.ts'
import type { Kept } from './keep-by-age.ts'
import { RETENTION_LIMITS } from './retention-limits.ts'
import { count, inStep, type RetentionOptions } from './retention-run.ts'

const BYTES_PER_MB = 1_000_000

/** The oldest attempts and requests of hits go, whichever are older, until what is left is within the budget. */
export async function keepInSize(options: RetentionOptions, { workspace, settings }: Kept): Promise<void> {
  if (settings.sizeBudgetMb === 0) return
  const { db } = options.store
  let excess = (await measureSize(db, workspace)) - settings.sizeBudgetMb * BYTES_PER_MB
  const cursor = `retention/size/${workspace}`
  const known = await loadCursor(db, cursor)
  let place: Place = known === undefined ? FIRST_PLACE : JSON.parse(known)
  const [attempts, requests] = [new Tally(), new Tally()]
  while (excess > 0) {
    const attemptAt = (await oldestAttemptAt(db, workspace)) ?? Number.POSITIVE_INFINITY
    const requestAt = (await oldestRequestAt(db, { workspace, after: place })) ?? Number.POSITIVE_INFINITY
    if (!Number.isFinite(Math.min(attemptAt, requestAt))) break
    if (attemptAt <= requestAt) {
      const step = { workspace, before: endBefore(requestAt + 1), limit: attempts.limit(excess) }
      const removed = await inStep(options, (trx) => deleteOldestAttempts(trx, step))
      attempts.add(removed)
      excess -= removed.bytes
      continue
    }
    const after = place.at >= requestAt ? place : { at: requestAt - 1, id: '' }
    const step = { workspace, after, before: endBefore(attemptAt), limit: requests.limit(excess) }
    const removed = await inStep(options, async (trx) => {
      const done = await removeHitRequests(trx, step, 'size')
      await saveCursor(trx, cursor, JSON.stringify(done.next ?? after))
      return done
    })
    requests.add(removed)
    excess -= removed.bytes
    place = removed.next ?? after
  }
  count(options, workspace, 'attempts by size', attempts.rows)
  count(options, workspace, 'requests of hits by size', requests.rows)
}

/** As a value of SQL. */
function endBefore(at: number): number {
  return Math.min(at, Number.MAX_SAFE_INTEGER)
}

/** What went, by which the next step takes about as much as is too much, and not more. */
class Tally {
  rows = 0
  #bytes = 0

  add({ rows, bytes }: Removed): void {
    this.rows += rows
    this.#bytes += bytes
  }

  limit(excess: number): number {
    if (this.#bytes <= 0) return 1
    const wanted = Math.ceil(excess / (this.#bytes / this.rows))
    return Math.min(RETENTION_LIMITS.stepRowsMax, Math.max(1, wanted))
  }
}
