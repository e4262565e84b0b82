import { type RawBuilder, sql } from 'kysely'
import type { Db } from './transaction.ts'

/** What a step took away. */
export type Removed = { readonly rows: number; readonly bytes: number }

/** Bytes of an attempt's texts; both engines know the function by this name. */
export const ATTEMPT_BYTES: RawBuilder<number> = sql<number>`
  octet_length(request_json) + octet_length(response_headers_json) + octet_length(response_body)
`

/** Deletes the oldest attempts of the workspace that began before the moment; their deliveries stay with their state. */
export async function deleteOldestAttempts(
  db: Db,
  {
    workspace,
    before,
    limit,
  }: { readonly workspace: string; readonly before: number; readonly limit: number },
): Promise<Removed> {
  const deleted = await db
    .deleteFrom('delivery_attempts')
    .where((where) =>
      where(
        where.refTuple('delivery_id', 'n'),
        'in',
        where
          .selectFrom('delivery_attempts as old')
          .select(['old.delivery_id', 'old.n'])
          .where('old.workspace', '=', workspace)
          .where('old.started_at', '<', before)
          .orderBy('old.started_at')
          .orderBy('old.delivery_id')
          .orderBy('old.n')
          .limit(limit)
          .$asTuple('delivery_id', 'n'),
      ),
    )
    .returning(ATTEMPT_BYTES.as('bytes'))
    .execute()
  return { rows: deleted.length, bytes: deleted.reduce((sum, row) => sum + Number(row.bytes), 0) }
}

/** When the oldest attempt of the workspace began; undefined when it has none. */
export async function oldestAttemptAt(db: Db, workspace: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('delivery_attempts')
    .select('started_at')
    .where('workspace', '=', workspace)
    .orderBy('started_at')
    .limit(1)
    .executeTakeFirst()
  return row?.started_at
}
