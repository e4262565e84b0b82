import { describe, expect, it } from 'vitest'
import { createStatusChanger } from '../../src/conversions/change-status.ts'
import { rematchUnmatched } from '../../src/conversions/rematch.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import { getConversionWithHistory } from '../../src/store/conversions.ts'
import { markApplied, updatesOfClicks, waitingUpdates } from '../../src/store/visit-updates.ts'
import { updateWorkspace } from '../../src/store/workspaces.ts'
import { buildWorld, deliveriesOf, outboxRows, WORLD_NOW, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

describe.each(SQL_ENGINES)('new values of a visit on %s', (engine) => {
  const stores = useStores(engine)

  async function send(
    world: World,
    kind: Hit['kind'],
    params: Record<string, string>,
    changes: Partial<Hit> = {},
  ): Promise<HitAnswer> {
    world.time.now += 1_000
    const [answer] = await world.judge.judge([world.hit(params, { kind, ...changes })])
    if (answer === undefined) throw new Error('no answer')
    return answer
  }

  async function updates(world: World, cid: string) {
    return (await updatesOfClicks(world.store.db, world.workspaceId, [cid])).get(cid) ?? []
  }

  it('are kept for the ledger, and seen by its conversions and their notifications at once', async () => {
    const world = await buildWorld(await stores.open(), {
      source: { tokens: [{ name: 'keyword', param: 'kw', macro: '' }] },
    })
    await world.target({ url: 'https://s.example/?x={externalid}&k={token.keyword}&s={sub1}' })
    const cid = world.visit({ sub1: 'old', sub2: 'kept', tokens: { keyword: 'old', zone: '7' } })
    const values = { external_id: 'E2', keyword: 'new', sub1: 'new', fbclid: 'F' }
    expect(await send(world, 'update', { cid, ...values })).toMatchObject({
      outcome: 'updated',
      clickId: cid,
    })
    await send(world, 'postback', { cid, payout: '1' })
    expect(await outboxRows(world)).toMatchObject([
      {
        kind: 'conversion',
        external_id: 'E2',
        sub1: 'new',
        sub2: 'kept',
        tokens: { keyword: 'new', zone: '7' },
        params: { fbclid: 'F' },
      },
    ])
    expect((await deliveriesOf(world)).map(({ url }) => url)).toEqual(['https://s.example/?x=E2&k=new&s=new'])
    expect(await updates(world, cid)).toMatchObject([{ id: 'hit-1', clickId: cid }])
    expect(await waitingUpdates(world.store.db, 10, world.time.now)).toHaveLength(1)
    await markApplied(world.store.db, ['hit-1'], world.time.now)
    expect(await waitingUpdates(world.store.db, 10, world.time.now)).toEqual([])
    // A copy of the visit may be older than its correction: what is applied is seen all the same.
    await send(world, 'postback', { cid, txid: '2' })
    expect((await outboxRows(world)).at(-1)).toMatchObject({ sub1: 'new' })
  })

  it('go with a later change of a known conversion too, by a hit or by hand', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit({ sub1: 'old' })
    const { conversion = '' } = await send(world, 'postback', { cid, payout: '1', status: 'pending' })
    await send(world, 'update', { cid, sub1: 'new' })
    await send(world, 'postback', { cid, status: 'approved' })
    await send(world, 'update', { cid, sub1: 'newest' })
    await createStatusChanger({ store: world.store, ownHosts: [], clock: () => world.time.now })({
      workspace: world.workspaceId,
      id: conversion,
      status: 'rejected',
      reason: '',
      actor: 'user:u',
    })
    const rows = await outboxRows(world)
    expect(rows.map((row) => [row.sub1, row.conversions, row.status])).toEqual([
      ['old', 1, 'pending'],
      ['new', -1, 'pending'],
      ['new', 1, 'approved'],
      ['newest', -1, 'approved'],
      ['newest', 1, 'rejected'],
    ])
  })

  it('that are the traffic source’s own id are the known conversion’s id from its next change on', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit({ external_id: 'E1' })
    const { conversion: id = '' } = await send(world, 'postback', { cid, status: 'pending' })
    const externalId = async () => {
      const found = await getConversionWithHistory(world.store.db, { workspace: world.workspaceId, id })
      return found?.conversion.externalId
    }
    await send(world, 'update', { cid, external_id: 'E2' })
    await send(world, 'postback', { cid, status: 'approved' })
    expect(await externalId()).toBe('E2')
    await send(world, 'update', { cid, external_id: 'E3' })
    await createStatusChanger({ store: world.store, ownHosts: [], clock: () => world.time.now })({
      workspace: world.workspaceId,
      id,
      status: 'rejected',
      reason: '',
      actor: 'user:u',
    })
    expect(await externalId()).toBe('E3')
  })

  it('that are numbers add up: set to, or added, also several in one commit', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit({ sub1: 'blue' })
    await send(world, 'update', { cid, event1: '5', 'number.score': '0.5' })
    await world.judge.judge([
      world.hit({ cid, event1: '3' }, { kind: 'update' }),
      world.hit({ cid, add_event1: '-1.5' }, { kind: 'update' }),
      world.hit({ cid, event1: '1.5' }, { kind: 'update' }),
    ])
    await send(world, 'update', { cid, add_event1: '1', event1: '10' })
    const rows = await outboxRows(world)
    expect(rows.map((row) => row.numbers)).toEqual([
      { event1: '5.000000', score: '0.500000' },
      { event1: '-2.000000' },
      { event1: '-1.500000' },
      { event1: '8.500000' },
    ])
    expect(rows[0]).toMatchObject({
      kind: 'event',
      click_id: cid,
      sub1: 'blue',
      visit_at: WORLD_NOW - 60_000,
    })
    for (const row of rows)
      for (const name of ['visits', 'conversions', 'events']) expect(row).not.toHaveProperty(name)
  })

  it('that come with a conversion count with it, and not with its repetition', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    await send(world, 'postback', { cid, txid: 'A', add_event2: '4', event3: 'many' })
    expect(await send(world, 'postback', { cid, txid: 'A', add_event2: '4' })).toMatchObject({
      outcome: 'duplicate',
    })
    const numbers = (await outboxRows(world)).flatMap((row) =>
      row.numbers === undefined ? [] : [row.numbers],
    )
    expect(numbers).toEqual([{ event2: '4.000000' }])
  })

  it('sent again under the same id count once', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    const hit = world.hit({ cid, sub1: 'x', add_event1: '1' }, { kind: 'update' })
    const [first] = await world.judge.judge([hit])
    expect(await world.judge.judge([hit, hit])).toEqual([first, first])
    expect(await outboxRows(world)).toHaveLength(1)
    expect(await updates(world, cid)).toHaveLength(1)
  })

  it('wait for a visit that is on its way', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    const known = world.visits.get(cid)
    world.visits.delete(cid)
    expect(await send(world, 'update', { cid, event1: '1' })).toMatchObject({ outcome: 'unmatched' })
    if (known !== undefined) world.visits.set(cid, known)
    world.time.now += 60_000
    const { judge, store } = world
    expect(await rematchUnmatched({ judge, db: store.db, clock: () => world.time.now })).toEqual({
      judged: 1,
      matched: 1,
    })
    expect(await outboxRows(world)).toMatchObject([{ numbers: { event1: '1.000000' } }])
  })

  it('that can not be read are malformed, that grow without end are rejected', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    expect(await send(world, 'update', { cid, event1: 'many' })).toMatchObject({
      outcome: 'malformed',
      reason: 'event1 "many": not a number',
    })
    await send(world, 'update', { cid, event1: '900000000' })
    expect(await send(world, 'update', { cid, add_event1: '900000000' })).toMatchObject({
      outcome: 'rejected',
      reason: 'event1 would be too large',
    })
    const hits = Array.from({ length: 201 }, (_, n) =>
      world.hit({ cid, sub1: `value ${n}` }, { kind: 'update' }),
    )
    expect((await world.judge.judge(hits)).at(-1)).toMatchObject({ outcome: 'rejected' })
    expect((await updates(world, cid)).at(-1)?.change).toEqual({ subs: { sub1: 'value 199' } })
  })

  it('are explained by test=1, and nothing is kept', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    const answer = await send(world, 'update', { cid, sub1: 'x', add_event1: '2', test: '1' })
    expect(answer).toMatchObject({
      outcome: 'test',
      steps: [{ step: 'visit' }, { step: 'values', detail: expect.stringContaining('add event1 2') }],
    })
    expect([await updates(world, cid), await outboxRows(world)]).toEqual([[], []])
  })

  it('come from a trap: a flag, and a bot where the workspace says so', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    await send(world, 'trap', { cid })
    await send(world, 'trap', { cid })
    expect((await updates(world, cid)).map(({ change }) => change)).toEqual([
      { addFlags: ['honeypot'], bot: 'honeypot' },
    ])
    const fraud = { ...DEFAULT_FRAUD_SETTINGS, botFlags: [] }
    await updateWorkspace(world.store.db, world.workspaceId, { fraud }, WORLD_NOW)
    const other = world.visit()
    await send(world, 'trap', {}, { cookieClickId: other })
    expect((await updates(world, other)).map(({ change }) => change)).toEqual([{ addFlags: ['honeypot'] }])
  })

  it('come from a conversion too fast to be a person’s, which counts all the same', async () => {
    const fraud = { ...DEFAULT_FRAUD_SETTINGS, tooFastSeconds: 30, botFlags: ['too_fast'] as const }
    const world = await buildWorld(await stores.open(), { workspace: { fraud } })
    const fast = world.visit({ visit_at: WORLD_NOW - 28_000, flags: 'datacenter' })
    const slow = world.visit({ visit_at: WORLD_NOW - 30_000 })
    await send(world, 'postback', { cid: fast, payout: '1' })
    await send(world, 'postback', { cid: slow, payout: '1' })
    await send(world, 'manual', { cid: world.visit({ visit_at: WORLD_NOW }), payout: '1' })
    const rows = await outboxRows(world)
    expect(rows.map((row) => [row.flags ?? '', row.bot ?? '', row.conversions])).toEqual([
      ['datacenter,too_fast', 'too_fast', 1],
      ['', '', 1],
      ['', '', 1],
    ])
    expect((await updates(world, fast)).map(({ change }) => change)).toEqual([
      { addFlags: ['too_fast'], bot: 'too_fast' },
    ])
  })

  it('are for the visit that a person chose, then the named, then the site’s own, then the cookie’s', async () => {
    const world = await buildWorld(await stores.open())
    const [matched, named, own, cookie] = [world.visit(), world.visit(), world.visit(), world.visit()]
    const cookies = { firstPartyClickId: own, cookieClickId: cookie }
    const answers = await world.judge.judge([
      world.hit({ cid: named }, { ...cookies, matchedClickId: matched }),
      world.hit({ cid: named }, cookies),
      world.hit({}, cookies),
      world.hit({}, { cookieClickId: cookie }),
    ])
    expect(answers.map(({ clickId }) => clickId)).toEqual([matched, named, own, cookie])
    const rows = await world.store.db.selectFrom('hits').select('attribution').orderBy('id').execute()
    expect(rows.map((row) => row.attribution)).toEqual(['matched', 'cid', 'first_party', 'cookie_latest'])
  })
})
