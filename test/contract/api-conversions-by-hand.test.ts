import { describe, expect, it } from 'vitest'
import { BULK_STATUS_JOB } from '../../src/conversions/bulk-status.ts'
import { CONVERSIONS_COUNTED_MAX, countConversions } from '../../src/store/count-conversions.ts'
import { newRecordId } from '../../src/store/ids.ts'
import { createJob, getJob } from '../../src/store/jobs.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import type { World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { type ConversionsRig, openConversionsRig } from './api-conversions-rig.ts'

describe.each(SQL_ENGINES)('a conversion reported by hand on %s', (engine) => {
  const stores = useStores(engine)

  it('is judged as a postback is, without the checks of a sender', async () => {
    const network = { token: 'secret', ipAllowlist: ['192.0.2.1'], signingSecret: 'sign' }
    const rig = await openConversionsRig(stores, { network })
    const clickId = rig.world.visit()
    const report = { clickId, event: 'lead', payout: '2.5', txid: 'T', status: 'pending' }
    const { status, body } = await rig.send('POST', '/conversions', report)
    expect([status, body.outcome, body.reason]).toEqual([200, 'recorded', ''])
    expect(await rig.conversions()).toEqual([
      { click_id: clickId, event: 'lead', txid: 'T', status: 'pending', revenue_micros: 2_500_000 },
    ])
    expect((await rig.send('GET', `/hits/${body.hit}`)).body).toMatchObject({ kind: 'manual' })
  })

  it('names who reported it, in the history and at the hit; what a network sends names nobody', async () => {
    const rig = await openConversionsRig(stores)
    const clickId = rig.world.visit()
    const { body: answer } = await rig.send('POST', '/conversions', { clickId, payout: '1' })
    const actor = expect.stringMatching(/^key:./)
    const { body: shown } = await rig.send('GET', `/conversions/${answer.conversion}`)
    expect(shown.history).toMatchObject([{ n: 1, actor, hitId: answer.hit }])
    expect((await rig.send('GET', `/hits/${answer.hit}`)).body.reportedBy).toEqual(actor)

    await rig.world.judge.judge([rig.world.hit({ cid: clickId, status: 'rejected' })])
    const { body: later } = await rig.send('GET', `/conversions/${answer.conversion}`)
    expect(later.history).toMatchObject([{ n: 1 }, { n: 2, actor: 'hit', hitId: 'hit-1' }])
    expect((await rig.send('GET', '/hits/hit-1')).body.reportedBy).toBe('')
  })

  it('is counted once under the same key', async () => {
    const rig = await openConversionsRig(stores, { network: { duplicatePolicy: 'add' } })
    const report = { clickId: rig.world.visit(), payout: '1', key: 'order 17' }
    const first = await rig.send('POST', '/conversions', report)
    expect((await rig.send('POST', '/conversions', report)).body).toEqual(first.body)
    expect(await rig.conversions()).toHaveLength(1)
    await rig.send('POST', '/conversions', { ...report, key: 'order 18' })
    expect(await rig.conversions()).toHaveLength(2)
  })

  it('is refused for a click id that is not one of the workspace', async () => {
    const rig = await openConversionsRig(stores)
    const other = await createWorkspace(rig.api.store.db, PLAIN_WORKSPACE, rig.world.time.now)
    const foreign = rig.world.visit({ workspace: other.id })
    for (const clickId of [foreign, rig.world.clickId(), 'forged']) {
      const answer = await rig.send('POST', '/conversions', { clickId })
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'clickId' }] } })
    }
    expect(await rig.conversions()).toEqual([])
    expect((await rig.send('GET', '/hits')).body.items).toEqual([])
  })

  it('is answered 503 while the ledger is away, and nothing is kept', async () => {
    const rig = await openConversionsRig(stores)
    const clickId = rig.world.visit()
    rig.world.fault.ledger = Object.assign(new Error('away'), { code: 'ledger_unavailable' })
    expect(await rig.send('POST', '/conversions', { clickId })).toMatchObject({ status: 503 })
    rig.world.fault.ledger = undefined
    expect((await rig.send('GET', '/hits')).body.items).toEqual([])
  })
})

describe.each(SQL_ENGINES)('the status of many on %s', (engine) => {
  const stores = useStores(engine)

  it('changes one by one: what is refused says why and holds up no other', async () => {
    const rig = await openConversionsRig(stores)
    const [good, trash] = [await convert(rig), await convert(rig, { status: 'trash' })]
    const body = { ids: [good, trash, 'nobody', good], status: 'rejected', reason: 'returned' }
    const answer = await rig.send('POST', '/conversions/bulk-status', body)
    expect(answer.body).toMatchObject({ changed: 1, refused: 2, jobId: '' })
    expect(answer.body.results).toEqual([
      { id: good, changed: true, reason: '' },
      { id: trash, changed: false, reason: expect.stringContaining('trash is final') },
      { id: 'nobody', changed: false, reason: 'there is no such conversion' },
    ])
    const { body: shown } = await rig.send('GET', `/conversions/${good}`)
    expect(shown.history).toMatchObject([{ n: 1 }, { n: 2, toStatus: 'rejected', reason: 'returned' }])
  })

  it('are counted to a limit, beyond which there are more', async () => {
    const rig = await openConversionsRig(stores)
    for (const status of ['pending', 'pending', 'approved']) await convert(rig, { status })
    const { workspaceId: workspace, time } = rig.world
    const until = time.now + 1
    const counted = async (countMax: number) =>
      await countConversions(rig.api.store.db, workspace, {}, { until, countMax })
    expect([await counted(1), await counted(2), await counted(3)]).toEqual([2, 3, 3])
    const order = { workspace, kind: BULK_STATUS_JOB, params: {}, actor: 'system' }
    const many = await createJob(rig.api.store.db, { ...order, total: CONVERSIONS_COUNTED_MAX + 1 }, until)
    const shown = await rig.send('GET', `/jobs/${many.id}`)
    expect(shown.body).toMatchObject({ total: CONVERSIONS_COUNTED_MAX, isTotalCut: true })
  })

  it('changes what a filter names, and nothing else', async () => {
    const rig = await openConversionsRig(stores)
    for (const status of ['pending', 'pending', 'approved']) await convert(rig, { status })
    const body = { filter: { status: 'pending' }, status: 'trash', reason: 'test orders' }
    expect((await rig.send('POST', '/conversions/bulk-status', body)).body).toMatchObject({ changed: 2 })
    expect(await statuses(rig)).toEqual(['approved', 'trash', 'trash'])
    const both = { status: 'approved', createdFrom: '2020-01-01', createdTo: '2020-01-02T00:00:00.000Z' }
    await rig.send('POST', '/conversions/bulk-status', { ...body, filter: both })
    const log = await rig.send('GET', '/audit-log?action=conversion.bulk_status')
    const filters = log.body.items.map(({ detail }: { detail: { filter: object } }) => detail.filter)
    expect(filters).toHaveLength(2)
    expect(filters).toContainEqual(body.filter)
    expect(filters).toContainEqual({ ...both, createdFrom: '2020-01-01T00:00:00.000Z' })
  })

  it('refuses a filter that names nothing or one end of a time alone, and more ids than it takes', async () => {
    const rig = await openConversionsRig(stores)
    const from = { filter: { createdFrom: '2020-01-01' } }
    const to = { filter: { createdTo: '2040-01-01' } }
    const wrong = [{ filter: {} }, from, to, { ids: [] }, { ids: Array.from({ length: 1_001 }, String) }, {}]
    for (const body of wrong) {
      const answer = await rig.send('POST', '/conversions/bulk-status', {
        ...body,
        status: 'trash',
        reason: 'x',
      })
      expect(answer.status).toBe(400)
    }
  })

  it('is left to a job when there are more than a thousand', async () => {
    const rig = await openConversionsRig(stores)
    await convertMany(rig, 1_001)
    const body = { filter: { status: 'pending' }, status: 'approved', reason: 'paid' }
    const { body: answer } = await rig.send('POST', '/conversions/bulk-status', body)
    expect(answer).toMatchObject({ changed: 0, results: [] })
    expect((await rig.send('GET', `/jobs/${answer.jobId}`)).body).toMatchObject({
      kind: BULK_STATUS_JOB,
      state: 'waiting',
      total: 1_001,
      params: { filter: body.filter, status: 'approved', reason: 'paid' },
    })
  })

  it('is changed by a job page by page, across a restart', async () => {
    const rig = await openConversionsRig(stores)
    await convertMany(rig, 101)
    const { db } = rig.api.store
    const workspace = rig.world.workspaceId
    const params = { filter: { status: 'pending' }, status: 'approved', reason: 'paid' }
    const wanted = { workspace, kind: BULK_STATUS_JOB, params, actor: 'user:u1', total: 101 }
    const { id } = await createJob(db, wanted, rig.world.time.now)
    await expect(rig.interruptedJob(id)).rejects.toThrow('killed')
    const later = await convert(rig, { status: 'pending' }, 5_000)
    await rig.finishJob(id)
    expect(await getJob(db, { workspace, id })).toMatchObject({
      state: 'done',
      result: { status: 'approved', refused: 0 },
    })
    const left = await db.selectFrom('conversions').select('id').where('status', '=', 'pending').execute()
    // What came after the job is not what was meant.
    expect(left).toEqual([{ id: later }])
  })
})

describe.each(SQL_ENGINES)('the unmatched inbox on %s', (engine) => {
  const stores = useStores(engine)

  it('takes a hit whose visit a person names, and judges it anew', async () => {
    const rig = await openConversionsRig(stores)
    const clickId = rig.world.visit()
    const [lost] = await rig.world.judge.judge([rig.world.hit({ cid: 'mistyped', payout: '3' })])
    const { status, body } = await rig.send('POST', `/hits/${lost?.hit}/match`, { clickId })
    expect([status, body.outcome]).toEqual([200, 'recorded'])
    expect(await rig.conversions()).toMatchObject([{ click_id: clickId, revenue_micros: 3_000_000 }])
    const again = await rig.send('POST', `/hits/${lost?.hit}/match`, { clickId })
    expect(again).toMatchObject({ status: 409, body: { code: 'not_unmatched' } })
    const log = await rig.api.store.db.selectFrom('audit_log').select('action').execute()
    expect(log).toContainEqual({ action: 'hit.match' })
  })

  it('does not let a member match to a visit of another workspace', async () => {
    const rig = await openConversionsRig(stores)
    const [lost] = await rig.world.judge.judge([rig.world.hit({ cid: 'mistyped' })])
    const other = await createWorkspace(rig.api.store.db, PLAIN_WORKSPACE, rig.world.time.now)
    for (const clickId of [rig.world.visit({ workspace: other.id }), rig.world.clickId(), 'x']) {
      const answer = await rig.send('POST', `/hits/${lost?.hit}/match`, { clickId })
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'clickId' }] } })
    }
  })

  it('gives a hit of no workspace to the owner of its visit alone', async () => {
    const rig = await openConversionsRig(stores)
    const other = await createWorkspace(rig.api.store.db, PLAIN_WORKSPACE, rig.world.time.now)
    const [lost] = await rig.world.judge.judge([rig.world.hit({ cid: 'mistyped' })])
    const path = `/hits/${lost?.hit}/match`
    expect((await rig.send('GET', `/hits/${lost?.hit}`)).status).toBe(404)
    const foreign = rig.world.visit({ workspace: other.id })
    expect((await rig.send('POST', path, { clickId: foreign })).status).toBe(404)
    const clickId = rig.world.visit()
    const byManager = await rig.api.app.inject({
      method: 'POST',
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${rig.managerKey}` },
      payload: { clickId },
    })
    expect(byManager.statusCode).toBe(404)
    expect((await rig.send('POST', path, { clickId })).body).toMatchObject({ outcome: 'recorded' })
    expect((await rig.send('GET', `/hits/${lost?.hit}`)).status).toBe(200)
  })

  it('is judged anew on demand: some, or all', async () => {
    const rig = await openConversionsRig(stores)
    const late = rig.world.visit()
    const found = takeAway(rig.world, late)
    const hits = [rig.world.hit({ cid: late }), rig.world.hit({ cid: 'mistyped' })]
    const answers = await rig.world.judge.judge(hits)
    expect(answers.map(({ outcome }) => outcome)).toEqual(['unmatched', 'unmatched'])
    expect((await rig.send('POST', '/hits/rematch', { ids: [hits[0]?.id] })).body).toEqual({
      judged: 1,
      matched: 0,
    })
    rig.world.visits.set(late, found)
    expect((await rig.send('POST', '/hits/rematch', { all: true })).body).toEqual({ judged: 2, matched: 1 })
    expect(await rig.conversions()).toHaveLength(1)
    expect((await rig.send('POST', '/hits/rematch', {})).status).toBe(400)
  })
})

describe.each(SQL_ENGINES)('events on %s', (engine) => {
  const stores = useStores(engine)

  it('have a name of their own in any case, and say what they count as', async () => {
    const rig = await openConversionsRig(stores)
    const fee = { name: 'Fee', counts: { conversion: false, revenue: false, cost: true } }
    const { status, body } = await rig.send('POST', '/events', fee)
    expect([status, body.counts]).toEqual([201, fee.counts])
    expect(await rig.send('POST', '/events', { name: 'FEE' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'name' }] },
    })
    const both = { name: 'both', counts: { conversion: true, revenue: true, cost: true } }
    expect(await rig.send('POST', '/events', both)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'counts' }] },
    })
    expect((await rig.send('PATCH', `/events/${body.id}`, { name: 'fee' })).status).toBe(200)
    expect((await rig.send('DELETE', `/events/${body.id}`)).status).toBe(204)
    expect((await rig.send('POST', '/events', { name: 'Fee' })).body.counts).toEqual({
      conversion: true,
      revenue: true,
      cost: false,
    })
  })
})

/** @returns the id of a new conversion, `laterMs` after the world's time. */
async function convert(
  { world }: ConversionsRig,
  params: Readonly<Record<string, string>> = {},
  laterMs = 0,
): Promise<string> {
  const at = world.time.now + laterMs
  const [answer] = await world.judge.judge([world.hit({ cid: world.visit(), ...params }, { at })])
  if (answer?.conversion === undefined) throw new Error(`no conversion: ${answer?.reason}`)
  return answer.conversion
}

async function convertMany({ world }: ConversionsRig, count: number): Promise<void> {
  const hits = Array.from({ length: count }, () => world.hit({ cid: world.visit(), status: 'pending' }))
  for (let start = 0; start < count; start += 250) {
    await world.judge.judge(hits.slice(start, start + 250).map((hit) => ({ ...hit, id: newRecordId(1) })))
  }
}

async function statuses(rig: ConversionsRig): Promise<readonly string[]> {
  const rows = await rig.api.store.db.selectFrom('conversions').select('status').execute()
  return rows.map(({ status }) => status).sort()
}

function takeAway({ visits }: World, clickId: string) {
  const found = visits.get(clickId)
  if (found === undefined) throw new Error('there is no such visit')
  visits.delete(clickId)
  return found
}
