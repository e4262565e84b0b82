import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { StoreOptions } from '../../src/store/open-store.ts'

export type DeliveryWorkers = {
  readonly processes: readonly ChildProcess[]
  /** Begins sending; resolves when that many are delivered and recorded, by all of them together. */
  deliver(count: number): Promise<void>
  stop(): Promise<void>
}

/** Workers in processes of their own on one store, started and idle. @param options.totalTimeoutMs of a call. */
export async function startDeliveryWorkers(
  store: StoreOptions,
  { workers, totalTimeoutMs = 15_000 }: { readonly workers: number; readonly totalTimeoutMs?: number },
): Promise<DeliveryWorkers> {
  const file = new URL('./delivery-worker-process.ts', import.meta.url)
  const args = [store.dataDir, store.databaseUrl, String(totalTimeoutMs)]
  const processes = Array.from({ length: workers }, () => fork(file, args))
  await Promise.all(processes.map((child) => once(child, 'message')))
  return {
    processes,
    deliver: (count) => deliver(processes, count),
    stop: async () => {
      const exits = processes.map((child) => once(child, 'exit'))
      for (const child of processes) child.disconnect()
      await Promise.all(exits)
    },
  }
}

function deliver(processes: readonly ChildProcess[], count: number): Promise<void> {
  const delivered = new Map<ChildProcess, number>()
  return new Promise((resolve, reject) => {
    for (const child of processes) {
      child.on('message', (message) => {
        delivered.set(child, Number(message))
        const sum = [...delivered.values()].reduce((total, own) => total + own, 0)
        if (sum >= count) resolve()
      })
      child.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)))
      child.send('go')
    }
  })
}
