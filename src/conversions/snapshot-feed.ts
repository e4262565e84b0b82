import type { Snapshot } from '../domain/snapshot.ts'
import { toSnapshotText } from '../domain/snapshot-text.ts'
import { pause } from '../ledger/retried-loop.ts'
import { SnapshotCompiler } from '../store/compile-snapshot.ts'
import { loadConfigVersion } from '../store/config-version.ts'
import type { Db } from '../store/transaction.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'

type Compiled = { readonly version: number; readonly json: string }

/**
 * The newest snapshot as JSON, compiled once for all edges. Any process may change the configuration, so the
 * version in SQL is what tells; while edges wait, one look at it is shared by all of them.
 */
export class SnapshotFeed {
  readonly #db: Db
  readonly #compiler: SnapshotCompiler
  readonly #clock: () => number
  #compiled: Compiled | undefined
  #refreshing: Promise<Compiled> | undefined
  #changed = new AbortController()

  /** @param clock Unix milliseconds. */
  constructor(db: Db, clock: () => number) {
    this.#db = db
    this.#compiler = new SnapshotCompiler(db)
    this.#clock = clock
  }

  /**
   * The snapshot once it is newer than `after`; undefined when the signal aborts before.
   * @throws what the store throws.
   */
  async newerThan(after: number, signal: AbortSignal): Promise<string | undefined> {
    while (!signal.aborted) {
      const { version, json } = await this.#refresh()
      if (version > after) return json
      await pause(CONVERSION_LIMITS.snapshotPollMs, AbortSignal.any([signal, this.#changed.signal]))
    }
    return undefined
  }

  /** The configuration was changed by this process: whoever waits looks now. */
  announceChange(): void {
    this.#changed.abort()
    this.#changed = new AbortController()
  }

  async #refresh(): Promise<Compiled> {
    this.#refreshing ??= this.#load().finally(() => {
      this.#refreshing = undefined
    })
    return await this.#refreshing
  }

  async #load(): Promise<Compiled> {
    const version = await loadConfigVersion(this.#db)
    if (this.#compiled?.version === version) return this.#compiled
    const snapshot: Snapshot = await this.#compiler.compile(this.#clock())
    this.#compiled = { version: snapshot.version, json: toSnapshotText(snapshot) }
    return this.#compiled
  }
}
