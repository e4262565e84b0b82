import { afterEach, describe, expect, it } from 'vitest'
import { matchHit, rematchHits } from '../../src/conversions/match-hit.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import { RETENTION_LIMITS } from '../../src/retention/retention-limits.ts'
import { RETENTION_LEASE } from '../../src/retention/retention-run.ts'
import { passRetention } from '../../src/retention/run-retention.ts'
import { findHitsToRematch, getHit } from '../../src/store/hits.ts'
import { measureSize } from '../../src/store/retention-size.ts'
import { takeLease } from '../../src/store/work-cursors.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { visitRow } from '../support/ledger-world.ts'
import { addAttempt, addConversion, addHit, CHROME } from '../support/retention-records.ts'
import { DAY_MS, openRetentionWorld, type RetentionWorld } from '../support/retention-world.ts'

describe.each(SQL_ENGINES)('retention of what SQL holds, on %s', (engine) => {
  const stores = useStores(engine)
  let world: RetentionWorld | undefined
  afterEach(async () => await world?.close())

  async function open(): Promise<RetentionWorld> {
    world = await openRetentionWorld(await stores.open())
    return world
  }

  it('deletes attempts by age and leaves their deliveries with their state', async () => {
    const { store, options, addWorkspace, counts } = await open()
    await addWorkspace('w', { attemptDays: 30 })
    const now = Date.now()
    await addConversion(store.db, { id: 'old', at: now - 31 * DAY_MS, visit: visitRow() })
    await addConversion(store.db, { id: 'new', at: now - 29 * DAY_MS, visit: visitRow() })
    await passRetention(options)
    const left = await store.db.selectFrom('delivery_attempts').select('delivery_id').execute()
    expect(left).toEqual([{ delivery_id: 'delivery-new' }])
    const deliveries = await store.db
      .selectFrom('deliveries')
      .select(['id', 'state', 'attempts'])
      .orderBy('id')
      .execute()
    expect(deliveries).toEqual([
      { id: 'delivery-new', state: 'delivered', attempts: 1 },
      { id: 'delivery-old', state: 'delivered', attempts: 1 },
    ])
    expect(counts).toEqual([expect.objectContaining({ workspace: 'w', kind: 'attempts by age', rows: 1 })])
  })

  it('takes the request of an old hit, and says so to who wants it judged again', async () => {
    const { store, options, addWorkspace } = await open()
    await addWorkspace('w', { hitDays: 10 })
    const now = Date.now()
    await addHit(store.db, { id: 'old', at: now - 11 * DAY_MS, outcome: 'unmatched' })
    await addHit(store.db, { id: 'new', at: now - 9 * DAY_MS })
    await passRetention(options)
    const old = await getHit(store.db, { workspace: 'w', id: 'old' })
    expect(old).toMatchObject({
      outcome: 'unmatched',
      clickId: 'c',
      affiliateNetworkId: 'n',
      ip: '203.0.113.9',
    })
    expect(old?.request).toMatchObject({ removed: 'age', params: [], rawQuery: '', userAgent: '' })
    expect(await findHitsToRematch(store.db, now, 10)).toEqual([])
    const young = await getHit(store.db, { workspace: 'w', id: 'new' })
    expect(young?.request.params).toHaveLength(3)

    const visit = visitRow()
    const found = { visit, lastClickOfferId: '', lastClickNetworkId: '', clicks: 0 }
    const deps = {
      store,
      lookup: { findVisits: async () => new Map([[visit.click_id, found]]) },
      clickIdKey: createClickIdKey(new Uint8Array(32).fill(1)),
      clock: Date.now,
      judge: { judge: async () => [], rejudge: async () => [], rehearse: async () => [] },
    }
    const wanted = { workspace: 'w', hitId: 'old', clickId: visit.click_id, actor: 'user:1', mayClaim: true }
    expect(await matchHit(deps, wanted)).toMatchObject({ ok: false, problem: 'request_gone' })
  })

  it('lets nobody judge a signed hit again whose request is gone, and leaves it unmatched', async () => {
    const { store, options, addWorkspace } = await open()
    await addWorkspace('w', { hitDays: 10 })
    const at = Date.now() - 11 * DAY_MS
    const rawQuery = 'cid=c&ts=1&sig=ab'
    const params = [...new URLSearchParams(rawQuery)] as const
    await addHit(store.db, {
      id: 'old',
      at,
      outcome: 'unmatched',
      changes: { rawQuery, params, signedBy: ['n'] },
    })
    await passRetention(options)
    const judge = {
      judge: async () => [],
      rehearse: async () => [],
      rejudge: async () => expect.unreachable('it is judged'),
    }
    const named = await rematchHits({ store, judge }, 'w', { ids: ['old'] })
    const all = await rematchHits({ store, judge }, 'w', { all: true })
    expect([named, all]).toEqual(Array(2).fill({ judged: 0, matched: 0 }))
    expect(await findHitsToRematch(store.db, Date.now(), 10)).toEqual([])
    expect((await getHit(store.db, { workspace: 'w', id: 'old' }))?.outcome).toBe('unmatched')
  })

  it('keeps a treated hit only where its signature can be told, so that none is refused for a wrong one', async () => {
    const { store, options, addWorkspace } = await open()
    await addWorkspace('w', { personalDataDays: 10, personalDataMode: 'truncate' })
    const at = Date.now() - 11 * DAY_MS
    const query = (rawQuery: string) => ({ rawQuery, params: [...new URLSearchParams(rawQuery)] })
    const unmatched = { at, outcome: 'unmatched' } as const
    const withAddress = query('cid=c&ip=203.0.113.9&ts=1&sig=ab')
    await addHit(store.db, { ...unmatched, id: 'lost', changes: withAddress })
    await addHit(store.db, { ...unmatched, id: 'told', changes: { ...withAddress, signedBy: ['n'] } })
    await addHit(store.db, { ...unmatched, id: 'whole', changes: query('cid=c&ts=1&sig=ab') })
    await addHit(store.db, { ...unmatched, id: 'unsigned', changes: query('cid=c&ip=203.0.113.9') })
    await addHit(store.db, { at, id: 'judged', changes: withAddress })
    await passRetention(options)
    const request = async (id: string) => (await getHit(store.db, { workspace: 'w', id }))?.request
    expect(await request('lost')).toMatchObject({ removed: 'age', params: [], ip: '203.0.113.0/24' })
    expect(await request('told')).toMatchObject({ signedBy: ['n'], rawQuery: '' })
    expect(await request('whole')).toMatchObject({ rawQuery: 'cid=c&ts=1&sig=ab' })
    for (const id of ['told', 'whole', 'unsigned', 'judged'])
      expect((await request(id))?.removed, id).toBeUndefined()
    const waiting = (await findHitsToRematch(store.db, Date.now(), 10)).map(({ id }) => id)
    expect(waiting.sort()).toEqual(['told', 'unsigned', 'whole'])
  })

  it('takes the parameters and the URL with them from the visits that old conversions repeat', async () => {
    const { store, options, addWorkspace } = await open()
    await addWorkspace('w', { paramDays: 10 })
    for (const [id, days] of [
      ['old', 11],
      ['new', 9],
    ] as const) {
      const at = Date.now() - days * DAY_MS
      const visit = visitRow({ at, params: { a: 'jane' }, location: 'https://o.example/?a=jane', sub1: 's' })
      await addConversion(store.db, { id, at, visit })
    }
    await passRetention(options)
    const rows = await store.db.selectFrom('conversions').select(['id', 'visit_json']).orderBy('id').execute()
    expect(rows.map(({ visit_json }) => visit_json.includes('jane'))).toEqual([true, false])
    expect(JSON.parse(rows[1]?.visit_json ?? '')).toMatchObject({ params: {}, location: '', sub1: 's' })
  })

  it('goes on where it stopped, wherever it was killed, and does nothing twice', async () => {
    const { store, options, addWorkspace, counts } = await open()
    await addWorkspace('w', { hitDays: 60, personalDataDays: 10, personalDataMode: 'hash', attemptDays: 30 })
    const [now, steps] = [Date.now(), RETENTION_LIMITS.stepRowsMax]
    await store.db.transaction().execute(async (db) => {
      for (let n = 0; n < 2 * steps + 20; n++) {
        await addHit(db, { id: `hit-${n}`, at: now - 20 * DAY_MS + n })
        const visit = visitRow({ ip: '203.0.113.9', user_agent: CHROME })
        if (n < steps + 20) await addConversion(db, { id: `c-${n}`, at: now - 40 * DAY_MS + n, visit })
      }
    })
    let kills = 0
    for (let lifetime = 1; ; lifetime += 2) {
      const killed = new AbortController()
      let looks = 0
      // The lease asks for the time before each step.
      const clock = () => {
        if (++looks > lifetime) killed.abort()
        return now
      }
      const passed = passRetention({ ...options, clock, signal: killed.signal })
      if (
        await passed.then(
          () => true,
          () => false,
        )
      )
        break
      kills += 1
    }
    expect(kills).toBeGreaterThan(5)
    for (const table of ['hits', 'conversions', 'deliveries', 'delivery_attempts'] as const)
      expect(JSON.stringify(await store.db.selectFrom(table).selectAll().execute()), table).not.toMatch(
        /203\.0\.113\.9|Mozilla/,
      )
    const states = await store.db.selectFrom('deliveries').select('state').distinct().execute()
    expect(states).toEqual([{ state: 'delivered' }])
    const hits = await store.db.selectFrom('hits').select('ip').distinct().execute()
    expect(hits).toEqual([{ ip: expect.stringMatching(/^hash:[\da-f]{20}$/) }])
    const told = counts.length
    await store.db.deleteFrom('work_cursors').where('name', '<>', RETENTION_LEASE).execute()
    await passRetention(options)
    expect(counts.slice(told)).toEqual([])
  }, 120_000)

  it('keeps attempts and requests within the size budget, the oldest of both going first', async () => {
    const { store, options, addWorkspace } = await open()
    await addWorkspace('w', { sizeBudgetMb: 1 })
    const now = Date.now()
    for (let n = 1; n <= 15; n++)
      await addAttempt(store.db, {
        deliveryId: 'd',
        n,
        at: now - 20 * DAY_MS + n * DAY_MS,
        workspace: 'w',
        bytes: 100_000,
      })
    await addHit(store.db, { id: 'first', at: now - 21 * DAY_MS })
    await addHit(store.db, { id: 'last', at: now })
    const before = await measureSize(store.db, 'w')
    expect(before).toBeGreaterThan(1_500_000)
    await passRetention(options)
    expect(await measureSize(store.db, 'w')).toBeLessThanOrEqual(1_000_000)
    const left = await store.db.selectFrom('delivery_attempts').select('n').orderBy('n').execute()
    expect(left.map(({ n }) => n)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15])
    expect((await getHit(store.db, { workspace: 'w', id: 'first' }))?.request.removed).toBe('size')
    expect((await getHit(store.db, { workspace: 'w', id: 'last' }))?.request.removed).toBeUndefined()
  })

  it.each(['truncate', 'hash'] as const)(
    'treats old addresses and user agents by %s, wherever they are',
    async (mode) => {
      const { store, options, addWorkspace } = await open()
      await addWorkspace('w', { personalDataDays: 10, personalDataMode: mode })
      const now = Date.now()
      const person = { ip: '203.0.113.9', user_agent: CHROME, browser: 'Chrome', browser_version: '120.0' }
      for (const [id, days] of [
        ['old', 11],
        ['new', 9],
      ] as const) {
        const at = now - days * DAY_MS
        await addHit(store.db, { id: `hit-${id}`, at })
        await addConversion(store.db, { id, at, visit: visitRow({ at, ...person }) })
      }
      await passRetention(options)
      const text = async (table: 'hits' | 'conversions' | 'deliveries' | 'delivery_attempts', id: string) => {
        const key = table === 'delivery_attempts' ? 'delivery_id' : 'id'
        return JSON.stringify(
          await store.db
            .selectFrom(table)
            .selectAll()
            .where(key as never, '=', id as never)
            .execute(),
        )
      }
      for (const [table, of] of [
        ['hits', 'hit-'],
        ['conversions', ''],
        ['deliveries', 'delivery-'],
      ] as const) {
        expect(await text(table, `${of}new`), table).toContain('203.0.113.9')
        expect(await text(table, `${of}old`), table).not.toMatch(/203\.0\.113\.9|Mozilla/)
      }
      const visit = JSON.parse(
        (
          await store.db
            .selectFrom('conversions')
            .select('visit_json')
            .where('id', '=', 'old')
            .executeTakeFirstOrThrow()
        ).visit_json,
      )
      const hit = await getHit(store.db, { workspace: 'w', id: 'hit-old' })
      if (mode === 'truncate')
        expect([visit.ip, visit.user_agent, hit?.ip, hit?.request.userAgent]).toEqual([
          '203.0.113.0/24',
          'Chrome 120',
          '203.0.113.0/24',
          'Chrome 120',
        ])
      else expect([visit.ip, hit?.ip]).toEqual([expect.stringMatching(/^hash:[\da-f]{20}$/), visit.ip])
      expect(
        await store.db.selectFrom('deliveries').select(['id', 'state', 'url']).orderBy('id').execute(),
      ).toMatchObject([
        { id: 'delivery-new', state: 'delivered' },
        { id: 'delivery-old', state: 'delivered', url: '' },
      ])
      // Once more changes nothing.
      const after = [await text('hits', 'hit-old'), await text('conversions', 'old')]
      await store.db.deleteFrom('work_cursors').execute()
      await passRetention(options)
      expect([await text('hits', 'hit-old'), await text('conversions', 'old')]).toEqual(after)
    },
  )

  it('leaves a call alone that waits, however old it is, and takes it by the age of its end', async () => {
    const { store, options, addWorkspace, setDay } = await open()
    await addWorkspace('w', { personalDataDays: 7, personalDataMode: 'truncate' })
    const now = Date.now()
    for (const id of ['delayed', 'paused'])
      await addConversion(store.db, { id, at: now - 20 * DAY_MS, visit: visitRow(), state: 'pending' })
    await addConversion(store.db, { id: 'sent', at: now - 20 * DAY_MS, visit: visitRow() })
    const calls = async () =>
      (await store.db.selectFrom('deliveries').select(['id', 'state', 'url']).orderBy('id').execute()).map(
        ({ id, state, url }) => [id, state, url !== ''],
      )
    await passRetention(options)
    expect(await calls()).toEqual([
      ['delivery-delayed', 'pending', true],
      ['delivery-paused', 'pending', true],
      ['delivery-sent', 'delivered', false],
    ])
    const ended = { state: 'delivered', updated_at: now } as const
    await store.db.updateTable('deliveries').set(ended).where('id', '=', 'delivery-delayed').execute()
    setDay(6)
    await passRetention(options)
    expect((await calls())[0]).toEqual(['delivery-delayed', 'delivered', true])
    setDay(8)
    await passRetention(options)
    expect(await calls()).toEqual([
      ['delivery-delayed', 'delivered', false],
      ['delivery-paused', 'pending', true],
      ['delivery-sent', 'delivered', false],
    ])
  })

  it('gives the work to one process at a time, and to another when that shows no sign of life', async () => {
    const { store } = await open()
    const lease = { name: 'work', leaseMs: 1_000 }
    const take = async (owner: string, now: number) => await takeLease(store.db, { ...lease, owner, now })
    const first = await Promise.all(['a', 'b', 'c'].map((owner) => take(owner, 0)))
    expect(first.filter((held) => held)).toHaveLength(1)
    const holder = ['a', 'b', 'c'][first.indexOf(true)] ?? ''
    expect(await take(holder, 500)).toBe(true)
    expect(await take('d', 1_400)).toBe(false)
    expect(await take('d', 1_500)).toBe(true)
    expect(await take(holder, 1_600)).toBe(false)
  })
})
