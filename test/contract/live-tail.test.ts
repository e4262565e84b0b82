import { describe, expect, it } from 'vitest'
import { LiveTail, LOOK_ROWS_MAX, TAIL_REACH_MS, TAIL_ROWS_MAX } from '../../src/api/live-tail.ts'
import { saveHits } from '../../src/store/hits.ts'
import { readPlaces } from '../../src/store/live-feed.ts'
import type { Store } from '../../src/store/open-store.ts'
import { buildWorld } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { judgedHit } from '../support/judged-hit.ts'
import { visitFrom } from './system-way.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const START = { at: NOW, key: '' }
const RARE = { outcome: 'malformed' } as const

describe.each(SQL_ENGINES)('the tail of a feed on %s', (engine) => {
  const stores = useStores(engine)

  const tailOf = (store: Store, filter: object, after: ConstructorParameters<typeof LiveTail>[2]['after']) =>
    new LiveTail(store.db, 'hit', { workspace: 'w', filter, after })

  it('goes on from the newest row, also when none fits its filter', async () => {
    const store = await stores.open()
    const tail = tailOf(store, RARE, START)
    await tail.look(NOW)
    await saveHits(
      store.db,
      hits(10, (n) => NOW + n * 60_000),
    )
    expect(await tail.look(NOW + 600_000)).toMatchObject({ fresh: [], missed: 0, isCut: false })
    expect(tail.cursor).toMatchObject({ at: NOW + 9 * 60_000, key: 'h9' })
    await saveHits(store.db, [judgedHit('w', 'rare', NOW + 9.5 * 60_000, RARE)])
    expect((await tail.look(NOW + 600_000)).fresh).toMatchObject([{ key: 'rare' }])
  })

  it('looks at no more rows than its limit, whatever fits, and says that there were more', async () => {
    const store = await stores.open()
    const tail = tailOf(store, RARE, START)
    await tail.look(NOW)
    await saveHits(store.db, [
      judgedHit('w', 'beyond', NOW + 1, RARE),
      judgedHit('w', 'within', NOW + 2, RARE),
    ])
    await saveHits(
      store.db,
      hits(LOOK_ROWS_MAX - 1, (n) => NOW + 3 + n),
    )
    const looked = { workspace: 'w', filter: RARE, since: 0, rowsMax: LOOK_ROWS_MAX }
    expect(await readPlaces(store.db, 'hit', looked)).toMatchObject([{ key: 'within' }])
    const look = await tail.look(NOW + LOOK_ROWS_MAX)
    expect(look).toMatchObject({ fresh: [{ key: 'within' }], missed: 0, isCut: true })
    expect(await tail.look(NOW + LOOK_ROWS_MAX)).toMatchObject({ fresh: [], missed: 0, isCut: false })
  }, 60_000)

  it('goes back so far at most, and says whether there was more', async () => {
    const store = await stores.open()
    await saveHits(store.db, [
      judgedHit('w', 'old', NOW - TAIL_REACH_MS - 1),
      judgedHit('w', 'new', NOW - TAIL_REACH_MS),
    ])
    const known = { key: '', tags: [] }
    const far = await tailOf(store, {}, { at: 0, ...known }).look(NOW)
    expect(far).toMatchObject({ fresh: [{ key: 'new' }], isCut: true })
    const near = await tailOf(store, {}, { at: NOW - TAIL_REACH_MS - 1, ...known }).look(NOW)
    expect(near).toMatchObject({ fresh: [{ key: 'new' }], isCut: false })
  })

  it('hides nothing behind a row of a host whose clock is ahead', async () => {
    const store = await stores.open()
    const tail = tailOf(store, {}, START)
    await saveHits(store.db, [judgedHit('w', 'ahead', NOW + 3_600_000)])
    expect((await tail.look(NOW)).fresh).toMatchObject([{ key: 'ahead' }])
    await saveHits(store.db, [judgedHit('w', 'next', NOW + 700)])
    expect((await tail.look(NOW + 700)).fresh).toMatchObject([{ key: 'next' }])
  })

  it('of which a reader knows more than an event names repeats some, counts none of them as missed', async () => {
    const store = await stores.open()
    const first = tailOf(store, {}, START)
    await saveHits(
      store.db,
      hits(2 * TAIL_ROWS_MAX, (n) => NOW + n),
    )
    await first.look(NOW + 1_000)
    await saveHits(store.db, [judgedHit('w', 'late', NOW - 1)])
    const again = await tailOf(store, {}, first.cursor).look(NOW + 1_000)
    expect(again.missed).toBe(0)
    expect(again.fresh.length).toBe(TAIL_ROWS_MAX)
  })

  it('tells of a conversion whose hit was judged as late as a hit may be', async () => {
    const world = await buildWorld(await stores.open())
    const from = { workspace: world.workspaceId, filter: {}, after: { at: world.time.now - 60_000, key: '' } }
    const tails = [
      new LiveTail(world.store.db, 'hit', from),
      new LiveTail(world.store.db, 'conversion', from),
    ]
    const look = async () => {
      const looks = []
      for (const tail of tails) looks.push((await tail.look(world.time.now)).fresh.length)
      return looks
    }
    const judge = async (txid: string, at: number) => {
      const cid = visitFrom(world, {})
      await world.judge.judge([world.hit({ cid, payout: '1', txid }, { at })])
    }
    await judge('A', world.time.now)
    expect(await look()).toEqual([1, 1])
    await judge('B', world.time.now - 9_000)
    expect(await look()).toEqual([1, 1])
  })
})

function hits(count: number, at: (n: number) => number) {
  return Array.from({ length: count }, (_, n) => judgedHit('w', `h${n}`, at(n)))
}
