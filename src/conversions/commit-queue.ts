import { CONVERSION_LIMITS } from './conversion-limits.ts'
import { JudgeUnavailableError } from './judge-error.ts'

type Waiting<Item, Answer> = {
  readonly item: Item
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Collects items of concurrent callers into shared commits: while one commit is under way, the next one gathers.
 * An idle queue commits at once, a busy one in ever larger groups, up to the limit.
 */
export class CommitQueue<Item, Answer> {
  readonly #commit: (items: readonly Item[]) => Promise<readonly Answer[]>
  #waiting: Waiting<Item, Answer>[] = []
  #running = false

  /** @param commit answers in the order of the items. */
  constructor(commit: (items: readonly Item[]) => Promise<readonly Answer[]>) {
    this.#commit = commit
  }

  /** @throws JudgeUnavailableError when too many wait; what the commit throws. */
  async add(items: readonly Item[]): Promise<readonly Answer[]> {
    if (this.#waiting.length + items.length > CONVERSION_LIMITS.hitsWaitingMax) {
      throw new JudgeUnavailableError('queue full')
    }
    const answers = items.map(
      (item) =>
        new Promise<Answer>((resolve, reject) => {
          this.#waiting.push({ item, resolve, reject })
        }),
    )
    if (!this.#running) void this.#run()
    return await Promise.all(answers)
  }

  async #run(): Promise<void> {
    this.#running = true
    // One turn of the event loop later, callers of the same moment have joined.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      await this.#commitGroup(this.#waiting.splice(0, CONVERSION_LIMITS.hitsPerCommitMax))
    }
    this.#running = false
  }

  async #commitGroup(group: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#commit(group.map((waiting) => waiting.item))
      group.forEach((waiting, index) => {
        const answer = answers[index]
        if (answer === undefined) waiting.reject(new TypeError('a commit gave too few answers'))
        else waiting.resolve(answer)
      })
    } catch (error) {
      for (const waiting of group) waiting.reject(error)
    }
  }
}
