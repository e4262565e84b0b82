import { describe, expect, it } from 'vitest'
import { CostCorrector } from '../../src/corrections/correct-costs.ts'
import type { CostRequest } from '../../src/corrections/cost-request.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { listAudit } from '../../src/store/audit-log.ts'
import { listCostCorrections } from '../../src/store/cost-corrections.ts'
import { countOutbox } from '../../src/store/ledger-outbox.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { visitRow } from '../support/ledger-world.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'
import { COST_REQUEST, NOON, openCostsWorld, useCorrectionsWorlds, visits } from './corrections-world.ts'

const DAY_MS = 86_400_000
const ACTOR = 'user:u'

describe.each(SQL_ENGINES)('an undone correction of costs on %s', (engine) => {
  const openWorld = useCorrectionsWorlds(useStores(engine))

  async function open(rows: readonly LedgerRow[]) {
    const world = await openCostsWorld(openWorld, rows)
    let now = NOON
    const process = () => {
      const { store, ledger, corrector } = world
      return new CostCorrector({ store, ledger, catchUp: corrector.catchUp, clock: () => now })
    }
    const costs = process()
    const apply = async (key: string, changes: Partial<CostRequest> = {}) => {
      now += 1_000
      const applied = await costs.apply(
        { workspace: 'w', key, actor: ACTOR },
        { ...COST_REQUEST, ...changes },
      )
      if (!applied.ok) throw new Error(applied.reason)
      return { workspace: 'w', id: applied.correction.id }
    }
    const pass = (ms: number) => {
      now += ms
    }
    return { world, costs, process, apply, pass }
  }

  it('leaves exactly the costs of before, to the micro, in every dimension and hour', async () => {
    const { world, costs, apply } = await open([
      ...visits(2, { country: 'DE', sub1: 'a', tokens: { zone: '7' }, cost: '0.000001' }),
      ...visits(1, { country: 'FR', at: NOON + 3_600_000, cost: '0.5' }),
    ])
    await world.caughtUp()
    const look = async () =>
      await Promise.all(
        ['country', 'sub1', 'token:zone', 'hour_of_day', 'campaign'].map((each) =>
          world.report(each, ['cost']),
        ),
      )
    const before = await look()
    const key = await apply('k')
    // Though the ledger may not have the rows yet that it takes back.
    const undone = await costs.undo(key, ACTOR)
    expect(undone).toMatchObject({
      ok: true,
      correction: {
        undoes: key.id,
        amountMicros: -9_499_998,
        answer: { costBefore: '10.000000', costAfter: '0.500002', difference: '-9.499998' },
      },
    })
    await world.caughtUp()
    expect(await look()).toEqual(before)
  })

  it('is taken back once, however often, by however many processes and at once', async () => {
    const { world, costs, process, apply } = await open(visits(3))
    const key = await apply('k')
    const both = [costs, process(), process()]
    const answers = await Promise.all([...both, ...both].map((each) => each.undo(key, ACTOR)))
    answers.push(await costs.undo(key, ACTOR))
    expect(answers.every((answer) => answer.ok)).toBe(true)
    expect(new Set(answers.map((answer) => answer.ok && answer.correction.id)).size).toBe(1)
    expect((await listAudit(world.store.db, 'w', { limit: 10 })).items).toEqual([
      expect.objectContaining({ actor: ACTOR, action: 'cost_correction.undo', subjectId: key.id }),
    ])
    await world.caughtUp()
    expect(await world.report('campaign', ['cost'])).toEqual([])
    const { items } = await listCostCorrections(world.store.db, 'w', { limit: 10 })
    expect(items).toHaveLength(2)
  })

  it('is taken back together with the entry of the audit log that says so, or not at all', async () => {
    const { world, costs, apply } = await open(visits(3))
    const key = await apply('k')
    await world.caughtUp()
    const { db } = world.store
    await db.schema.alterTable('audit_log').renameTo('audit_log_away').execute()
    await expect(costs.undo(key, ACTOR)).rejects.toThrow('audit_log')
    await db.schema.alterTable('audit_log_away').renameTo('audit_log').execute()
    expect(await countOutbox(db)).toBe(0)
    expect((await listCostCorrections(db, 'w', { limit: 10 })).items).toHaveLength(1)
    expect(await costs.undo(key, ACTOR)).toMatchObject({ ok: true })
    expect((await listAudit(db, 'w', { limit: 10 })).items).toHaveLength(1)
    await world.caughtUp()
    expect(await world.report('campaign', ['cost'])).toEqual([])
  })

  it('is not taken back under a later one of the same visits, which is named; after that one it is', async () => {
    const { world, costs, apply } = await open(visits(2, { cost: '1' }))
    const first = await apply('first')
    const second = await apply('second', { mode: 'percent', amountMicros: 10_000_000 })
    const refusal = { ok: false, reason: 'later', later: { id: second.id } }
    expect(await costs.previewUndo(first)).toMatchObject(refusal)
    expect(await costs.undo(first, ACTOR)).toMatchObject(refusal)
    await world.caughtUp()
    expect(await world.report('campaign', ['cost'])).toEqual(['c 11'])
    expect(await costs.undo(second, ACTOR)).toMatchObject({ ok: true })
    await world.caughtUp()
    expect(await world.report('campaign', ['cost'])).toEqual(['c 10'])
    expect(await costs.undo(first, ACTOR)).toMatchObject({ ok: true })
    await world.caughtUp()
    expect(await world.report('campaign', ['cost'])).toEqual(['c 2'])
  })

  it('is taken back beside later ones of other days and other campaigns', async () => {
    const { world, costs, apply } = await open([
      ...visits(1, { campaign_id: 'a' }),
      ...visits(1, { campaign_id: 'b' }),
      ...visits(1, { campaign_id: 'a', at: NOON + DAY_MS }),
    ])
    const of = (campaign: string) => [{ dimension: 'campaign', operator: 'is', values: [campaign] }] as const
    const first = await apply('first', { filters: of('a') })
    await apply('other campaign', { filters: of('b'), amountMicros: 2_000_000 })
    const range = { type: 'days', from: '2026-11-23', to: '2026-11-23' } as const
    await apply('other day', { filters: of('a'), range, amountMicros: 3_000_000 })
    expect(await costs.undo(first, ACTOR)).toMatchObject({ ok: true })
    await world.caughtUp()
    expect(await world.report('campaign', ['cost'])).toEqual(['a 3', 'b 2'])
    expect(await costs.undo(await apply('times', { range: times(NOON) }), ACTOR)).toMatchObject({ ok: true })
  })

  it('is not taken back under a later one that a process with a slow clock made', async () => {
    const { world, costs, apply, pass } = await open(visits(2, { cost: '1' }))
    const first = await apply('first')
    pass(-DAY_MS)
    const second = await apply('second', { amountMicros: 6_000_000 })
    expect(await costs.undo(first, ACTOR)).toMatchObject({ ok: false, later: { id: second.id } })
    await world.caughtUp()
  })

  it('of two processes, neither corrects a cost that the other has changed since', async () => {
    const { world, costs, process, apply } = await open(visits(2, { cost: '1' }))
    const key = await apply('first')
    const other = process()
    const [undone, applied] = await Promise.all([
      costs.undo(key, ACTOR),
      other.apply(
        { workspace: 'w', key: 'second', actor: ACTOR },
        { ...COST_REQUEST, amountMicros: 6_000_000 },
      ),
    ])
    expect(applied.ok).toBe(true)
    await world.caughtUp()
    // Whichever came first, the total that was asked for is what the visits cost; or the undo was refused.
    expect(undone.ok || undone.reason === 'later').toBe(true)
    expect(await world.report('campaign', ['cost'])).toEqual(['c 6'])
  })

  it('takes back what one that added nothing added, and no undo, no stranger and nothing that is too old', async () => {
    const { world, costs, apply, pass } = await open(visits(2, { cost: '1' }))
    const none = await apply('none', { amountMicros: 2_000_000 })
    const undone = await costs.undo(none, ACTOR)
    if (!undone.ok) throw new Error(undone.reason)
    expect(undone.correction.amountMicros).toBe(0)
    const undo = { workspace: 'w', id: undone.correction.id }
    expect(await costs.undo(undo, ACTOR)).toEqual({ ok: false, reason: 'is_undo' })
    expect(await costs.undo({ ...none, workspace: 'other' }, ACTOR)).toEqual({ ok: false, reason: 'unknown' })
    const old = await apply('old')
    pass(31 * DAY_MS)
    expect(await costs.previewUndo(old)).toEqual({ ok: false, reason: 'not_kept' })
    await apply('forgets the rows of the old one', { filters: [], amountMicros: 1 })
    const kept = await world.store.db.selectFrom('cost_correction_rows').select('correction_id').execute()
    expect(kept).toHaveLength(1)
    await world.caughtUp()
    expect(await countOutbox(world.store.db)).toBe(0)
  })

  it('tells before what each campaign costs on each day, the largest differences first, and counts the others', async () => {
    const { world, costs, apply } = await open([
      ...visits(3, { campaign_id: 'a', cost: '1' }),
      ...visits(1, { campaign_id: 'b' }),
      ...visits(1, { campaign_id: 'b', at: NOON + DAY_MS }),
      ...Array.from({ length: 150 }, (_, i) => visitRow({ at: NOON, campaign_id: `c${100 + i}` })),
    ])
    const range = { type: 'days', from: '2026-11-22', to: '2026-11-23' } as const
    const perVisit = { range, mode: 'per_visit', amountMicros: 250_000 } as const
    const preview = await costs.preview('w', { ...COST_REQUEST, ...perVisit })
    if (!preview.ok) throw new Error(preview.reason)
    const { lines, more } = preview.breakdown
    expect(lines).toHaveLength(100)
    expect(lines.slice(0, 3)).toEqual([
      line('a', '2026-11-22', { visits: 3, costs: ['3.000000', '0.750000', '-2.250000'] }),
      line('b', '2026-11-22', { visits: 1, costs: ['0.000000', '0.250000', '0.250000'] }),
      line('c100', '2026-11-22', { visits: 1, costs: ['0.000000', '0.250000', '0.250000'] }),
    ])
    expect(more).toEqual({ lines: 53, difference: '13.250000' })
    const key = await apply('k', perVisit)
    const undo = await costs.previewUndo(key)
    expect(undo).toMatchObject({
      answer: { visits: 155, costBefore: '38.750000', costAfter: '3.000000', difference: '-35.750000' },
    })
    expect('breakdown' in undo && undo.breakdown.lines[0]).toEqual(
      line('a', '2026-11-22', { visits: 3, costs: ['0.750000', '3.000000', '2.250000'] }),
    )
    await world.caughtUp()
  })
})

describe.each(SQL_ENGINES)('POST /api/v1/cost-corrections/{id}/undo on %s', (engine) => {
  const stores = useStores(engine)

  it('says before, undoes, lists both and tells why not', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const send = async (url: string, payload: object, role: 'manager' | 'viewer' = 'manager') =>
      await api.app.inject({
        method: 'POST',
        url: `/api/v1/cost-corrections${url}`,
        headers: { authorization: `Bearer ${world.keys[role]}` },
        payload,
      })
    const days = { from: '2026-11-22', to: '2026-11-22' }
    const body = { ...days, key: 'a', mode: 'total', amount: '12.5' }
    const preview = (await send('', { ...body, preview: true })).json()
    expect(preview).toMatchObject({ lines: [{ visits: 1, difference: '12.500000' }], more: { lines: 0 } })
    const { id } = (await send('', body)).json()
    const later = (await send('', { ...body, key: 'b' })).json()
    const refused = await send(`/${id}/undo`, { preview: true })
    expect(refused.json()).toMatchObject({ status: 409, code: 'later_correction' })
    expect(refused.json().detail).toContain('key "b"')
    expect((await send(`/${later.id}/undo`, {}, 'viewer')).statusCode).toBe(403)
    await send(`/${later.id}/undo`, {})
    const told = (await send(`/${id}/undo`, { preview: true })).json()
    expect(told).toMatchObject({ preview: true, difference: '-12.500000', rows: 1 })
    const undone = (await send(`/${id}/undo`, {})).json()
    expect(undone).toMatchObject({ preview: false, undoes: id, difference: '-12.500000' })
    expect((await send(`/${id}/undo`, {})).json()).toEqual(undone)
    // What was undone is not applied again by its key.
    expect((await send('', body)).json()).toMatchObject({ id, undoneBy: undone.id })
    expect((await send(`/${undone.id}/undo`, {})).json()).toMatchObject({ status: 409, code: 'is_undo' })
    const list = await api.app.inject({
      url: '/api/v1/cost-corrections',
      headers: { authorization: `Bearer ${world.keys.viewer}` },
    })
    const items: readonly { id: string }[] = list.json().items
    expect(items.find((item) => item.id === id)).toMatchObject({ undoneBy: undone.id, canUndo: false })
    expect(items.find((item) => item.id === undone.id)).toMatchObject({ undoes: id, canUndo: false })
    const audited = await api.store.db
      .selectFrom('audit_log')
      .selectAll()
      .where('action', '=', 'cost_correction.undo')
      .execute()
    expect(audited.map((row) => row.subject_id)).toEqual([later.id, id])
  })
})

function times(at: number): CostRequest['range'] {
  return { type: 'times', fromSeconds: at / 1_000, toSeconds: at / 1_000 + 60 }
}

type Costs = { readonly visits: number; readonly costs: readonly [string, string, string] }

function line(campaignId: string, day: string, { visits, costs }: Costs) {
  const [costBefore, costAfter, difference] = costs
  return { campaignId, day, visits, costBefore, costAfter, difference }
}
