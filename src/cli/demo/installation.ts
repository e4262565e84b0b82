import { fork } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../../config.ts'

/** A whole Trailpost of its own, `trailpost start` in a child process on free ports. */
export type Installation = {
  readonly publicUrl: string
  readonly publicPort: number
  readonly dashboardUrl: string
  /** Set-up link; '' once an owner exists. */
  readonly setupUrl: string
  readonly pid: number
  /** From spawning the process to its ready message. */
  readonly startMs: number
  /** Ends it in order; resolves when it has ended. */
  stop(): Promise<void>
}

export type InstallationOptions = {
  readonly dataDir: string
  readonly edges: number
  /** Its name, for visitors and for its own people: two installations that call each other have two names. */
  readonly host?: 'localhost' | '127.0.0.1'
  /** Ports of an earlier run of the same data directory. */
  readonly ports?: { readonly publicPort: number; readonly dashboardPort: number }
  readonly settings?: Readonly<Record<string, string>>
}

const PROGRAM = fileURLToPath(new URL('../../../bin/trailpost.js', import.meta.url))
const START_WAIT_MS = 60_000

/** Starts it and waits until it serves. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const publicPort = options.ports?.publicPort ?? (await freePort())
  const dashboardPort = options.ports?.dashboardPort ?? (await freePort())
  const host = options.host ?? 'localhost'
  const publicUrl = `http://${host}:${publicPort}`
  const dashboardUrl = `http://${host}:${dashboardPort}`
  const startedAt = performance.now()
  const child = fork(PROGRAM, ['start'], {
    env: childEnvironment({
      TRAILPOST_DATA_DIR: options.dataDir,
      TRAILPOST_PUBLIC_HOST: '127.0.0.1',
      TRAILPOST_PUBLIC_PORT: String(publicPort),
      TRAILPOST_DASHBOARD_PORT: String(dashboardPort),
      TRAILPOST_PUBLIC_URL: publicUrl,
      TRAILPOST_DASHBOARD_URL: dashboardUrl,
      TRAILPOST_EDGES: String(options.edges),
      TRAILPOST_LOG_LEVEL: 'warn',
      ...options.settings,
    }),
    // Its welcome must not mix with what the caller prints for machines.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const core = await firstMessage(child, exited)
  return {
    publicUrl,
    publicPort,
    dashboardUrl,
    setupUrl: core.setupUrl,
    pid: child.pid ?? 0,
    startMs: performance.now() - startedAt,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function firstMessage(
  child: ReturnType<typeof fork>,
  exited: Promise<void>,
): Promise<{ setupUrl: string }> {
  const ready = new Promise<{ setupUrl: string }>((resolve) =>
    child.once('message', (message: { ready?: { setupUrl?: string } }) =>
      resolve({ setupUrl: message.ready?.setupUrl ?? '' }),
    ),
  )
  const ended = exited.then(() => {
    throw new Error('Trailpost ended before it was ready')
  })
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    child.kill('SIGKILL')
    reject(new Error(`Trailpost was not ready within ${START_WAIT_MS} ms`))
  }, START_WAIT_MS)
  try {
    return await Promise.race([ready, ended, late])
  } finally {
    // An installation that is ready may live as long as it likes.
    clearTimeout(timer)
  }
}

/** A TCP port on loopback that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
