import { type Logger, pino } from 'pino'
import type { Config } from '../config.ts'

/** Logs are JSON lines on standard error; standard output is for what a command answers. */
export function createProcessLog(config: Config, role: string): Logger {
  return pino(
    { level: config.logLevel, base: { role, pid: process.pid } },
    pino.destination({ fd: 2, sync: true }),
  )
}
