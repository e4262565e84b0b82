import { sql } from 'kysely'
import type { Store } from './open-store.ts'

/**
 * The time that all cores of an installation agree on, however their own clocks differ: that of PostgreSQL, by the
 * offset to it, which is measured now and then. A store on SQLite has one machine, whose clock it is.
 */
export class StoreClock {
  readonly #store: Pick<Store, 'db' | 'engine'>
  readonly #clock: () => number
  #offsetMs = 0

  /** @param clock of this machine, Unix milliseconds. */
  constructor(store: Pick<Store, 'db' | 'engine'>, clock: () => number) {
    this.#store = store
    this.#clock = clock
  }

  /** Unix milliseconds, as whole as those of the machine's clock. */
  readonly now = (): number => this.#clock() + this.#offsetMs

  /** Measures the offset, by the middle between question and answer. */
  async sync(): Promise<void> {
    if (this.#store.engine !== 'postgres') return
    const askedAt = this.#clock()
    const { rows } = await sql<{ now: number }>`
      select cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint) as now
    `.execute(this.#store.db)
    const [row] = rows
    if (row !== undefined) this.#offsetMs = Math.round(row.now - (askedAt + this.#clock()) / 2)
  }
}
