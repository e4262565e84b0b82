import type { Db } from './transaction.ts'

type Deed = {
  readonly workspace: string
  readonly subjectType: string
  readonly subjectId: string
  readonly action: string
  /** Absent for anybody. */
  readonly actor?: string
}

/** When this was last done to the thing, Unix milliseconds; undefined for never. */
export async function findNewestDeed(db: Db, deed: Deed): Promise<number | undefined> {
  const row = await db
    .selectFrom('audit_log')
    .select('at')
    .where('workspace', '=', deed.workspace)
    .where('subject_type', '=', deed.subjectType)
    .where('subject_id', '=', deed.subjectId)
    .where('action', '=', deed.action)
    .$if(deed.actor !== undefined, (query) => query.where('actor', '=', deed.actor ?? ''))
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at
}
