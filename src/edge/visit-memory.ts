/**
 * The latest visits of this process, by click id: a ring of bounded size whose oldest entry makes room.
 * An insertion-ordered Map is the ring; deleting its first key is O(1).
 */
export class VisitMemory<T> {
  readonly #visits = new Map<string, T>()
  readonly #visitsMax: number

  constructor(visitsMax: number) {
    this.#visitsMax = visitsMax
  }

  get size(): number {
    return this.#visits.size
  }

  remember(clickId: string, visit: T): void {
    if (this.#visits.size >= this.#visitsMax) {
      const oldest = this.#visits.keys().next()
      if (oldest.done !== true) this.#visits.delete(oldest.value)
    }
    this.#visits.set(clickId, visit)
  }

  find(clickId: string): T | undefined {
    return this.#visits.get(clickId)
  }
}
