import type { TargetSystem } from '../domain/target-systems/target-system.ts'
import type { TargetStatus } from '../domain/target-types.ts'
import type { Db } from './transaction.ts'

/** How calls to a target are made and how fast, as it is now and not as it was when they were queued. */
export type TargetCalls = {
  readonly id: string
  readonly workspace: string
  readonly status: TargetStatus
  readonly system: TargetSystem | ''
  readonly url: string
  readonly settings: Readonly<Record<string, string>>
  readonly sealedSecrets: string
  /** 0 for no limit. */
  readonly maxPerMinute: number
  readonly maxConcurrent: number
}

/** By id; those that are deleted are not in it. */
export async function loadTargetCalls(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TargetCalls>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('notification_targets')
    .select(['id', 'workspace', 'status', 'system', 'url', 'settings_json', 'sealed_secrets'])
    .select(['max_per_minute', 'max_concurrent'])
    .where('id', 'in', ids)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        workspace: row.workspace,
        status: row.status,
        system: row.system,
        url: row.url,
        settings: JSON.parse(row.settings_json),
        sealedSecrets: row.sealed_secrets,
        maxPerMinute: row.max_per_minute,
        maxConcurrent: row.max_concurrent,
      },
    ]),
  )
}
