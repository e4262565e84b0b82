import QuickLRU from 'quick-lru'
import { EDGE_LIMITS } from './edge-limits.ts'

type Window = { startedMs: number; visits: number }

/**
 * How often an address has visited by a tracking link lately, or saw an ad of it. Counted in this process alone, for the addresses seen latest:
 * with several edges a visitor whose connections are spread is flagged later, by as many times as there are edges.
 */
export class AddressVisits {
  readonly #windows = new QuickLRU<string, Window>({ maxSize: EDGE_LIMITS.addressWindowsMax })

  /**
   * Counts a visit. A window begins with an address' first visit, and the next one with the first after it ended.
   * @returns visits within the window, this one too.
   */
  add(address: string, linkId: string, when: { readonly atMs: number; readonly windowMs: number }): number {
    const key = `${linkId} ${address}`
    const window = this.#windows.get(key)
    if (window === undefined || when.atMs - window.startedMs >= when.windowMs) {
      this.#windows.set(key, { startedMs: when.atMs, visits: 1 })
      return 1
    }
    window.visits += 1
    return window.visits
  }
}
