import { describe, expect, it } from 'vitest'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { outboxRows } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { openConversionsRig } from './api-conversions-rig.ts'

describe.each(SQL_ENGINES)('a conversion as the API shows it on %s', (engine) => {
  const stores = useStores(engine)

  it('says what its source is owed, and what its event counted as when it was recorded', async () => {
    const costModel = { type: 'revshare', percent: 12.5 } as const
    const rig = await openConversionsRig(stores, { campaign: { costModel }, offer: { events: [] } })
    const fee = { name: 'fee', counts: { conversion: false, revenue: false, cost: true } }
    const { body: event } = await rig.send('POST', '/events', fee)
    const cid = rig.world.visit()
    const [sale, charge] = await rig.world.judge.judge([
      rig.world.hit({ cid, event: 'sale', payout: '5' }),
      rig.world.hit({ cid, event: 'fee', payout: '2' }),
    ])
    await rig.send('PATCH', `/events/${event.id}`, { counts: { ...fee.counts, conversion: true } })
    expect((await rig.send('GET', `/conversions/${sale?.conversion}`)).body).toMatchObject({
      revenue: '5',
      cost: '0.625',
      counts: { conversion: true, revenue: true, cost: false },
    })
    const shown = { revenue: '2', cost: '0', counts: fee.counts }
    expect((await rig.send('GET', `/conversions/${charge?.conversion}`)).body).toMatchObject(shown)
    const { body: list } = await rig.send('GET', '/conversions?event=fee')
    expect(list.items).toMatchObject([shown])
  })
})

describe.each(SQL_ENGINES)('a visit that is updated over the API on %s', (engine) => {
  const stores = useStores(engine)

  it('gets the values that are named, which its conversions repeat; the hit says who sent them', async () => {
    const tokens = [{ name: 'keyword', param: 'kw', macro: '' }]
    const rig = await openConversionsRig(stores, { source: { tokens } })
    const clickId = rig.world.visit({ sub2: 'kept', tokens: { keyword: 'old', zone: '7' } })
    const update = {
      externalId: 'E2',
      subs: { sub1: 'new' },
      tokens: { Keyword: 'shoes', plan: 'pro' },
      params: { age: '30' },
      numbers: { set: { event1: '5.5' }, add: { score: 2 } },
    }
    const { status, body: answer } = await rig.send('POST', `/visits/${clickId}/update`, update)
    expect([status, answer.outcome, answer.reason]).toEqual([200, 'updated', ''])
    expect((await rig.send('GET', `/hits/${answer.hit}`)).body).toMatchObject({
      kind: 'update',
      clickId,
      reportedBy: expect.stringMatching(/^key:./),
    })
    await rig.world.judge.judge([rig.world.hit({ cid: clickId })])
    const [numbers, conversion] = await outboxRows(rig.world)
    expect(numbers).toMatchObject({ kind: 'event', numbers: { event1: '5.500000', score: '2.000000' } })
    expect(conversion).toMatchObject({
      kind: 'conversion',
      external_id: 'E2',
      sub1: 'new',
      sub2: 'kept',
      tokens: { keyword: 'shoes', plan: 'pro', zone: '7' },
      params: { age: '30' },
    })
  })

  it('is updated once under the same key; the same key of another visit is another', async () => {
    const rig = await openConversionsRig(stores)
    const visits = [rig.world.visit(), rig.world.visit()]
    const update = { numbers: { add: { score: 1 } }, key: 'order 17' }
    const answers = []
    for (const clickId of [...visits, ...visits])
      answers.push((await rig.send('POST', `/visits/${clickId}/update`, update)).body)
    expect(answers.slice(2)).toEqual(answers.slice(0, 2))
    expect((await outboxRows(rig.world)).map((row) => row.click_id)).toEqual(visits)
  })

  it('is none of another workspace, and none that nobody knows', async () => {
    const rig = await openConversionsRig(stores)
    const other = await createWorkspace(rig.api.store.db, PLAIN_WORKSPACE, rig.world.time.now)
    for (const clickId of [rig.world.visit({ workspace: other.id }), rig.world.clickId(), 'forged']) {
      const answer = await rig.send('POST', `/visits/${clickId}/update`, { subs: { sub1: 'x' } })
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    expect(await rig.api.store.db.selectFrom('hits').selectAll().execute()).toEqual([])
  })
})

describe('an update of a visit over the API', () => {
  const stores = useStores('sqlite')

  it.each([
    [{}, ''],
    [{ key: 'k' }, ''],
    [{ subs: { sub1: 'x', sub11: 'x' } }, 'subs'],
    [{ subs: { sub1: ' ' } }, 'subs.sub1'],
    [{ externalId: '{clickid}' }, 'externalId'],
    [{ params: { cid: 'another visit' } }, 'params.cid'],
    [{ params: { event1: '5' } }, 'params.event1'],
    [{ params: { a: '1', A: '2' } }, 'params'],
    [{ tokens: { 'a b': '1' } }, 'tokens.a b'],
    [{ numbers: { set: { score: '1,5' } } }, 'numbers.set.score'],
    [{ numbers: { add: { score: 0.1 } } }, 'numbers.add.score'],
  ])('is refused as %j, which would not be kept as it is meant', async (update, field) => {
    const rig = await openConversionsRig(stores)
    const answer = await rig.send('POST', `/visits/${rig.world.visit()}/update`, update)
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } })
    expect(await rig.api.store.db.selectFrom('hits').selectAll().execute()).toEqual([])
  })
})
