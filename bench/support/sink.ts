import { fork } from 'node:child_process'
import { once } from 'node:events'

export type Sink = {
  readonly port: number
  /** Calls that it has answered. */
  countCalls(): Promise<number>
  stop(): Promise<void>
}

/** Starts the receiver in a process of its own, so that its work is not counted against the sender's. */
export async function startSink(): Promise<Sink> {
  const child = fork(new URL('./sink-process.ts', import.meta.url))
  const nextNumber = async () => Number((await once(child, 'message'))[0])
  return {
    port: await nextNumber(),
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
