import { setTimeout as sleep } from 'node:timers/promises'

/** Looks until what is seen is as wanted. @throws when it is not within the time. */
export async function until(
  what: string,
  look: () => Promise<boolean>,
  { everyMs = 100, withinMs = 30_000 } = {},
): Promise<void> {
  const startedAt = performance.now()
  while (!(await look())) {
    if (performance.now() - startedAt > withinMs) throw new Error(`${what}: not within ${withinMs} ms`)
    await sleep(everyMs)
  }
}
