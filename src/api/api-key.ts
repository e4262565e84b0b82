import { createHash, randomBytes } from 'node:crypto'
import { type ApiKey, createApiKey, findApiKey, recordApiKeyUse } from '../store/api-keys.ts'
import type { Db } from '../store/transaction.ts'
import { type AccountRole, isAccountRole } from './access-table.ts'

const KEY_BYTES = 32
/** `tp_` and 32 bytes as base64url. */
const KEY_PATTERN = /^tp_[A-Za-z0-9_-]{43}$/
/** Shown in lists, to tell keys apart; far too few characters to guess the rest from. */
const PREFIX_CHARS = 9
/** lastUsedAt is this coarse, so that a busy key does not write on every request. */
const LAST_USED_STEP_MS = 60_000

type ApiKeyInput = {
  readonly workspace: string
  readonly name: string
  readonly role: AccountRole
  /** Of a key for an affiliate's portal. */
  readonly affiliateId?: string
}
type KeyHolder = {
  readonly id: string
  readonly workspace: string
  readonly role: AccountRole
  readonly affiliateId: string
}

/** Makes a key and returns it with what is stored; it can not be read again, SQL keeps its SHA-256 alone. */
export async function issueApiKey(
  db: Db,
  { workspace, name, role, affiliateId = '' }: ApiKeyInput,
  nowMs: number,
): Promise<{ readonly key: string; readonly stored: ApiKey }> {
  const key = `tp_${randomBytes(KEY_BYTES).toString('base64url')}`
  const fields = { name, role, affiliateId, keyHash: hashOf(key), prefix: key.slice(0, PREFIX_CHARS) }
  return { key, stored: await createApiKey(db, workspace, fields, nowMs) }
}

/**
 * Whose key this is; undefined for a text that is no key, unknown or revoked, and for a key that is nobody's: an
 * affiliate manager's affiliates are those of a person, and a portal is some affiliate's.
 */
export async function findKeyHolder(db: Db, key: string, nowMs: number): Promise<KeyHolder | undefined> {
  if (!KEY_PATTERN.test(key)) return undefined
  const found = await findApiKey(db, hashOf(key))
  if (found === undefined || !isAccountRole(found.role) || found.role === 'affiliate_manager')
    return undefined
  if ((found.role === 'affiliate') !== (found.affiliateId !== '')) return undefined
  if (nowMs - (found.lastUsedAt ?? 0) >= LAST_USED_STEP_MS) await recordApiKeyUse(db, found.id, nowMs)
  return { id: found.id, workspace: found.workspace, role: found.role, affiliateId: found.affiliateId }
}

/** A key is 256 random bits: a plain hash suffices, no salt or stretching is needed. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
