import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runHitConsumer } from '../../src/conversions/hit-consumer.ts'
import { rematchUnmatched } from '../../src/conversions/rematch.ts'
import type { Hit } from '../../src/domain/hit.ts'
import { RECORD_TYPE } from '../../src/domain/journal-record.ts'
import { JournalReader } from '../../src/journal/journal-reader.ts'
import { JournalWriter } from '../../src/journal/journal-writer.ts'
import { listConversions } from '../../src/store/conversions.ts'
import { getHit, listHits } from '../../src/store/hits.ts'
import { loadCheckpoint } from '../../src/store/journal-checkpoints.ts'
import { buildWorld, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const EDGE = 'edge-1'

describe.each(SQL_ENGINES)('hits in a journal, judged on %s', (engine) => {
  const stores = useStores(engine)
  const cleanups: (() => unknown)[] = []
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean()
  })

  async function journalOf(hits: readonly Hit[]): Promise<string> {
    const dir = mkdtempSync(join(tmpdir(), 'trailpost-hits-'))
    cleanups.push(() => rmSync(dir, { recursive: true, force: true }))
    const writer = await JournalWriter.open({ dir, durability: 'os' })
    for (const hit of hits) {
      await writer.append(RECORD_TYPE.visit, Buffer.from('not for this consumer'))
      await writer.append(RECORD_TYPE.hit, Buffer.from(JSON.stringify(hit)))
    }
    await writer.close()
    return dir
  }

  /** Runs a consumer from the checkpoint until `enough`, then stops it. */
  async function consume(world: World, dir: string, enough: () => Promise<boolean>): Promise<unknown[]> {
    const { db } = world.store
    const stop = new AbortController()
    const errors: unknown[] = []
    const journal = await JournalReader.open({ dir, from: await loadCheckpoint(db, EDGE, 'conversions') })
    const done = runHitConsumer({
      edge: EDGE,
      journal,
      judge: world.judge,
      db,
      clock: () => world.time.now,
      signal: stop.signal,
      onError: (error) => errors.push(error),
    })
    await expect.poll(enough, { timeout: 15_000 }).toBe(true)
    stop.abort()
    await done
    await journal.close()
    return errors
  }

  async function judgedHits(world: World): Promise<number> {
    return (await listHits(world.store.db, world.workspaceId, {}, { limit: 100 })).items.length
  }

  async function conversions(world: World): Promise<number> {
    return (await listConversions(world.store.db, world.workspaceId, {}, { limit: 100 })).items.length
  }

  it('are judged when core was away, and those judged before are left alone', async () => {
    const world = await buildWorld(await stores.open())
    const hits = Array.from({ length: 6 }, () => world.hit({ cid: world.visit(), payout: '1' }))
    const dir = await journalOf(hits)
    await world.judge.judge(hits.slice(0, 2))
    world.time.now += 10_000
    await consume(
      world,
      dir,
      async () => (await loadCheckpoint(world.store.db, EDGE, 'conversions')) !== undefined,
    )
    expect(await judgedHits(world)).toBe(6)
    expect(await conversions(world)).toBe(6)
    const first = await getHit(world.store.db, { workspace: world.workspaceId, id: hits[0]?.id ?? '' })
    expect(first?.judgedAt).toBe(world.time.now - 10_000)
  })

  it('are counted once when the consumer dies before its checkpoint and reads them again', async () => {
    const world = await buildWorld(await stores.open())
    const dir = await journalOf(
      Array.from({ length: 4 }, () => world.hit({ cid: world.visit(), payout: '1' })),
    )
    world.time.now += 10_000
    const saved = async () => (await loadCheckpoint(world.store.db, EDGE, 'conversions')) !== undefined
    await consume(world, dir, saved)
    await world.store.db.deleteFrom('journal_checkpoints').execute()
    await consume(world, dir, saved)
    expect(await conversions(world)).toBe(4)
    expect(await judgedHits(world)).toBe(4)
  })

  it('wait while the ledger is away, the checkpoint with them, and none is lost', async () => {
    const world = await buildWorld(await stores.open())
    const dir = await journalOf([world.hit({ cid: world.visit(), payout: '1' })])
    world.time.now += 10_000
    world.fault.ledger = new Error('ledger down')
    const failures = { count: 0 }
    const stop = new AbortController()
    const { db } = world.store
    const journal = await JournalReader.open({ dir, from: undefined })
    const done = runHitConsumer({
      edge: EDGE,
      journal,
      judge: world.judge,
      db,
      clock: () => world.time.now,
      signal: stop.signal,
      onError: () => {
        failures.count += 1
        if (failures.count === 2) world.fault.ledger = undefined
      },
    })
    await expect.poll(() => loadCheckpoint(db, EDGE, 'conversions'), { timeout: 15_000 }).toBeDefined()
    stop.abort()
    await done
    await journal.close()
    expect(failures.count).toBe(2)
    expect(await conversions(world)).toBe(1)
  })

  it('pass over a record that is no hit, and say so', async () => {
    const world = await buildWorld(await stores.open())
    const hit = world.hit({ cid: world.visit() })
    const dir = await journalOf([{ ...hit, id: '' }, hit])
    world.time.now += 10_000
    const errors = await consume(world, dir, async () => (await judgedHits(world)) === 1)
    expect(errors).toHaveLength(1)
  })

  it('that came before their visit are matched by themselves when it arrives', async () => {
    const world = await buildWorld(await stores.open())
    const early = world.clickId()
    const hit = world.hit({ cid: early, payout: '2' })
    expect(await world.judge.judge([hit])).toMatchObject([{ outcome: 'unmatched' }])
    const options = { judge: world.judge, db: world.store.db, clock: () => world.time.now }
    expect(await rematchUnmatched(options)).toEqual({ judged: 0, matched: 0 })

    world.time.now += 30_000
    expect(await rematchUnmatched(options)).toEqual({ judged: 1, matched: 0 })
    const known = world.visit()
    const visit = world.visits.get(known)
    if (visit === undefined) throw new Error('no visit')
    world.visits.set(early, { ...visit, visit: { ...visit.visit, click_id: early } })
    world.time.now += 60_000
    expect(await rematchUnmatched(options)).toEqual({ judged: 1, matched: 1 })
    expect(await conversions(world)).toBe(1)
    expect(await getHit(world.store.db, { workspace: world.workspaceId, id: hit.id })).toMatchObject({
      outcome: 'recorded',
      rematchAt: null,
    })
    // Judged before: the same answer, and nothing more to rematch.
    expect(await world.judge.judge([hit])).toMatchObject([{ outcome: 'recorded' }])
    world.time.now += 86_400_000
    expect(await rematchUnmatched(options)).toEqual({ judged: 0, matched: 0 })
    expect(await conversions(world)).toBe(1)
  })

  it('whose visit never comes are given up after two weeks and stay in the inbox', async () => {
    const world = await buildWorld(await stores.open())
    await world.judge.judge([world.hit({ cid: world.clickId() })])
    const options = { judge: world.judge, db: world.store.db, clock: () => world.time.now }
    let tries = 0
    for (let day = 0; day < 20; day++) {
      world.time.now += 86_400_000
      tries += (await rematchUnmatched(options)).judged
    }
    expect(tries).toBe(15)
    const inbox = await listHits(world.store.db, world.workspaceId, { outcome: 'unmatched' }, { limit: 5 })
    expect(inbox.items).toMatchObject([{ rematchAt: null }])
  })
})
