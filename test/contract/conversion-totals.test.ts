import { CompiledQuery, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { ConversionFilter } from '../../src/store/conversion-filter.ts'
import { conversionsToSum, sumConversions } from '../../src/store/conversion-totals.ts'
import type { Store } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const ROWS = 200

describe.each(SQL_ENGINES)('totals of conversions on %s', (engine) => {
  const stores = useStores(engine)

  it.each([
    ['all', {}, 'workspace_created_at'],
    [
      'a campaign, an offer, a status and an event',
      { campaignId: 'c', offerId: 'o', status: 'approved', event: 'e' },
      'workspace',
    ],
    ["a manager's affiliates", { managerId: 'm' }, 'workspace_created_at'],
    ['a range of time', { createdFrom: 1, createdTo: 9 }, 'workspace_created_at'],
    ['a click', { clickId: 'x', campaignId: 'c' }, 'workspace_click_id'],
    ['an affiliate', { affiliateId: 'a', createdFrom: 1, managerId: 'm' }, 'affiliate'],
    ['an advertiser', { advertiserId: 'a', createdTo: 9 }, 'advertiser'],
    ['a traffic source', { trafficSourceId: 't', createdFrom: 1, status: 'pending' }, 'traffic_source'],
    ['an affiliate network', { affiliateNetworkId: 'n' }, 'affiliate_network'],
  ] as const satisfies readonly (readonly [string, ConversionFilter, string])[])(
    'of %s are read in the order of an index, so that their bound holds',
    async (_, filter, index) => {
      const store = await stores.open()
      await addRows(store)
      const plan = await planOf(store, filter)
      expect(plan).toMatch(engine === 'sqlite' ? /SEARCH conversions USING INDEX/ : /Index Scan/)
      expect(plan).not.toMatch(/SCAN|Seq Scan|TEMP B-TREE|Sort/)
      expect(plan).toContain(`conversions_${index}`)
    },
  )

  it('of an id are read from the indexes of ids alone', async () => {
    const store = await stores.open()
    await addRows(store)
    const plan = await planOf(store, { anyId: 'x', status: 'approved' })
    expect(plan).not.toMatch(/SCAN|Seq Scan/)
    if (engine === 'sqlite') {
      for (const index of ['click_id', 'txid', 'external']) {
        expect(plan).toMatch(new RegExp(`SEARCH known USING (?:COVERING )?INDEX conversions_\\w*${index}`))
      }
      expect(plan).toMatch(/SEARCH conversions USING INDEX sqlite_autoindex\w+ \(id=\?\)/)
    }
  })

  it('look at the newest alone, sum up those that fit, and say when older ones are left out', async () => {
    const { db } = await addRows(await stores.open())
    const filter = { campaignId: 'c1' }
    const half = await sumConversions(db, 'w1', filter, ROWS / 2)
    expect(half).toMatchObject({ isWhole: false, byStatus: [{ status: 'approved', count: 50 }] })
    const all = await sumConversions(db, 'w1', filter, ROWS + 1)
    expect(all).toMatchObject({ isWhole: true, byStatus: [{ count: 100, revenueMicros: 100 }] })
    // Many that nobody asked for come before the few that were.
    expect(await sumConversions(db, 'w1', { status: 'pending' }, 10)).toEqual({
      isWhole: false,
      byStatus: [],
    })
  })
})

/** Every other one of a campaign. */
async function addRows(store: Store): Promise<Store> {
  const names = await sql<{ name: string; type: string }>`
    ${store.engine === 'sqlite' ? sql`select name, type from pragma_table_info('conversions')` : sql`select column_name as name, data_type as type from information_schema.columns where table_name = 'conversions'`}
  `.execute(store.db)
  const plain = names.rows.map(({ name, type }) => [name, /int/i.test(type) ? 0 : ''] as const)
  const rows = Array.from({ length: ROWS }, (_, n) => {
    const id = String(n).padStart(5, '0')
    const own = { status: 'approved', campaign_id: `c${n % 2}`, revenue_micros: 1, created_at: n }
    return { ...Object.fromEntries(plain), id, workspace: 'w1', identity: id, ...own }
  })
  await store.db
    .insertInto('conversions')
    .values(rows as never)
    .execute()
  return store
}

/** How the engine reads what the filter looks at, on PostgreSQL even though the table is small. */
async function planOf(store: Store, filter: ConversionFilter): Promise<string> {
  const rows = conversionsToSum(store.db, 'w1', filter).selectAll().limit(10)
  if (store.engine === 'sqlite') {
    const { sql: text, parameters } = rows.compile()
    const explained = CompiledQuery.raw(`explain query plan ${text}`, [...parameters])
    const plan = await store.db.executeQuery<{ detail: string }>(explained)
    return plan.rows.map(({ detail }) => detail).join('\n')
  }
  return await store.db.transaction().execute(async (trx) => {
    await sql`set local enable_seqscan = off`.execute(trx)
    await sql`set local enable_bitmapscan = off`.execute(trx)
    await sql`set local enable_sort = off`.execute(trx)
    const plan = await sql<{ 'QUERY PLAN': string }>`explain ${rows}`.execute(trx)
    return plan.rows.map((row) => row['QUERY PLAN']).join('\n')
  })
}
