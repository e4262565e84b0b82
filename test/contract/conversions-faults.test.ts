import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { describe, expect, it } from 'vitest'
import { createJudge } from '../../src/conversions/judge.ts'
import { JudgeUnavailableError } from '../../src/conversions/judge-error.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import { listConversions } from '../../src/store/conversions.ts'
import { getHit, listHits } from '../../src/store/hits.ts'
import type { Store } from '../../src/store/open-store.ts'
import type { Database } from '../../src/store/schema.ts'
import { buildWorld, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

describe.each(SQL_ENGINES)('judging on %s', (engine) => {
  const stores = useStores(engine)

  it('counts concurrent identical postbacks once, in one process and in several', async () => {
    const options = await stores.options()
    const world = await buildWorld(await stores.open(options))
    await world.target()
    const judges = [
      world.judge,
      judgeOf(world, await stores.open(options)),
      judgeOf(world, await stores.open(options)),
    ]
    const cid = world.visit()
    const sent = judges.flatMap((judge) =>
      Array.from({ length: 20 }, () => judge.judge([world.hit({ cid, payout: '3', txid: 'T' })])),
    )
    const outcomes = (await Promise.all(sent)).flat().map((answer) => answer.outcome)
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(59)
    await expectCounted(world, 1)
  })

  it('gives one hit that arrives twice at once the same answer twice', async () => {
    const options = await stores.options()
    const world = await buildWorld(await stores.open(options))
    const judges = [world.judge, judgeOf(world, await stores.open(options))]
    const hit = world.hit({ cid: world.visit(), payout: '3' })
    const answers = (
      await Promise.all(judges.flatMap((judge) => [judge.judge([hit]), judge.judge([hit])]))
    ).flat()
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]?.outcome).toBe('recorded')
    await expectCounted(world, 1)
  })

  it('never exceeds a cap, however many hits come at once', async () => {
    const options = await stores.options()
    const world = await buildWorld(await stores.open(options), {
      offer: { caps: { daily: 7, monthly: null, total: null, timeZone: 'UTC' } },
    })
    const judges = [world.judge, judgeOf(world, await stores.open(options))]
    const sent = judges.flatMap((judge) =>
      Array.from({ length: 15 }, () => judge.judge([world.hit({ cid: world.visit(), payout: '1' })])),
    )
    const answers = (await Promise.all(sent)).flat()
    expect(answers.filter((answer) => answer.outcome === 'recorded')).toHaveLength(7)
    expect(answers.filter((answer) => answer.outcome === 'rejected')).toHaveLength(23)
    expect(answers.find((answer) => answer.outcome === 'rejected')?.reason).toContain('cap of 7')
    await expectCounted(world, 7)
    // The next day has a cap of its own; what is rejected anyway takes nothing from it.
    world.time.now += 86_400_000
    const [rejected] = await world.judge.judge([world.hit({ cid: world.visit(), status: 'rejected' })])
    const [recorded] = await world.judge.judge([world.hit({ cid: world.visit() })])
    expect([rejected?.outcome, recorded?.outcome]).toEqual(['recorded', 'recorded'])
  })

  it('leaves nothing half when it is cut off between any two statements, and counts once when repeated', async () => {
    const options = await stores.options()
    const world = await buildWorld(await stores.open(options), {
      offer: { caps: { daily: 100, monthly: null, total: null, timeZone: 'UTC' } },
    })
    await world.target()
    let crashes = 0
    for (let statement = 1; ; statement++) {
      const before = await countRows(world)
      const cids = [world.visit(), world.visit()]
      const hits = cids.map((cid) => world.hit({ cid, payout: '1', txid: 'T' }))
      const failing = await stores.open(options)
      const judge = judgeOf(world, { ...failing, db: cutOffAt(failing.db, statement) })
      const answers = await judge.judge(hits).catch((error: unknown) => error)
      if (Array.isArray(answers)) {
        expect(answers.map((answer) => answer.outcome)).toEqual(['recorded', 'recorded'])
        break
      }
      crashes += 1
      expect(answers).toBeInstanceOf(JudgeUnavailableError)
      expect(await countRows(world)).toEqual(before)
      const repeated = await world.judge.judge(hits)
      expect(repeated.map((answer) => answer.outcome)).toEqual(['recorded', 'recorded'])
      expect(await world.judge.judge(hits)).toEqual(repeated)
      expect(await countRows(world)).toEqual(before.map((count) => count + 2))
    }
    // Version, conversions, hits; two caps; conversion, history, delivery, outbox, hits.
    expect(crashes).toBeGreaterThanOrEqual(10)
  })

  it('judges the others when one hit’s values break the transaction, and keeps that one', async () => {
    const world = await buildWorld(await stores.open())
    const good = world.hit({ cid: world.visit(), payout: '1' })
    const cid = world.visit()
    const visit = world.visits.get(cid)
    if (visit === undefined) throw new Error('no visit')
    const bad = world.hit({ cid, payout: '1' })
    const brokenLedgerRow = Object.defineProperty({ ...visit.visit, click_id: cid }, 'campaign_id', {
      enumerable: true,
      get: () => {
        throw new TypeError('a bug')
      },
    })
    world.visits.set(cid, { ...visit, visit: brokenLedgerRow })
    const answers = await world.judge.judge([good, bad])
    expect(answers[0]?.outcome).toBe('recorded')
    expect(answers[1]).toMatchObject({ outcome: 'unmatched', reason: expect.stringContaining('a bug') })
    await expectCounted(world, 1)
    const kept = await getHit(world.store.db, { workspace: world.workspaceId, id: bad.id })
    expect(kept?.rematchAt).toBeGreaterThan(world.time.now)
  })

  it('takes any text that the wire can carry', async () => {
    const world = await buildWorld(await stores.open())
    const odd = '\u0000\u001f\ud800 ‮ 😀 \' " \\ ; -- %00'
    const answers = await world.judge.judge([
      world.hit(
        { cid: world.visit(), p1: odd, status: 'approved' },
        { userAgent: odd, referrer: odd, rawQuery: odd },
      ),
      world.hit({ cid: odd }, { path: odd }),
    ])
    expect(answers.map((answer) => answer.outcome)).toEqual(['recorded', 'unmatched'])
  })

  it('says that it can not judge while the ledger is away, and records nothing', async () => {
    const world = await buildWorld(await stores.open())
    const hit = world.hit({ cid: world.visit() })
    world.fault.ledger = new Error('connect ECONNREFUSED')
    await expect(world.judge.judge([hit])).rejects.toThrow(JudgeUnavailableError)
    expect((await listHits(world.store.db, world.workspaceId, {}, { limit: 5 })).items).toEqual([])
    world.fault.ledger = undefined
    expect(await world.judge.judge([hit])).toMatchObject([{ outcome: 'recorded' }])
  })

  it('says that it can not judge when the store is closed', async () => {
    const options = await stores.options()
    const world = await buildWorld(await stores.open(options))
    const other = await stores.open(options)
    const judge = judgeOf(world, other)
    await other.close()
    await expect(judge.judge([world.hit({ cid: world.visit() })])).rejects.toThrow(JudgeUnavailableError)
  })

  async function expectCounted(world: World, conversions: number): Promise<void> {
    const { items } = await listConversions(world.store.db, world.workspaceId, {}, { limit: 100 })
    expect(items).toHaveLength(conversions)
    const rows = await world.store.db.selectFrom('ledger_outbox').selectAll().execute()
    expect(rows).toHaveLength(conversions)
  }
})

describe('judging on SQLite locked by another process', () => {
  const stores = useStores('sqlite')

  it('says that it can not judge, and goes on when the lock is gone', async () => {
    const options = await stores.options()
    const world = await buildWorld(await stores.open(options))
    const hit = world.hit({ cid: world.visit() })
    const other = new DatabaseSync(join(options.dataDir, 'trailpost.db'))
    other.exec('begin exclusive')
    await expect(world.judge.judge([hit])).rejects.toThrow(JudgeUnavailableError)
    other.exec('rollback')
    other.close()
    expect(await world.judge.judge([hit])).toMatchObject([{ outcome: 'recorded' }])
  })
})

const TABLES = ['hits', 'conversions', 'conversion_history', 'deliveries', 'ledger_outbox'] as const

/** Rows per table, and at last what caps have counted. */
async function countRows({ store }: World): Promise<number[]> {
  const counts: number[] = []
  for (const table of TABLES) counts.push((await store.db.selectFrom(table).selectAll().execute()).length)
  const caps = await store.db.selectFrom('cap_counters').select('count').execute()
  return [...counts, caps.reduce((sum, cap) => sum + cap.count, 0)]
}

/** Another process: its own store and caches, the same ledger. */
function judgeOf(world: World, store: Store) {
  return createJudge({
    store,
    ledgerLookup: {
      findVisits: async (ids) => new Map([...world.visits].filter(([id]) => ids.includes(id))),
    },
    clock: () => world.time.now,
    clickIdKey: createClickIdKey(new Uint8Array(32).fill(7)),
    ownHosts: [],
  })
}

/** A database whose n-th statement, and every later one, fails as if the connection were gone. */
function cutOffAt(db: Kysely<Database>, statement: number): Kysely<Database> {
  const count = { statements: 0 }
  return db.withPlugin({
    transformQuery: ({ node }) => {
      count.statements += 1
      if (count.statements >= statement) throw new Error('Connection terminated unexpectedly')
      return node
    },
    transformResult: async ({ result }) => result,
  })
}
