import type { Selectable } from 'kysely'
import { newId } from './ids.ts'
import { newestPage } from './newest-page.ts'
import type { OwnedId } from './owned.ts'
import type { Page, PageRequest } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

export type ApiKeyFields = {
  readonly name: string
  readonly role: string
  /** Whose portal it opens; '' for a key of the network's own people. */
  readonly affiliateId: string
  /** SHA-256 of the key, hex. The key itself is never stored. */
  readonly keyHash: string
  /** First characters, to tell keys apart. */
  readonly prefix: string
}

export type ApiKey = ApiKeyFields & {
  readonly id: string
  readonly workspace: string
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
}

export async function createApiKey(
  db: Db,
  workspace: string,
  fields: ApiKeyFields,
  now: number,
): Promise<ApiKey> {
  const id = newId()
  await db
    .insertInto('api_keys')
    .values({
      id,
      workspace,
      name: fields.name,
      role: fields.role,
      affiliate_id: fields.affiliateId,
      key_hash: fields.keyHash,
      prefix: fields.prefix,
      created_at: now,
      last_used_at: null,
      revoked_at: null,
    })
    .execute()
  return { ...fields, id, workspace, createdAt: now, lastUsedAt: null, revokedAt: null }
}

/** The key in force that hashes to this; undefined when unknown or revoked. */
export async function findApiKey(db: Db, keyHash: string): Promise<ApiKey | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('key_hash', '=', keyHash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? undefined : toApiKey(row)
}

export async function recordApiKeyUse(db: Db, id: string, now: number): Promise<void> {
  await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', id).execute()
}

/** False when the workspace has no such key in force. */
export async function revokeApiKey(db: Db, key: OwnedId, now: number): Promise<boolean> {
  const result = await db
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Names of keys by id, revoked ones too; one that the workspace does not have is absent. */
export async function loadApiKeyNames(
  db: Db,
  workspace: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('api_keys')
    .select(['id', 'name'])
    .where('workspace', '=', workspace)
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Revoked ones too, newest first. */
export async function listApiKeys(db: Db, workspace: string, page: PageRequest): Promise<Page<ApiKey>> {
  return await newestPage(db, 'api_keys', toApiKey, { workspace, page })
}

export function toApiKey(row: Selectable<Database['api_keys']>): ApiKey {
  return {
    id: row.id,
    workspace: row.workspace,
    name: row.name,
    role: row.role,
    affiliateId: row.affiliate_id,
    keyHash: row.key_hash,
    prefix: row.prefix,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }
}
