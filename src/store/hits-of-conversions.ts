import { sql } from 'kysely'
import { type JudgedHit, toHit } from './hits.ts'
import type { Db } from './transaction.ts'

/** Conversions of one click id, or one of those without a click. */
export type OfConversions = {
  readonly workspace: string
  readonly clickId: string
  /** '' for all of the click id. */
  readonly conversionId: string
}

export function conversionsOf(db: Db, { workspace, clickId, conversionId }: OfConversions) {
  return db
    .selectFrom('conversions')
    .where('conversions.workspace', '=', workspace)
    .where('conversions.click_id', '=', clickId)
    .$if(conversionId !== '', (query) => query.where('conversions.id', '=', conversionId))
}

/**
 * Ids of the hits that the conversions came by, whatever click they name, and of those without a click that were about
 * the conversions and changed nothing: a shop's server that repeats an order knows its coupon alone.
 */
export function hitIdsOfConversions(db: Db, of: OfConversions) {
  const causing = conversionsOf(db, of)
    .innerJoin('conversion_history', 'conversion_history.conversion_id', 'conversions.id')
    .select('conversion_history.hit_id as id')
  const naming = db
    .selectFrom('hits')
    .select('hits.id')
    .where('hits.workspace', '=', of.workspace)
    // Said word by word as the partial index says it.
    .where('hits.click_id', '=', sql.lit(''))
    .where('hits.conversion_id', '<>', sql.lit(''))
    .where('hits.conversion_id', 'in', conversionsOf(db, of).select('conversions.id'))
  return causing.union(naming)
}

/** Those hits, in the order of their ids. */
export async function listHitsOfConversions(
  db: Db,
  of: OfConversions,
  limit: number,
): Promise<readonly JudgedHit[]> {
  const rows = await db
    .selectFrom('hits')
    .selectAll()
    .where('workspace', '=', of.workspace)
    .where('id', 'in', hitIdsOfConversions(db, of))
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(toHit)
}
