import { LINK_REFUSALS, type LinkRefusal } from './link-refusal.ts'

/** Upper bounds of the request histogram's buckets, milliseconds. */
const BUCKETS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500] as const

const ZERO_COUNTERS = {
  visits: 0,
  botVisits: 0,
  /** HEAD and prefetch: recorded flagged, not counted. */
  flaggedVisits: 0,
  impressions: 0,
  clicks: 0,
  /** Of landers. */
  views: 0,
  hits: 0,
  hitsMalformed: 0,
  hitsQueued: 0,
  hitsOverloaded: 0,
  /** Redirected to a fallback URL. */
  fallbacks: 0,
  /** Unknown slug, page or visit, with no fallback configured. */
  notFound: 0,
  methodNotAllowed: 0,
  urlTooLong: 0,
  badRequests: 0,
  clickIdsRefused: 0,
  /** Parameters dropped or cut because they exceed a limit. */
  paramsExcess: 0,
  /** Answered although the record could not be kept, because the disk is full. */
  lostOnDiskFull: 0,
  /** The same, because more waits for the disk than the journal's limit allows. */
  lostOnOverload: 0,
  /** The same, because the disk failed. */
  lostOnWriteError: 0,
  peerLookups: 0,
  coreLookups: 0,
  /** Requests that met a bug and were answered 500. */
  requestsFailed: 0,
}

export type EdgeCounter = keyof typeof ZERO_COUNTERS

/** Plain data: whoever shows metrics turns it into its own format. */
export type EdgeMetricsReport = {
  readonly edgeId: number
  readonly snapshotVersion: number
  readonly counters: Readonly<Record<EdgeCounter, number>>
  /** Affiliate links that their offer did not take, by the reason. */
  readonly linkRefusals: Readonly<Record<string, number>>
  readonly requestDurationMs: {
    /** `count` requests took at most `le` milliseconds; cumulative. */
    readonly buckets: readonly { readonly le: number; readonly count: number }[]
    readonly count: number
    readonly sum: number
  }
}

/** Counts what the edge does. One object per process. */
export class EdgeMetrics {
  readonly #counters = { ...ZERO_COUNTERS }
  readonly #refusals = new Map<LinkRefusal, number>(LINK_REFUSALS.map((refusal) => [refusal, 0]))
  readonly #buckets = new Float64Array(BUCKETS_MS.length + 1)
  #sumMs = 0

  count(name: EdgeCounter, by = 1): void {
    this.#counters[name] += by
  }

  countRefusal(refusal: LinkRefusal): void {
    this.#refusals.set(refusal, (this.#refusals.get(refusal) ?? 0) + 1)
  }

  /** Time from a request's headers to its answer. */
  observeRequest(durationMs: number): void {
    let bucket = 0
    while (bucket < BUCKETS_MS.length && durationMs > (BUCKETS_MS[bucket] ?? 0)) bucket += 1
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    this.#sumMs += durationMs
  }

  report(edgeId: number, snapshotVersion: number): EdgeMetricsReport {
    let count = 0
    const buckets = BUCKETS_MS.map((le, index) => {
      count += this.#buckets[index] ?? 0
      return { le, count }
    })
    count += this.#buckets[BUCKETS_MS.length] ?? 0
    return {
      edgeId,
      snapshotVersion,
      counters: { ...this.#counters },
      linkRefusals: Object.fromEntries(this.#refusals),
      requestDurationMs: { buckets, count, sum: this.#sumMs },
    }
  }
}
