import type { Logger } from 'pino'

/**
 * Waits for SIGTERM, SIGINT or the end of the process that started this one, then closes. A second signal does
 * not interrupt closing; the supervisor's time-out bounds it.
 */
export async function untilAskedToStop(log: Logger, close: () => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<string>()
  process.once('SIGTERM', resolve)
  process.once('SIGINT', resolve)
  // A child whose supervisor was killed must not stay behind on the port.
  process.once('disconnect', () => resolve('disconnect'))
  const cause = await promise
  process.on('SIGTERM', () => undefined)
  process.on('SIGINT', () => undefined)
  log.info({ cause }, 'stopping')
  await close()
  process.exit(0)
}
