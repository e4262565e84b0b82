import { type ChildProcess, fork } from 'node:child_process'
import type { Logger } from 'pino'
import { childEnvironment } from '../config.ts'

/**
 * Keeps a set of child processes running: a child that ends is started again after a back-off; one child's
 * end never touches the others.
 *
 *   starting ──ready──▶ running ──exit──▶ waiting (back-off) ──▶ starting
 *       ╰───────────exit──────────────────────╯
 *   any ──stop()──▶ stopping ──exit──▶ stopped
 */
export type Supervisor = {
  /** Resolves with each child's first ready message, by child name. */
  readonly ready: Promise<ReadonlyMap<string, unknown>>
  /** Ends the children in the given order of groups and resolves when all have ended. */
  readonly stop: () => Promise<void>
}

export type ChildPlan = {
  readonly name: string
  /** Arguments of `trailpost`. */
  readonly args: readonly string[]
  /** Children of a lower group are ended first. */
  readonly stopGroup: number
}

export type SupervisorOptions = {
  readonly program: string
  readonly plans: readonly ChildPlan[]
  readonly log: Logger
}

/** Of libuv in each child: look-ups by the system may hold four, and files are read by the others. */
const POOL_THREADS = 16
const RESTART_DELAY_MIN_MS = 200
const RESTART_DELAY_MAX_MS = 30_000
/** A child that ran this long had recovered: its next restart is quick again. */
const STEADY_AFTER_MS = 60_000
/** After this a child that was asked to end is killed: longer than its own drain time-outs. */
const STOP_WAIT_MS = 20_000

type Child = {
  readonly plan: ChildPlan
  process: ChildProcess | undefined
  timer: NodeJS.Timeout | undefined
  delayMs: number
}

/** Starts every planned child. */
export function startSupervisor(options: SupervisorOptions): Supervisor {
  const children: Child[] = options.plans.map((plan) => ({
    plan,
    process: undefined,
    timer: undefined,
    delayMs: RESTART_DELAY_MIN_MS,
  }))
  const readiness = collectReadiness(children.length)
  let stopping = false

  const start = (child: Child) => {
    const startedAt = performance.now()
    const spawned = fork(options.program, [...child.plan.args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: childEnvironment({ UV_THREADPOOL_SIZE: String(POOL_THREADS) }),
    })
    child.process = spawned
    spawned.on('message', (message) => readiness.note(child.plan.name, message))
    spawned.once('exit', (code, signal) => {
      child.process = undefined
      if (stopping) return
      if (performance.now() - startedAt > STEADY_AFTER_MS) child.delayMs = RESTART_DELAY_MIN_MS
      options.log.error(
        { child: child.plan.name, code, signal, delayMs: child.delayMs },
        'process ended; restarting',
      )
      child.timer = setTimeout(() => start(child), child.delayMs)
      child.delayMs = Math.min(child.delayMs * 2, RESTART_DELAY_MAX_MS)
    })
  }
  for (const child of children) start(child)

  const stop = async () => {
    stopping = true
    for (const child of children) clearTimeout(child.timer)
    const groups = [...new Set(children.map((child) => child.plan.stopGroup))].sort((a, b) => a - b)
    for (const group of groups) {
      await Promise.all(children.filter((child) => child.plan.stopGroup === group).map(endChild))
    }
  }
  return { ready: readiness.promise, stop }
}

/** Children say `{ready: …}` once they serve. */
function collectReadiness(count: number) {
  const seen = new Map<string, unknown>()
  const { promise, resolve } = Promise.withResolvers<ReadonlyMap<string, unknown>>()
  const note = (name: string, message: unknown) => {
    if (typeof message !== 'object' || message === null || !('ready' in message)) return
    seen.set(name, message.ready)
    if (seen.size === count) resolve(seen)
  }
  return { promise, note }
}

async function endChild(child: Child): Promise<void> {
  const running = child.process
  if (running === undefined) return
  const exited = new Promise((resolve) => running.once('exit', resolve))
  running.kill('SIGTERM')
  const timer = setTimeout(() => running.kill('SIGKILL'), STOP_WAIT_MS)
  await exited
  clearTimeout(timer)
}
