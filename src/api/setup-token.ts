import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Accounts } from './accounts.ts'

const TOKEN_BYTES = 24

/**
 * A link that lets its holder create the first owner; undefined when there is one already. A new link voids the
 * one before. Only the token's hash stays on disk.
 */
export async function createSetupLink(options: {
  readonly accounts: Pick<Accounts, 'isEmpty'>
  readonly dataDir: string
  readonly dashboardUrl: string
}): Promise<string | undefined> {
  if (!(await options.accounts.isEmpty())) return undefined
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  await mkdir(options.dataDir, { recursive: true })
  await writeHash(options.dataDir, hashOf(token))
  return `${options.dashboardUrl}/setup?token=${token}`
}

/**
 * Takes the token out of use and says whether it was the right one: of two requests at once, one gets it.
 * `restore` puts it back when the set-up then fails.
 */
export async function claimSetupToken(
  dataDir: string,
  token: string,
): Promise<{ ok: true; restore: () => Promise<void> } | { ok: false }> {
  const expected = await readIfPresent(fileOf(dataDir))
  const given = hashOf(token)
  if (expected === undefined || !isSame(expected, given)) return { ok: false }
  if (!(await unlinkIfPresent(fileOf(dataDir)))) return { ok: false }
  return { ok: true, restore: () => writeHash(dataDir, expected) }
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'setup-token')
}

async function writeHash(dataDir: string, hash: string): Promise<void> {
  const draft = `${fileOf(dataDir)}.new`
  await writeFile(draft, hash, { mode: 0o600, flush: true })
  await rename(draft, fileOf(dataDir))
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function unlinkIfPresent(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
