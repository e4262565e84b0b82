import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../../src/config.ts'
import { cpuSeconds, processTree, proportionalBytes } from './process-cost.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/trailpost.js', import.meta.url))
const BARE = fileURLToPath(new URL('./bare-server.ts', import.meta.url))

/** Server processes that share a port; they end when the variable that holds them does (`await using`). */
export type Servers = AsyncDisposable & { readonly port: number; cpuSeconds(): number }
export type EdgeServers = Servers & {
  /** Shared pages counted in proportion. */
  memoryBytes(): number
}

/** The reference: `count` processes of node:http alone. */
export async function startBareServers(port: number, count: number): Promise<Servers> {
  const children = Array.from({ length: count }, () => fork(BARE, [String(port)]))
  await Promise.all(children.map(firstMessage))
  return serversOf(children, port)
}

/** Edges alone, without core: they serve from the snapshot on disk. */
export async function startEdges(port: number, count: number, dataDir: string): Promise<EdgeServers> {
  const env = childEnvironment({
    TRAILPOST_DATA_DIR: dataDir,
    TRAILPOST_PUBLIC_HOST: '127.0.0.1',
    TRAILPOST_PUBLIC_PORT: String(port),
    TRAILPOST_TRUSTED_PROXIES: '127.0.0.1',
    TRAILPOST_LOG_LEVEL: 'error',
  })
  const children = Array.from({ length: count }, (_, id) =>
    fork(PROGRAM, ['edge', '--id', String(id)], { env }),
  )
  await Promise.all(children.map(firstMessage))
  const memoryBytes = () =>
    children
      .flatMap((child) => processTree(child.pid ?? 0))
      .reduce((sum, pid) => sum + proportionalBytes(pid), 0)
  return { ...serversOf(children, port), memoryBytes }
}

function serversOf(children: readonly ChildProcess[], port: number): Servers {
  return {
    port,
    cpuSeconds: () => children.reduce((sum, child) => sum + cpuSeconds(child.pid ?? 0), 0),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        children.map((child) => {
          const exited = new Promise((resolve) => child.once('exit', resolve))
          child.kill('SIGTERM')
          return exited
        }),
      )
    },
  }
}

function firstMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`a server ended with ${code} before it listened`)))
  })
}
