import { fork } from 'node:child_process'
import type { AppendPlan } from './append-visits-process.ts'

/** Appends visits to a journal from a process of its own, as an edge does; resolves when all are on disk. */
export function appendVisits(plan: AppendPlan): Promise<void> {
  const child = fork(new URL('./append-visits-process.ts', import.meta.url))
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the appending process ended with ${code}`)))
    child.send(plan)
  })
}
