import { flushCompileCache } from 'node:module'

/** `trailpost warm`: compiles everything that `start` loads, so that the first start is as quick as the next. */
export async function runWarm(): Promise<void> {
  await Promise.all([import('./start.ts'), import('./core.ts'), import('./edge.ts')])
  flushCompileCache()
  // The engine's threads would keep the process.
  process.exit(0)
}
