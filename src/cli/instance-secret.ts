import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { ConfigError } from '../config.ts'

const SECRET_BYTES = 32

/**
 * The installation's secret, 32 bytes or more: signs click ids, sessions and double-redirect links. From the
 * settings when given there, else from `<dataDir>/secret`, which is made on first use. Every process of an
 * installation must read the same one; several may start at once on an empty directory.
 * @throws ConfigError when the given secret is not hex or too short.
 */
export function loadInstanceSecret(config: Config): Uint8Array {
  const text = config.secret || readOrCreate(join(config.dataDir, 'secret'), config.dataDir)
  if (!/^[0-9a-f]+$/i.test(text) || text.length < SECRET_BYTES * 2) {
    throw new ConfigError(`TRAILPOST_SECRET: needs at least ${SECRET_BYTES} bytes, written as hex digits`)
  }
  return Buffer.from(text, 'hex')
}

function readOrCreate(path: string, dataDir: string): string {
  const existing = readIfPresent(path)
  if (existing !== undefined) return existing
  mkdirSync(dataDir, { recursive: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, randomBytes(SECRET_BYTES).toString('hex'), { mode: 0o600, flush: true })
  chmodSync(draft, 0o600)
  try {
    // link() fails when another process was first: then theirs is the secret.
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  return readFileSync(path, 'utf8').trim()
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
