const BUCKETS_PER_MS = 50
const BUCKETS = 20_000

/** Latencies in buckets of 20 µs up to 400 ms; what is longer lands in the last one. */
export class Histogram {
  readonly #buckets = new Uint32Array(BUCKETS)
  count = 0

  record(ms: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(ms * BUCKETS_PER_MS)))
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    this.count += 1
  }

  /** Upper edge, in ms, of the bucket that holds the share q of all values. */
  percentile(q: number): number {
    let left = this.count * q
    for (let i = 0; i < BUCKETS; i += 1) {
      left -= this.#buckets[i] ?? 0
      if (left <= 0) return (i + 1) / BUCKETS_PER_MS
    }
    return BUCKETS / BUCKETS_PER_MS
  }
}
