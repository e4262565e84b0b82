import { cancelClosedLane } from '../store/delivery-closing.ts'
import { type DueLane, FIRST_LANE, findDueLanes, type LaneKey } from '../store/delivery-lanes.ts'
import type { Db } from '../store/transaction.ts'

/** Lanes that one scan visits: some milliseconds. */
const SCAN_LANES_MAX = 1_000
/** Between two scans passes so many times what the last one took: they never take more than a tenth of the time. */
const SCAN_REST_FACTOR = 10
/** While there is enough to do, it is looked so often for what else there is. */
const RESCAN_MS = 100
/** Lanes remembered as ready; beyond that the longest known is forgotten, until a scan comes by again. */
const LANES_MAX = 4_096
/** Cancelled in one statement: on SQLite it holds the whole process. */
const CANCELLED_ROWS_MAX = 250

type Ready = {
  readonly lane: DueLane
  /** Found by a scan and not asked since: it had something due. */
  readonly isFresh: boolean
}

/**
 * The lanes that have something due, as far as is known: found by scans that go round all lanes in turn, each a bounded
 * number from where the last one ended. A lane stays until it gives less than it was asked for.
 */
export class ReadyLanes {
  /** In order of their turn. */
  readonly #ready = new Map<string, Ready>()
  /** By target: what waits in them waits for news that are being sent. */
  readonly #blocked = new Map<string, DueLane>()
  /** Of targets that are deleted or gone. */
  readonly #closed = new Map<string, LaneKey>()
  #after: LaneKey = FIRST_LANE
  /** How often the scan has still to come to the last lane, for every lane to have been looked at. */
  #endsOwed = 1
  /** On performance.now. */
  #scannedAt = 0
  #restMs = 0

  /** New deliveries may be due in any lane. */
  lookAgain(): void {
    this.#endsOwed = sameLane(this.#after, FIRST_LANE) ? 1 : 2
  }

  /** In order of their turn: the one that was served last comes last. */
  inTurn(): readonly DueLane[] {
    return [...this.#ready.values()].map(({ lane }) => lane)
  }

  get size(): number {
    return this.#ready.size
  }

  /** Looks for more, if it is time. @param now Unix milliseconds. */
  async scan(db: Db, now: number): Promise<void> {
    if (this.msToScan() > 0) return
    const startedAt = performance.now()
    const { lanes, closed, next } = await findDueLanes(db, { after: this.#after, now, limit: SCAN_LANES_MAX })
    this.#after = next
    if (sameLane(next, FIRST_LANE)) this.#endsOwed = Math.max(0, this.#endsOwed - 1)
    for (const lane of lanes) this.#remember({ lane, isFresh: true })
    for (const lane of closed) setBounded(this.#closed, keyOf(lane), lane)
    this.#scannedAt = performance.now()
    this.#restMs = SCAN_REST_FACTOR * (this.#scannedAt - startedAt)
  }

  /**
   * Cancels some of what waits in lanes that are closed. A worker that dies meanwhile leaves the others to the next scan,
   * its own or another worker's.
   * @returns whether there is more of it.
   */
  async cancelClosed(db: Db, now: number): Promise<boolean> {
    const [lane] = this.#closed.values()
    if (lane === undefined) return false
    const cancelled = await cancelClosedLane(db, { ...lane, now, limit: CANCELLED_ROWS_MAX })
    if (cancelled < CANCELLED_ROWS_MAX) this.#closed.delete(keyOf(lane))
    return this.#closed.size > 0
  }

  /** How long it takes until the next scan may start; Infinity while none is needed. */
  msToScan(): number {
    if (this.#endsOwed === 0 && this.#ready.size === 0) return Number.POSITIVE_INFINITY
    const restMs = this.#endsOwed > 0 ? this.#restMs : Math.max(this.#restMs, RESCAN_MS)
    return Math.max(0, this.#scannedAt + restMs - performance.now())
  }

  /** It gave all that it was asked for: there may be more. */
  keep(lane: DueLane): void {
    this.#ready.delete(keyOf(lane))
    this.#remember({ lane, isFresh: false })
  }

  /** It has nothing more that may be sent now; a scan finds it again. */
  drop(lane: DueLane): void {
    this.#ready.delete(keyOf(lane))
  }

  /**
   * It gave nothing.
   * @returns whether that is odd: a scan has just found something due there.
   */
  dropEmpty(lane: DueLane): boolean {
    const isFresh = this.#ready.get(keyOf(lane))?.isFresh === true
    this.drop(lane)
    if (isFresh) setBounded(this.#blocked, lane.targetId, lane)
    return isFresh
  }

  /** A delivery of the target is done with: what waited for it is next. */
  unblock(targetId: string): void {
    const lane = this.#blocked.get(targetId)
    if (lane === undefined) return
    this.#blocked.delete(targetId)
    this.#remember({ lane, isFresh: false })
  }

  #remember(ready: Ready): void {
    setBounded(this.#ready, keyOf(ready.lane), ready)
  }
}

function setBounded<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value)
  if (map.size <= LANES_MAX) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/** A host holds no space. */
function keyOf({ host, targetId }: LaneKey): string {
  return `${host} ${targetId}`
}

function sameLane(a: LaneKey, b: LaneKey): boolean {
  return a.host === b.host && a.targetId === b.targetId
}
