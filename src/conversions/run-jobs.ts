import { pause } from '../ledger/retried-loop.ts'
import {
  claimOpenJob,
  finishJob,
  type Job,
  type JobHandler,
  type JobLane,
  releaseJob,
  renewJob,
} from '../store/jobs.ts'
import { isConflictError, isLockedError } from '../store/store-error.ts'
import type { Db } from '../store/transaction.ts'
import { superviseLoop } from './supervised-loop.ts'

/** A runner that has not shown itself for so long is gone, and its job is taken over. */
const LEASE_MS = 15_000
/** How often a running job's lease is kept, and how soon at the latest a cancelled one is told. */
const RENEW_MS = 1_000
const IDLE_MS = 500
/** Tries of a step that meets a store or a ledger that is away. */
const TRIES_MAX = 8
const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 30_000
/** Codes of errors that time mends. */
const PASSING_CODES: ReadonlySet<unknown> = new Set([
  'judge_unavailable',
  'ledger_unavailable',
  'store_unavailable',
])

export type JobsOptions = {
  readonly db: Db
  /** By kind of job. */
  readonly handlers: Readonly<Record<string, JobHandler>>
  /** Kinds that may take hours: jobs of each have a lane of their own, beside the one of all others. */
  readonly longKinds?: readonly string[]
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly signal: AbortSignal
  /** A job failed, or the store is away. For the log. */
  readonly onError: (error: unknown) => void
}

/** The job was cancelled, or another process runs it: its handler is to end. */
class JobStoppedError extends Error {
  readonly code = 'job_stopped'

  constructor() {
    super('the job is stopped')
    this.name = 'JobStoppedError'
  }
}

/**
 * Runs jobs until the signal aborts, in each lane one at a time and the oldest first. What a handler throws ends its job as
 * `failed` with the reason, except while store or ledger are away: then it goes on from its last step. A process
 * that stops gives its job back; one that was killed loses it by its lease.
 */
export async function runJobs(options: JobsOptions): Promise<void> {
  const { longKinds = [] } = options
  const lanes: readonly JobLane[] = [{ except: longKinds }, ...longKinds.map((kind) => ({ only: [kind] }))]
  await Promise.all(lanes.map((lane) => runLane(options, lane)))
}

async function runLane(options: JobsOptions, lane: JobLane): Promise<void> {
  const round = async () => {
    const job = await claimOpenJob(options.db, lane, { now: options.clock(), leaseMs: LEASE_MS })
    if (job === undefined) return IDLE_MS
    await new JobRun(job, options).run()
    return 0
  }
  await superviseLoop(round, options)
}

class JobRun {
  readonly #options: JobsOptions
  /** Aborts the handler. */
  readonly #stop = new AbortController()
  /** As stored: its `updatedAt` proves that it is still ours. */
  #job: Job
  #lost = false
  #tries = 0
  /** Writes of the job happen one after the other: each proves itself by the one before. */
  #writes: Promise<unknown> = Promise.resolve()

  constructor(job: Job, options: JobsOptions) {
    this.#job = job
    this.#options = options
  }

  async run(): Promise<void> {
    const onAbort = () => this.#stop.abort()
    this.#options.signal.addEventListener('abort', onAbort)
    if (this.#options.signal.aborted) onAbort()
    const renewal = setInterval(() => void this.#renew().catch(this.#options.onError), RENEW_MS)
    try {
      await this.#untilEnded()
    } finally {
      clearInterval(renewal)
      this.#options.signal.removeEventListener('abort', onAbort)
      await this.#writes.catch(() => undefined)
    }
  }

  async #untilEnded(): Promise<void> {
    const { handlers, signal } = this.#options
    const handler = handlers[this.#job.kind]
    if (handler === undefined) return await this.#fail(`this version knows no job "${this.#job.kind}"`)
    for (;;) {
      // A handler that waits for the signal would wait for ever: it has come already.
      if (signal.aborted) return await this.#release()
      try {
        const { result } = await handler(this.#job, {
          progress: (progress) => this.#progress(progress),
          signal: this.#stop.signal,
        })
        return await this.#end({ result })
      } catch (error) {
        if (this.#lost) return
        if (signal.aborted) return await this.#release()
        this.#options.onError(error)
        if (!isPassing(error) || ++this.#tries >= TRIES_MAX) return await this.#fail(messageOf(error))
        await pause(Math.min(RETRY_FIRST_MS * 2 ** this.#tries, RETRY_MAX_MS), this.#stop.signal)
        if (this.#lost) return
      }
    }
  }

  async #progress(progress: Parameters<typeof renewJob>[3]): Promise<void> {
    this.#tries = 0
    await this.#renew(progress)
    if (this.#lost || this.#stop.signal.aborted) throw new JobStoppedError()
  }

  async #renew(progress?: Parameters<typeof renewJob>[3]): Promise<void> {
    await this.#write(async () => {
      const renewed = await renewJob(this.#options.db, this.#job, this.#options.clock(), progress)
      if (renewed === undefined) this.#lose()
      else this.#job = renewed
    })
  }

  async #end(end: Parameters<typeof finishJob>[2]): Promise<void> {
    await this.#write(async () => {
      await finishJob(this.#options.db, this.#job, end, this.#options.clock())
      this.#lost = true
    })
  }

  async #fail(reason: string): Promise<void> {
    await this.#end({ reason })
  }

  async #release(): Promise<void> {
    await this.#write(async () => {
      await releaseJob(this.#options.db, this.#job, this.#options.clock())
      this.#lost = true
    })
  }

  #lose(): void {
    this.#lost = true
    this.#stop.abort()
  }

  /** Nothing is written of a job that is lost or at its end. */
  async #write(write: () => Promise<void>): Promise<void> {
    const written = this.#writes.then(async () => {
      if (!this.#lost) await write()
    })
    this.#writes = written.catch(() => undefined)
    await written
  }
}

function isPassing(error: unknown): boolean {
  if (isLockedError(error) || isConflictError(error)) return true
  return error instanceof Error && 'code' in error && PASSING_CODES.has(error.code)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
