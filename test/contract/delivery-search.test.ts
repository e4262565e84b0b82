import { CompiledQuery, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { type DeliveryFilter, deliveriesToLookAt } from '../../src/store/delivery-filter.ts'
import { searchDeliveries } from '../../src/store/delivery-search.ts'
import type { Store } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { addManyRows, addRows, deadRow, MADE_AT } from './delivery-rows.ts'

const ATTEMPT = {
  workspace: 'w1',
  started_at: MADE_AT,
  duration_ms: 1,
  request_json: '{}',
  response_headers_json: '{}',
  response_body: '',
}

/** By what is asked: which of `wanted` and `other` is found is the same for all. */
const FILTERS: readonly (readonly [string, DeliveryFilter])[] = [
  ['state', { states: ['delivered'] }],
  ['one of several states', { states: ['delivered', 'cancelled'] }],
  ['target', { targetId: 't2' }],
  ['affiliate', { affiliateId: 'a2' }],
  ['conversion', { conversionId: 'conversion-of-wanted' }],
  ['click id', { clickId: 'click-of-wanted' }],
  ['host', { host: 'wanted.example' }],
  ['system', { system: 'meta' }],
  ['type', { type: 'image' }],
  ['a part of the reason in any case', { reason: 'WANTED' }],
  ['a part of the URL in any case', { text: 'ORDER=7%_' }],
  ['a part of the body', { text: '"order":' }],
  ['event of the conversion', { event: 'sale' }],
  ['status of the conversion', { status: 'approved' }],
  ['both at once', { event: 'sale', status: 'approved' }],
  ['class of the answer', { responseStatus: { from: 500, to: 599 } }],
  ['answer', { responseStatus: { from: 503, to: 503 } }],
  ['error of an attempt', { error: 'timeout' }],
  ['attempts', { attemptsMin: 2 }],
  ['time of making', { createdFrom: MADE_AT + 10, createdTo: MADE_AT + 11 }],
  ['time of change', { updatedFrom: MADE_AT + 20, updatedTo: MADE_AT + 21 }],
  ['time when it is due', { dueFrom: MADE_AT + 30, dueTo: MADE_AT + 31 }],
  ['several at once', { targetId: 't2', host: 'wanted.example', states: ['delivered'] }],
]

describe.each(SQL_ENGINES)('deliveries on %s', (engine) => {
  const stores = useStores(engine)

  it('are found by each of their fields, alone in their workspace', async () => {
    const store = await stores.open()
    await addWantedAndOthers(store)
    for (const [name, filter] of FILTERS) {
      const found = await idsOf(store, filter)
      expect([name, found]).toEqual([name, ['wanted']])
    }
    expect(await idsOf(store, { system: '' })).toEqual(['other'])
    expect(await idsOf(store, { text: 'order=71' })).toEqual([])
    expect(await idsOf(store, { text: '\\' })).toEqual([])
  })

  it('come newest first, page by page, each once, with one filter or none', async () => {
    const store = await stores.open()
    await addManyRows(store, 'd', 25)
    for (const filter of [{}, { targetId: 't1' }, { host: 'receiver.example' }]) {
      const ids: string[] = []
      let cursor: string | undefined
      do {
        const page = await search(store, filter, { limit: 10, cursor })
        ids.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor ?? undefined
        expect(page.searchedTo).toBe(cursor === undefined ? null : page.items.at(-1)?.createdAt)
      } while (cursor !== undefined)
      expect(ids).toHaveLength(25)
      expect(ids).toEqual([...ids].sort().reverse())
    }
  })

  it('are looked through up to a bound; the answer says how far, and its cursor looks further', async () => {
    const store = await stores.open()
    await addManyRows(store, 'd', 50_005)
    await store.db.updateTable('deliveries').set({ reason: 'rare' }).where('id', '=', 'd000003').execute()
    await store.db.updateTable('deliveries').set({ reason: 'rare' }).where('id', '=', 'd040000').execute()
    const first = await search(store, { reason: 'rare' }, { limit: 10 })
    expect(first.items.map(({ id }) => id)).toEqual(['d040000'])
    expect(first.searchedTo).toBe(MADE_AT + 6)
    const rest = await search(store, { reason: 'rare' }, { limit: 10, cursor: first.nextCursor ?? '' })
    expect(rest.items.map(({ id }) => id)).toEqual(['d000003'])
    expect(rest).toMatchObject({ nextCursor: null, searchedTo: null })
  })

  it.each([
    ['a conversion', { conversionId: 'c' }],
    ['a click id', { clickId: 'c' }],
    ['a target', { targetId: 't1' }],
    ['an affiliate', { affiliateId: 'a1' }],
    ['what is dead', { states: ['dead'] }],
    ['a range of time', { createdFrom: MADE_AT, createdTo: MADE_AT + 9 }],
  ] as const satisfies readonly (readonly [string, DeliveryFilter])[])(
    'of %s are read from an index, and not one by one',
    async (_, filter) => {
      const store = await stores.open()
      await addManyRows(store, 'd', 200)
      const plan = await planOf(store, filter)
      expect(plan).toMatch(engine === 'sqlite' ? /SEARCH deliveries USING (?:COVERING )?INDEX/ : /Index/)
      expect(plan).not.toMatch(/SCAN|Seq Scan/)
      // The unique index of a conversion holds its few deliveries in another order; all others hold the pages.
      if (!('conversionId' in filter)) expect(plan).not.toMatch(/TEMP B-TREE|Sort/)
    },
  )
})

async function addWantedAndOthers(store: Store): Promise<void> {
  const changes = {
    target_id: 't2',
    affiliate_id: 'a2',
    host: 'wanted.example',
    system: 'meta',
    type: 'image',
    state: 'delivered',
    reason: 'As Wanted',
    url: 'https://wanted.example/?order=7%_',
    body: '{"order":1}',
    attempts: 2,
    created_at: MADE_AT + 10,
    updated_at: MADE_AT + 20,
    due_at: MADE_AT + 30,
  } as const
  await addRows(store, [deadRow('wanted', changes), deadRow('other')])
  await addRows(store, [
    { ...deadRow('abroad', changes), conversion_id: 'conversion-abroad', workspace: 'w2' },
  ])
  for (const [delivery_id, response_status, error] of [
    ['wanted', 503, ''],
    ['wanted', null, 'timeout'],
    ['other', 404, 'dns'],
  ] as const) {
    const n = error === 'timeout' ? 2 : 1
    await store.db
      .insertInto('delivery_attempts')
      .values({ ...ATTEMPT, delivery_id, n, response_status, error })
      .execute()
  }
  await addConversion(store, 'conversion-of-wanted', { event: 'sale', status: 'approved' })
  await addConversion(store, 'conversion-of-other', { event: 'lead', status: 'pending' })
}

async function addConversion(store: Store, id: string, fields: { event: string; status: string }) {
  const names = await sql<{ name: string; type: string }>`
    ${store.engine === 'sqlite' ? sql`select name, type from pragma_table_info('conversions')` : sql`select column_name as name, data_type as type from information_schema.columns where table_name = 'conversions'`}
  `.execute(store.db)
  const plain = names.rows.map(({ name, type }) => [name, /int/i.test(type) ? 0 : ''] as const)
  const row = { ...Object.fromEntries(plain), id, workspace: 'w1', identity: id, ...fields }
  await store.db
    .insertInto('conversions')
    .values(row as never)
    .execute()
}

async function search(
  store: Store,
  filter: DeliveryFilter,
  page: { limit: number; cursor?: string | undefined },
) {
  return await searchDeliveries(store.db, { workspace: 'w1', filter, page })
}

async function idsOf(store: Store, filter: DeliveryFilter): Promise<readonly string[]> {
  return (await search(store, filter, { limit: 10 })).items.map(({ id }) => id)
}

/** How the engine reads a page of what the filter looks at, on PostgreSQL even though the table is small. */
async function planOf(store: Store, filter: DeliveryFilter): Promise<string> {
  const page = deliveriesToLookAt(store.db, 'w1', filter)
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(10)
  if (store.engine === 'sqlite') {
    const { sql: text, parameters } = page.compile()
    const explained = CompiledQuery.raw(`explain query plan ${text}`, [...parameters])
    const { rows } = await store.db.executeQuery<{ detail: string }>(explained)
    return rows.map(({ detail }) => detail).join('\n')
  }
  return await store.db.transaction().execute(async (trx) => {
    await sql`set local enable_seqscan = off`.execute(trx)
    await sql`set local enable_bitmapscan = off`.execute(trx)
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${page}`.execute(trx)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
}
