import type { Hit } from '../domain/hit.ts'
import { RECORD_TYPE } from '../domain/journal-record.ts'
import { pause } from '../ledger/retried-loop.ts'
import { findJudgedIds } from '../store/hits.ts'
import { type JournalPosition, saveCheckpoint } from '../store/journal-checkpoints.ts'
import type { Db } from '../store/transaction.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import type { Judge } from './judge.ts'
import { parseHitRecord } from './parse-hit-record.ts'
import { superviseLoop } from './supervised-loop.ts'

/** What the consumer needs of a journal's reader. */
type HitJournal = {
  next(limit: { readonly recordsMax: number; readonly bytesMax: number }): Promise<
    | {
        readonly records: readonly { readonly type: number; readonly payload: Buffer }[]
        readonly to: JournalPosition
      }
    | undefined
  >
}

export type HitConsumerOptions = {
  /** Whose journal it is: the name its checkpoint is kept under. */
  readonly edge: string
  /** Opened at the checkpoint of consumer 'conversions'. */
  readonly journal: HitJournal
  readonly judge: Judge
  readonly db: Db
  readonly clock: () => number
  readonly signal: AbortSignal
  /** Store or ledger are away, and the hits are tried again; or a record that is no hit was passed over. */
  readonly onError: (error: unknown) => void
  /** Hits that no request had brought to judgement: core was away, or too slow. */
  readonly onJudged?: (hits: number) => void
}

/**
 * Reads an edge's journal to its end, again and again, and judges the hits that were not judged when they came.
 *
 * The checkpoint moves only past hits that are judged, and judging is idempotent: after a crash some are looked
 * at twice, none is left out, none is counted twice.
 */
export async function runHitConsumer(options: HitConsumerOptions): Promise<void> {
  const consumer = new HitConsumer(options)
  await superviseLoop(() => consumer.round(), options)
}

class HitConsumer {
  readonly #options: HitConsumerOptions
  /** Read and not yet judged: a failed round goes on here. */
  #batch: { readonly hits: readonly Hit[]; readonly to: JournalPosition } | undefined
  /** Done and not yet written down. */
  #reached: JournalPosition | undefined
  #savedAt = 0

  constructor(options: HitConsumerOptions) {
    this.#options = options
  }

  /** @returns how long to wait before the next round. */
  async round(): Promise<number> {
    const read = await this.#next()
    if (!read || this.#options.clock() - this.#savedAt >= CONVERSION_LIMITS.checkpointMs) await this.#save()
    return read ? 0 : CONVERSION_LIMITS.journalIdleMs
  }

  async #next(): Promise<boolean> {
    this.#batch ??= await this.#read()
    if (this.#batch === undefined) return false
    await this.#judge(this.#batch.hits)
    if (this.#options.signal.aborted) return false
    this.#reached = this.#batch.to
    this.#batch = undefined
    return true
  }

  async #read() {
    const { journalRecordsMax: recordsMax, journalBytesMax: bytesMax } = CONVERSION_LIMITS
    const found = await this.#options.journal.next({ recordsMax, bytesMax })
    if (found === undefined) return undefined
    const records = found.records.filter((record) => record.type === RECORD_TYPE.hit)
    return { hits: records.flatMap((record) => this.#parse(record.payload)), to: found.to }
  }

  /** A record that passed its checksum and is no hit comes from another version: no retry could mend it. */
  #parse(payload: Buffer): readonly Hit[] {
    try {
      return [parseHitRecord(payload)]
    } catch (error) {
      this.#options.onError(error)
      return []
    }
  }

  async #judge(hits: readonly Hit[]): Promise<void> {
    if (hits.length === 0) return
    const { judge, signal, clock } = this.#options
    await pause(graceMs(hits, clock()), signal)
    for (let start = 0; start < hits.length; start += CONVERSION_LIMITS.hitsPerCommitMax) {
      if (signal.aborted) return
      const group = hits.slice(start, start + CONVERSION_LIMITS.hitsPerCommitMax)
      const left = await this.#unjudged(group)
      if (left.length > 0) await judge.judge(left)
      this.#options.onJudged?.(left.length)
    }
  }

  async #unjudged(hits: readonly Hit[]): Promise<readonly Hit[]> {
    const ids = hits.map((hit) => hit.id)
    const judged = await findJudgedIds(this.#options.db, ids)
    return hits.filter((hit) => !judged.has(hit.id))
  }

  async #save(): Promise<void> {
    if (this.#reached === undefined) return
    await saveCheckpoint(this.#options.db, this.#options.edge, 'conversions', this.#reached)
    this.#reached = undefined
    this.#savedAt = this.#options.clock()
  }
}

/** The edge asks core about its hits itself: those that just came are most likely being judged now. */
function graceMs(hits: readonly Hit[], now: number): number {
  const newestAt = hits.at(-1)?.at ?? 0
  const left = newestAt + CONVERSION_LIMITS.judgedByEdgeMs - now
  return Math.min(Math.max(0, left), CONVERSION_LIMITS.judgedByEdgeMs)
}
