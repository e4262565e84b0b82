import { CompiledQuery, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { expireDeliveries } from '../../src/store/delivery-expiry.ts'
import { finishAttempts } from '../../src/store/delivery-finish.ts'
import {
  claimFromLanes,
  claimQuery,
  type DueLane,
  FIRST_LANE,
  findDueLanes,
  putOffBlocked,
  scanQuery,
} from '../../src/store/delivery-lanes.ts'
import { renewLeases } from '../../src/store/delivery-leases.ts'
import { reportAlive, reportStopped } from '../../src/store/delivery-workers.ts'
import {
  createNotificationTarget,
  type NotificationTargetFields,
  updateNotificationTarget,
} from '../../src/store/notification-targets.ts'
import type { Store } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { addTargetsOfDeliveries, claimDue, enqueueCalls } from '../support/delivery-queue.ts'
import { PLAIN_TARGET } from '../support/field-defaults.ts'

const NOW = 1_795_000_000_000
const LEASE_MS = 30_000
const CLAIM = { now: NOW, workerId: 'w1', leaseMs: LEASE_MS }

describe.each(SQL_ENGINES)('the lanes of deliveries on %s', (engine) => {
  const stores = useStores(engine)

  it('are found by scans that go round all of them, a bounded number at a time', async () => {
    const store = await stores.open()
    await enqueue(store, lanesOf(25))
    const found: string[] = []
    let after = FIRST_LANE
    for (let scans = 0; scans < 3; scans += 1) {
      const { lanes, next } = await findDueLanes(store.db, { after, now: NOW, limit: 10 })
      found.push(...lanes.map(({ targetId }) => targetId))
      after = next
    }
    expect(found.toSorted()).toEqual(lanesOf(25).map((row) => row.target_id))
    expect(after).toEqual(FIRST_LANE)
  })

  it('are those with something due that nobody is sending, with the limits of their targets', async () => {
    const store = await stores.open()
    const limited = await createTarget(store, { maxPerMinute: 60, maxConcurrent: 2 })
    await enqueue(store, [
      { id: 'due', target_id: limited },
      { id: 'later', target_id: 'later', due_at: NOW + 1 },
      { id: 'sent', target_id: 'sent', lease_owner: 'other', lease_until: NOW + 1 },
      { id: 'abandoned', target_id: 'abandoned', lease_owner: 'other', lease_until: NOW },
      { id: 'done', target_id: 'done', state: 'delivered' },
    ])
    const { lanes } = await findDueLanes(store.db, { after: FIRST_LANE, now: NOW, limit: 10 })
    expect(lanes.toSorted(byTarget)).toEqual(
      [
        { host: 'a.example', targetId: limited, maxPerMinute: 60, maxConcurrent: 2 },
        { host: 'a.example', targetId: 'abandoned', maxPerMinute: 0, maxConcurrent: 0 },
      ].toSorted(byTarget),
    )
  })

  it.each(['paused', 'disabled'] as const)(
    'of a target that is %s wait, and go on when it is active',
    async (status) => {
      const store = await stores.open()
      const id = await createTarget(store, {})
      await enqueue(store, [{ id: 'd1', target_id: id }])
      const [lane] = (await findDueLanes(store.db, { after: FIRST_LANE, now: NOW, limit: 10 })).lanes
      await updateNotificationTarget(store.db, { workspace: 'ws', id }, { status }, NOW)
      expect(await claimDue(store, { ...CLAIM, limit: 9 })).toEqual([])
      // Also when it was found before.
      const lanes = [{ host: 'a.example', targetId: lane?.targetId ?? '', places: 9 }]
      expect(await claimFromLanes(store.db, engine, { ...CLAIM, lanes })).toEqual([])
      await updateNotificationTarget(store.db, { workspace: 'ws', id }, { status: 'active' }, NOW)
      expect(await claimDue(store, { ...CLAIM, limit: 9 })).toHaveLength(1)
    },
  )

  it('give each what it is asked for in one claim, the longest due first', async () => {
    const store = await stores.open()
    const rows = ['a', 'b'].flatMap((target) =>
      [1, 2, 3].map((n) => ({ id: `${target}${n}`, target_id: target, due_at: NOW - n })),
    )
    await enqueue(store, rows)
    const lanes = [
      { host: 'a.example', targetId: 'a', places: 1 },
      { host: 'a.example', targetId: 'b', places: 2 },
      { host: 'a.example', targetId: 'nobody', places: 5 },
    ]
    const claimed = await claimFromLanes(store.db, engine, { ...CLAIM, lanes })
    expect(claimed.map(({ id }) => id).toSorted()).toEqual(['a3', 'b2', 'b3'])
  })

  it('do not send what has expired; it is dead without an attempt', async () => {
    const store = await stores.open()
    await enqueue(store, [
      { id: 'late', expires_at: NOW },
      { id: 'late-and-put-off', expires_at: NOW - 1, due_at: NOW + 60_000 },
      { id: 'being-sent', expires_at: NOW, lease_owner: 'w2', lease_until: NOW + 1 },
      { id: 'in-time', expires_at: NOW + 1 },
      { id: 'patient' },
    ])
    const claimed = await claimDue(store, { ...CLAIM, limit: 9 })
    expect(claimed.map(({ id }) => id).toSorted()).toEqual(['in-time', 'patient'])
    expect(await expireDeliveries(store.db, engine, { now: NOW, limit: 1 })).toBe(1)
    expect(await expireDeliveries(store.db, engine, { now: NOW, limit: 9 })).toBe(1)
    expect(await expireDeliveries(store.db, engine, { now: NOW, limit: 9 })).toBe(0)
    expect(await rowsWhere(store, 'dead')).toMatchObject([
      { id: 'late', reason: 'expired', attempts: 0 },
      { id: 'late-and-put-off', reason: 'expired', attempts: 0 },
    ])
  })

  it('come to the front when all before them waits for earlier news', async () => {
    const store = await stores.open()
    const blocked = Array.from({ length: 200 }, (_, n) => `c${n}`)
    await enqueue(store, [
      ...blocked.map((c) => ({ id: `${c}-1`, conversion_id: c, due_at: NOW + 5_000 })),
      ...blocked.map((c) => ({ id: `${c}-2`, conversion_id: c, transition: 2, due_at: NOW - 2 })),
      { id: 'free', due_at: NOW - 1 },
    ])
    const lane = { host: 'a.example', targetId: 'target' }
    const claim = { ...CLAIM, lanes: [{ ...lane, places: 1 }] }
    expect(await claimFromLanes(store.db, engine, claim)).toEqual([])
    await putOffBlocked(store.db, [lane], NOW)
    expect(await claimFromLanes(store.db, engine, claim)).toMatchObject([{ id: 'free' }])
    // In the order of what happened: the second news follow the first ones.
    const due = await claimDue(store, { ...CLAIM, now: NOW + 5_001, limit: 500 })
    expect(due.map(({ transition }) => transition)).toEqual(blocked.map(() => 1))
  })

  it('keep news in place whose earlier ones are being sent: they are next', async () => {
    const store = await stores.open()
    await enqueue(store, [
      { id: 'first', conversion_id: 'c', lease_owner: 'w2', lease_until: NOW + 1 },
      { id: 'second', conversion_id: 'c', transition: 2 },
    ])
    const lane = { host: 'a.example', targetId: 'target' }
    await putOffBlocked(store.db, [lane], NOW)
    await finishAttempts(store.db, [delivered('first', 'w2')])
    expect(await claimDue(store, { ...CLAIM, limit: 9 })).toMatchObject([{ id: 'second', dueAt: NOW - 1 }])
  })

  it('cost as much to scan and to claim from with many rows waiting as with few', async () => {
    const store = await stores.open()
    await enqueue(store, [{ id: 'other', target_id: 'z-other' }])
    await fillLane(store, 20_000)
    const scan = scanQuery({ after: FIRST_LANE, now: NOW, limit: 100 }).compile(store.db)
    const claim = claimQuery(CLAIM, { host: 'a.example', targetId: 'target', places: 4 }).compile(store.db)
    if (engine === 'sqlite') {
      for (const plan of [await planOf(store, scan), await planOf(store, claim)]) {
        // Of deliveries only by index; what is scanned is the lanes found and the ids picked.
        expect(
          plan.filter((step) => /^SCAN (deliveries|waiting|following|later|earlier)/.test(step)),
        ).toEqual([])
        expect(plan.join('\n')).toContain('deliveries_lanes')
      }
      // Behind the lane, and not behind the host's first one: by the host alone each step reads all that waits for it.
      const steps = (await planOf(store, scan)).filter((step) => step.startsWith('SEARCH later'))
      expect(steps.map((step) => step.slice(step.indexOf('INDEX')))).toEqual([
        expect.stringMatching(/^INDEX deliveries_lanes \(host=\? AND target_id>\?\)/),
        expect.stringMatching(/^INDEX deliveries_lanes \(host>\?\)/),
      ])
      return
    }
    // Before there are statistics, and with them.
    for (const query of [scan, claim]) expect(await rowsTouched(store, query)).toBeLessThan(1_000)
    await sql`analyze deliveries`.execute(store.db)
    for (const query of [scan, claim]) expect(await rowsTouched(store, query)).toBeLessThan(1_000)
  })

  it('cost as much to scan in the middle of many lanes of one host as at the start', async () => {
    const store = await stores.open()
    await fillLane(store, 20_000)
    await sql`update deliveries set target_id = id`.execute(store.db)
    await addTargetsOfDeliveries(store)
    const visit = { after: { host: 'a.example', targetId: 'x5' }, now: NOW, limit: 20 }
    const { lanes, next } = await findDueLanes(store.db, visit)
    expect([lanes.length, lanes.at(-1)?.targetId]).toEqual([20, next.targetId])
    if (engine === 'sqlite') return
    const scan = scanQuery(visit).compile(store.db)
    expect(await rowsTouched(store, scan)).toBeLessThan(1_000)
    await sql`analyze deliveries`.execute(store.db)
    expect(await rowsTouched(store, scan)).toBeLessThan(1_000)
  })

  it('are held by a worker that goes on sending, and by no other', async () => {
    const store = await stores.open()
    await enqueue(store, [{ id: 'mine' }, { id: 'taken' }])
    await claimDue(store, { ...CLAIM, limit: 9 })
    await store.db.updateTable('deliveries').set({ lease_owner: 'w2' }).where('id', '=', 'taken').execute()
    const until = NOW + 2 * LEASE_MS
    await renewLeases(store.db, engine, { workerId: 'w1', ids: ['mine', 'taken', 'unknown'], until })
    expect(await claimDue(store, { ...CLAIM, now: NOW + LEASE_MS, limit: 9 })).toMatchObject([
      { id: 'taken' },
    ])
    expect(await claimDue(store, { ...CLAIM, now: until, limit: 9 })).toMatchObject([
      { id: 'mine' },
      { id: 'taken' },
    ])
  })

  it('are shared by the workers that were heard of lately', async () => {
    const { db } = await stores.open()
    await reportAlive(db, { id: 'b', now: NOW, silentMsMax: 100 })
    expect(await reportAlive(db, { id: 'a', now: NOW + 100, silentMsMax: 100 })).toEqual(['a', 'b'])
    expect(await reportAlive(db, { id: 'c', now: NOW + 101, silentMsMax: 100 })).toEqual(['a', 'c'])
    await reportStopped(db, 'a')
    expect(await reportAlive(db, { id: 'c', now: NOW + 102, silentMsMax: 100 })).toEqual(['c'])
  })
})

type Row = Parameters<typeof enqueueCalls>[1][number]

async function enqueue(store: Store, rows: readonly Row[]): Promise<void> {
  await enqueueCalls(
    store,
    rows.map((row) => ({ url: 'https://a.example/', due_at: NOW - 1, ...row })),
  )
}

/** In the order of their names. */
function lanesOf(count: number) {
  return Array.from({ length: count }, (_, n) => {
    const name = String(n).padStart(2, '0')
    return { id: name, target_id: `t${name}`, url: `https://${n % 3}.example/` }
  })
}

function byTarget(a: DueLane, b: DueLane): number {
  return a.targetId < b.targetId ? -1 : 1
}

async function createTarget(store: Store, fields: Partial<NotificationTargetFields>): Promise<string> {
  const all = {
    ...PLAIN_TARGET,
    ownerType: 'traffic_source',
    ownerId: 'source',
    url: 'https://a.example/',
    ...fields,
  } as const
  return (await createNotificationTarget(store.db, 'ws', all, NOW)).id
}

async function rowsWhere(store: Store, state: 'dead') {
  return await store.db
    .selectFrom('deliveries')
    .selectAll()
    .where('state', '=', state)
    .orderBy('id')
    .execute()
}

function delivered(deliveryId: string, workerId: string) {
  return {
    deliveryId,
    workerId,
    startedAt: NOW,
    durationMs: 1,
    phasesJson: null,
    requestJson: '{}',
    responseStatus: 200,
    responseHeadersJson: '{}',
    responseBody: '',
    error: '',
    state: 'delivered' as const,
    reason: '',
    dueAt: NOW,
    now: NOW,
  }
}

/** So many more rows that are due in the lane of the calls without a target of their own. */
async function fillLane(store: Store, rows: number): Promise<void> {
  await enqueue(store, [{ id: 'first' }])
  await sql`
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${rows})
    insert into deliveries (
      id, workspace, conversion_id, transition, target_id, click_id, type, method, url, body, content_type, host,
      state, reason, due_at, attempts, attempts_before, created_at, updated_at
    )
    select 'x' || i, workspace, 'x' || i, 1, target_id, click_id, type, method, url, body, content_type, host,
      state, reason, due_at, attempts, attempts_before, created_at, updated_at
    from n cross join deliveries where deliveries.id = 'first'
  `.execute(store.db)
}

async function planOf(store: Store, query: CompiledQuery): Promise<readonly string[]> {
  const explained = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters])
  const { rows } = await store.db.executeQuery<{ detail: string }>(explained)
  return rows.map(({ detail }) => detail)
}

/** The most rows that any step of the query has read. */
async function rowsTouched(store: Store, query: CompiledQuery): Promise<number> {
  const explained = CompiledQuery.raw(`explain (analyze, format text) ${query.sql}`, [...query.parameters])
  const { rows } = await store.db.executeQuery<{ 'QUERY PLAN': string }>(explained)
  const text = rows.map((row) => row['QUERY PLAN']).join('\n')
  const read = [...text.matchAll(/actual .*?rows=([\d.]+) loops=(\d+)/g)].map(
    ([, n, loops]) => Number(n) * Number(loops),
  )
  const removed = [...text.matchAll(/Removed by Filter: (\d+)/g)].map(([, n]) => Number(n))
  return Math.max(...read, ...removed)
}
