import { setImmediate as nextTurn } from 'node:timers/promises'
import { countHits, type HitCount } from '../store/alert-figures.ts'
import type { Db } from '../store/transaction.ts'
import { ALERT_LIMITS } from './alert-limits.ts'

const MINUTE_MS = 60_000
const HOUR_MINUTES = 60
/**
 * Ages at which a minute is counted anew, in minutes: hits of it are judged still, and unmatched ones are matched later.
 * So a look reads some minutes of an hour and not all of them.
 */
const RECOUNT_AGES = [0, 1, 2, 5, 15, 30]
/** What one query counts: at 100,000 hits an hour, 8,000 of them, which hold SQLite up for some 20 ms. */
const SLICE_MS = 5 * MINUTE_MS

type CountedMinute = { readonly age: number; readonly counts: readonly HitCount[] }

/** What was counted of the last hour of one workspace, by the minute; after a start it is counted anew. */
export class RecentHits {
  /** By the minute's number since 1970. */
  readonly #minutes = new Map<number, CountedMinute>()

  /** Of the sixty minutes before this one and what there is of this one. @param now Unix milliseconds. */
  async count(db: Db, workspace: string, now: number): Promise<readonly HitCount[]> {
    const newest = Math.floor(now / MINUTE_MS)
    const oldest = newest - HOUR_MINUTES
    for (const minute of this.#minutes.keys())
      if (minute < oldest || minute > newest) this.#minutes.delete(minute)
    for (let minute = oldest; minute <= newest; minute++) {
      const age = newest - minute
      const known = this.#minutes.get(minute)
      if (known !== undefined && !isDue(known.age, age)) continue
      const from = minute * MINUTE_MS
      const counts = await countSlice(db, workspace, { from, to: from + MINUTE_MS })
      this.#minutes.set(minute, { age, counts })
    }
    return sumBySender([...this.#minutes.values()].flatMap(({ counts }) => counts))
  }
}

function isDue(countedAge: number, age: number): boolean {
  return RECOUNT_AGES.some((due) => countedAge < due && due <= age)
}

/** Of one whole hour, slice by slice, so that nothing else waits for all of it. @param from Unix milliseconds. */
export async function countHour(db: Db, workspace: string, from: number): Promise<readonly HitCount[]> {
  const counts: HitCount[] = []
  const end = from + ALERT_LIMITS.hourMs
  for (let start = from; start < end; start += SLICE_MS) {
    counts.push(...(await countSlice(db, workspace, { from: start, to: start + SLICE_MS })))
  }
  return sumBySender(counts)
}

/** SQLite answers within the turn: without a pause one query after another would hold the process up. */
async function countSlice(...question: Parameters<typeof countHits>): Promise<readonly HitCount[]> {
  const counts = await countHits(...question)
  await nextTurn()
  return counts
}

export function sumBySender(counts: readonly HitCount[]): readonly HitCount[] {
  const sums = new Map<string, HitCount>()
  for (const { senderId, hits, unmatched } of counts) {
    const sum = sums.get(senderId)
    sums.set(senderId, {
      senderId,
      hits: hits + (sum?.hits ?? 0),
      unmatched: unmatched + (sum?.unmatched ?? 0),
    })
  }
  return [...sums.values()]
}
