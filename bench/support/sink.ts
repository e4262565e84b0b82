import { fork } from 'node:child_process'
import { once } from 'node:events'

export type Sink = {
  /** One origin for each host, e.g. http://127.0.0.2:43210; those that never answer are the last ones. */
  readonly origins: readonly string[]
  /** Calls that it has answered. */
  countCalls(): Promise<number>
  stop(): Promise<void>
}

/**
 * Starts the receiver in a process of its own, so that its work is not counted against the sender's.
 * @param options.silent how many of the hosts never answer.
 */
export async function startSink({ hosts = 1, silent = 0 } = {}): Promise<Sink> {
  const child = fork(new URL('./sink-process.ts', import.meta.url), [String(hosts), String(silent)])
  const nextNumber = async () => Number((await once(child, 'message'))[0])
  const port = await nextNumber()
  return {
    origins: Array.from({ length: hosts }, (_, n) => `http://127.0.0.${n + 1}:${port}`),
    countCalls: async () => {
      child.send('count')
      return await nextNumber()
    },
    stop: async () => {
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}
