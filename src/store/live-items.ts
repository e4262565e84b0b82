import { type StoredConversion, type Transition, toConversion, toTransition } from './conversions.ts'
import { type Delivery, type DeliveryAttempt, toAttempt, toDelivery } from './deliveries.ts'
import { findHits, type JudgedHit } from './hits.ts'
import { type Feed, parsePairKey } from './live-feed.ts'
import type { Db } from './transaction.ts'

/** What stands at a place of a feed. */
export type LiveItem =
  | { readonly feed: 'hit'; readonly hit: JudgedHit }
  | { readonly feed: 'conversion'; readonly conversion: StoredConversion; readonly transition: Transition }
  | { readonly feed: 'delivery'; readonly delivery: Delivery }
  | { readonly feed: 'attempt'; readonly delivery: Delivery; readonly attempt: DeliveryAttempt }

/** The items of a feed by their keys; one that was deleted meanwhile is absent. */
export async function loadItems(
  db: Db,
  feed: Feed,
  keys: readonly string[],
): Promise<ReadonlyMap<string, LiveItem>> {
  if (keys.length === 0) return new Map()
  switch (feed) {
    case 'hit': {
      const hits = await findHits(db, keys)
      return new Map([...hits].map(([id, hit]) => [id, { feed, hit }]))
    }
    case 'conversion':
      return await loadTransitions(db, keys)
    case 'delivery': {
      const deliveries = await loadDeliveries(db, keys)
      return new Map([...deliveries].map(([id, delivery]) => [id, { feed, delivery }]))
    }
    case 'attempt':
      return await loadAttempts(db, keys)
  }
}

async function loadTransitions(db: Db, keys: readonly string[]): Promise<ReadonlyMap<string, LiveItem>> {
  const ids = idsOf(keys)
  const wanted = new Set(keys)
  const rows = await db
    .selectFrom('conversion_history')
    .selectAll()
    .where('conversion_id', 'in', ids)
    .execute()
  const conversions = await db.selectFrom('conversions').selectAll().where('id', 'in', ids).execute()
  const byId = new Map(conversions.map((row) => [row.id, toConversion(row)]))
  const items = new Map<string, LiveItem>()
  for (const row of rows) {
    const key = `${row.conversion_id}:${row.n}`
    const conversion = byId.get(row.conversion_id)
    if (conversion === undefined || !wanted.has(key)) continue
    items.set(key, { feed: 'conversion', conversion, transition: toTransition(row) })
  }
  return items
}

async function loadDeliveries(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Delivery>> {
  const rows = await db.selectFrom('deliveries').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, toDelivery(row)]))
}

async function loadAttempts(db: Db, keys: readonly string[]): Promise<ReadonlyMap<string, LiveItem>> {
  const ids = idsOf(keys)
  const wanted = new Set(keys)
  const deliveries = await loadDeliveries(db, ids)
  const rows = await db.selectFrom('delivery_attempts').selectAll().where('delivery_id', 'in', ids).execute()
  const items = new Map<string, LiveItem>()
  for (const row of rows) {
    const key = `${row.delivery_id}:${row.n}`
    const delivery = deliveries.get(row.delivery_id)
    if (delivery === undefined || !wanted.has(key)) continue
    items.set(key, { feed: 'attempt', delivery, attempt: toAttempt(row) })
  }
  return items
}

function idsOf(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.map((key) => parsePairKey(key).id))]
}
