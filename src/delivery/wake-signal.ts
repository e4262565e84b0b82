import { setTimeout as sleep } from 'node:timers/promises'

/** A sleep that others can end. A wake while nobody sleeps is remembered, so that none is lost. */
export class WakeSignal {
  #woken = false
  #sleeper: AbortController | undefined

  wake(): void {
    this.#woken = true
    this.#sleeper?.abort()
  }

  /** Returns at the next wake, after the time, or when the signal aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#woken && !signal.aborted) {
      this.#sleeper = new AbortController()
      const ended = AbortSignal.any([signal, this.#sleeper.signal])
      await sleep(ms, undefined, { signal: ended }).catch(() => {})
      this.#sleeper = undefined
    }
    this.#woken = false
  }
}
