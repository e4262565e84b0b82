import { sql } from 'kysely'
import { inChunks } from './in-chunks.ts'
import type { Db } from './transaction.ts'

/** A signature that came with a hit: the same one again is the same message. */
export type UsedSignature = {
  readonly senderId: string
  /** Hex, lower case. */
  readonly sig: string
  /** The hit that it came with first. */
  readonly hitId: string
  /** When that was judged, Unix milliseconds. */
  readonly at: number
}

/** Old ones that one call forgets at most: as many as come with it, and those of quieter times. */
const FORGOTTEN_MAX = 500

/** Those of the signatures that were used before, whoever their senders are. */
export async function findUsedSignatures(db: Db, sigs: readonly string[]): Promise<readonly UsedSignature[]> {
  if (sigs.length === 0) return []
  const rows = await db.selectFrom('used_signatures').selectAll().where('sig', 'in', sigs).execute()
  return rows.map((row) => ({ senderId: row.sender_id, sig: row.sig, hitId: row.hit_id, at: row.at }))
}

/** Keeps new ones, and forgets some of those from before `forgetBefore`. The caller holds the locks of them. */
export async function saveUsedSignatures(
  db: Db,
  signatures: readonly UsedSignature[],
  forgetBefore: number,
): Promise<void> {
  if (signatures.length === 0) return
  await inChunks(signatures, async (chunk) => {
    await db
      .insertInto('used_signatures')
      .values(chunk.map(({ senderId, sig, hitId, at }) => ({ sender_id: senderId, sig, hit_id: hitId, at })))
      .execute()
  })
  await sql`
    delete from used_signatures where (sender_id, sig) in (
      select sender_id, sig from used_signatures where at < ${forgetBefore} order by at limit ${FORGOTTEN_MAX}
    )`.execute(db)
}
