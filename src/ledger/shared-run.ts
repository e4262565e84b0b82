/**
 * Work that many ask for at once. Who asks gets a run that begins after the asking, and shares it with everybody
 * who asked before it began: a run under way may have looked too early.
 */
export class SharedRun {
  readonly #work: () => Promise<void>
  #running: Promise<void> | undefined
  #waiting: Promise<void> | undefined

  constructor(work: () => Promise<void>) {
    this.#work = work
  }

  next(): Promise<void> {
    if (this.#running === undefined) return this.#start()
    this.#waiting ??= this.#running.then(
      () => this.#startWaiting(),
      () => this.#startWaiting(),
    )
    return this.#waiting
  }

  #startWaiting(): Promise<void> {
    this.#waiting = undefined
    return this.#start()
  }

  #start(): Promise<void> {
    const run = this.#work().finally(() => {
      if (this.#running === run) this.#running = undefined
    })
    this.#running = run
    return run
  }
}
