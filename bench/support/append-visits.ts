import type { AppendPlan } from './append-visits-process.ts'
import { askProcess } from './ask-process.ts'

/** Appends visits to a journal from a process of its own, as an edge does; resolves when all are on disk. */
export async function appendVisits(plan: AppendPlan): Promise<void> {
  await askProcess(new URL('./append-visits-process.ts', import.meta.url), plan)
}
