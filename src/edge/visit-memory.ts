/**
 * The latest visits of this process, by click id: at most so many, of which the oldest makes room.
 * A ring beside the map knows the oldest. The map's own order would tell as well, but its first key lies behind the
 * holes of all those that were deleted: finding it took 20 µs, a fifth of a visit.
 */
export class VisitMemory<T> {
  readonly #visits = new Map<string, T>()
  readonly #ring: string[] = []
  readonly #visitsMax: number
  #next = 0

  constructor(visitsMax: number) {
    this.#visitsMax = visitsMax
  }

  get size(): number {
    return this.#visits.size
  }

  /** A click id that is known already gets what is remembered replaced, and keeps its place. */
  remember(clickId: string, visit: T): void {
    if (!this.#visits.has(clickId)) {
      const oldest = this.#ring[this.#next]
      if (oldest !== undefined) this.#visits.delete(oldest)
      this.#ring[this.#next] = clickId
      this.#next = (this.#next + 1) % this.#visitsMax
    }
    this.#visits.set(clickId, visit)
  }

  find(clickId: string): T | undefined {
    return this.#visits.get(clickId)
  }
}
