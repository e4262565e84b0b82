import { describe, expect, it } from 'vitest'
import { CostCorrector } from '../../src/corrections/correct-costs.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { saveRates } from '../../src/store/currency-rates.ts'
import { countOutbox } from '../../src/store/ledger-outbox.ts'
import { updateTrafficSource } from '../../src/store/traffic-sources.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { visitRow } from '../support/ledger-world.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'
import {
  COST_REQUEST,
  type CorrectionsWorld,
  NOON,
  openCostsWorld,
  useCorrectionsWorlds,
  visits,
} from './corrections-world.ts'

/** Half past eleven at night in UTC: the next day in Berlin. */
const LATE = Date.UTC(2026, 10, 21, 23, 30)
const SENT = { workspace: 'w', key: 'k', actor: 'user:u' }

describe.each(SQL_ENGINES)('a correction of costs on %s', (engine) => {
  const openWorld = useCorrectionsWorlds(useStores(engine))

  async function open(
    rows: readonly LedgerRow[],
  ): Promise<{ world: CorrectionsWorld; costs: CostCorrector }> {
    const world = await openCostsWorld(openWorld, rows)
    const { store, ledger, corrector } = world
    return { world, costs: new CostCorrector({ store, ledger, catchUp: corrector.catchUp, clock: Date.now }) }
  }

  it('makes all visits together cost the total, to the micro, in every dimension', async () => {
    const { world, costs } = await open([
      ...visits(2, { country: 'DE', sub1: 'a', tokens: { zone: '7' } }),
      ...visits(1, { country: 'FR', at: NOON + 3_600_000 }),
      ...visits(1, { country: 'XX', at: NOON - 3 * 86_400_000 }),
    ])
    const applied = await costs.apply(SENT, COST_REQUEST)
    expect(applied).toMatchObject({
      ok: true,
      correction: { answer: { visits: 3, costBefore: '0.000000', costAfter: '10.000000', rows: 2 } },
    })
    await world.caughtUp()
    expect(await world.report('country', ['cost'])).toEqual(['DE 6.666667', 'FR 3.333333'])
    expect(await world.report('sub1', ['cost'])).toEqual([' 3.333333', 'a 6.666667'])
    expect(await world.report('token:zone', ['cost'])).toEqual([' 3.333333', '7 6.666667'])
    expect(await world.report('hour_of_day', ['cost'])).toEqual(['12 6.666667', '13 3.333333'])
  })

  it('is applied once per key: sent again, at once or later, it gets the first answer', async () => {
    const { world, costs } = await open(visits(3))
    const answers = await Promise.all([costs.apply(SENT, COST_REQUEST), costs.apply(SENT, COST_REQUEST)])
    answers.push(await costs.apply(SENT, COST_REQUEST))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    const other = await costs.apply(SENT, { ...COST_REQUEST, amountMicros: 1 })
    expect(other).toEqual({ ok: false, reason: 'key_used' })
    await world.caughtUp()
    expect(await world.report('campaign', ['cost'])).toEqual(['c 10'])
  })

  it('counts what an earlier correction added, though the ledger did not have it when this one was sent', async () => {
    const { world, costs } = await open(visits(3, { cost: '1' }))
    const sent = [10, 4, 7].map((units) =>
      costs.apply({ ...SENT, key: `k${units}` }, { ...COST_REQUEST, amountMicros: units * 1_000_000 }),
    )
    const differences = (await Promise.all(sent)).map((result) => result.ok && result.correction.amountMicros)
    expect(differences).toEqual([7_000_000, -6_000_000, 3_000_000])
    await world.caughtUp()
    expect(await world.report('campaign', ['cost'])).toEqual(['c 7'])
  })

  it('makes each visit cost the amount, whatever it cost before', async () => {
    const { world, costs } = await open([
      ...visits(3, { country: 'DE', cost: '1' }),
      ...visits(2, { country: 'FR', bot: 'user_agent', visits: 0, bot_visits: 1 }),
      ...visits(2, { country: 'FR' }),
    ])
    await costs.apply(SENT, { ...COST_REQUEST, mode: 'per_visit', amountMicros: 250_000 })
    await world.caughtUp()
    expect(await world.report('country', ['cost'])).toEqual(['DE 0.75', 'FR 0.5'])
  })

  it('raises costs by percent where they are, and exchanges other currencies', async () => {
    const { world, costs } = await open([
      ...visits(1, { country: 'DE', cost: '2' }),
      ...visits(1, { country: 'FR', cost: '1' }),
      ...visits(5, { country: 'IT' }),
    ])
    await costs.apply(SENT, { ...COST_REQUEST, mode: 'percent', amountMicros: 12_500_000 })
    await world.caughtUp()
    expect(await world.report('country', ['cost'])).toEqual(['DE 2.25', 'FR 1.125'])
    expect(await costs.preview('w', { ...COST_REQUEST, currency: 'EUR' })).toEqual({
      ok: false,
      reason: 'no_rate',
    })
    await saveRates(world.store.db, { EUR: 800_000 }, 1)
    const preview = await costs.preview('w', { ...COST_REQUEST, currency: 'EUR' })
    expect(preview).toMatchObject({ ok: true, answer: { costBefore: '3.375000', costAfter: '12.500000' } })
  })

  it('reaches what its filters let through, and keeps what they look at', async () => {
    const { world, costs } = await open([
      ...visits(2, { city: 'Bonn', tokens: { zone: '7', other: 'x' } }),
      ...visits(2, { city: 'Ulm', tokens: { zone: '7' } }),
      ...visits(2, { city: 'Bonn', tokens: { zone: '8' } }),
    ])
    const filters = [
      { dimension: 'city', operator: 'is', values: ['Bonn'] },
      { dimension: 'token:zone', operator: 'is_not', values: ['8'] },
    ] as const
    const first = await costs.apply(SENT, { ...COST_REQUEST, filters })
    expect(first).toMatchObject({
      correction: { answer: { visits: 2, dimensions: expect.arrayContaining(['city']) } },
    })
    const again = await costs.preview('w', { ...COST_REQUEST, filters })
    expect(again).toMatchObject({ answer: { costBefore: '10.000000', difference: '0.000000', rows: 0 } })
    await world.caughtUp()
    expect(await world.report('city', ['cost'])).toEqual(['Bonn 10'])
    expect(await world.report('token:zone', ['cost'])).toEqual(['7 10'])
  })

  it('begins days in the time zone, and takes exact times', async () => {
    const { world, costs } = await open([
      ...visits(1, { country: 'DE', at: LATE }),
      ...visits(1, { country: 'FR', at: NOON }),
      ...visits(1, { country: 'IT', at: NOON + 60_000 }),
    ])
    const berlin = await costs.preview('w', { ...COST_REQUEST, timeZone: 'Europe/Berlin' })
    expect(berlin).toMatchObject({ answer: { visits: 3 } })
    const range = { type: 'times', fromSeconds: NOON / 1_000, toSeconds: NOON / 1_000 + 60 } as const
    expect(await costs.apply(SENT, { ...COST_REQUEST, range })).toMatchObject({
      correction: { answer: { visits: 1 } },
    })
    // The row lies within the range, not at the beginning of its hour.
    expect(await costs.preview('w', { ...COST_REQUEST, range })).toMatchObject({
      answer: { costBefore: '10.000000' },
    })
    await world.caughtUp()
    expect(await world.report('country', ['cost'])).toEqual(['FR 10'])
  })

  it('spreads over unique visits alone when asked', async () => {
    const { world, costs } = await open([
      ...visits(1, { country: 'DE', unique_visits: 1 }),
      ...visits(5, { country: 'FR' }),
    ])
    await costs.apply(SENT, { ...COST_REQUEST, onlyUnique: true })
    await world.caughtUp()
    expect(await world.report('country', ['cost'])).toEqual(['DE 10'])
  })

  it('adds nothing where there is no visit', async () => {
    const { world, costs } = await open(visits(2, { workspace: 'other' }))
    expect(await costs.apply(SENT, COST_REQUEST)).toEqual({ ok: false, reason: 'no_visits' })
    expect(await countOutbox(world.store.db)).toBe(0)
  })

  it('tells fewer dimensions apart where there would be too many rows', async () => {
    const { world, costs } = await open(
      Array.from({ length: 10_050 }, (_, i) =>
        visitRow({ at: NOON, sub1: `s${i}`, country: i % 2 ? 'DE' : 'FR' }),
      ),
    )
    const applied = await costs.apply(SENT, COST_REQUEST)
    const answer = applied.ok ? applied.correction.answer : {}
    expect(answer).toMatchObject({ visits: 10_050, rows: 2, dimensions: expect.arrayContaining(['country']) })
    expect(answer).not.toMatchObject({ dimensions: expect.arrayContaining(['sub1']) })
    await world.caughtUp()
    expect(await world.report('country', ['cost'])).toEqual(['DE 5', 'FR 5'])
  }, 60_000)
})

describe('POST /api/v1/cost-corrections', () => {
  const stores = useStores('sqlite')
  const days = { from: '2026-11-22', to: '2026-11-22' }

  it('previews, applies, lists, and tells what is wrong', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const send = async (body: object) =>
      await api.app.inject({
        method: 'POST',
        url: '/api/v1/cost-corrections',
        headers: { authorization: `Bearer ${world.keys.manager}` },
        payload: { ...days, key: 'a', mode: 'total', amount: '12.5', ...body },
      })
    expect((await send({ preview: true })).json()).toMatchObject({
      preview: true,
      visits: 1,
      costAfter: '12.500000',
    })
    const applied = await send({})
    expect(applied.json()).toMatchObject({ preview: false, key: 'a', rows: 1, difference: '12.500000' })
    expect((await send({})).json()).toEqual(applied.json())
    expect((await send({ amount: '13' })).json()).toMatchObject({ status: 409, code: 'key_used' })
    // Days begin where the invoice's do: in the zone of the one source that the filters name.
    const source = world.ids['traffic-sources'] ?? ''
    await updateTrafficSource(
      api.store.db,
      { workspace: world.workspace, id: source },
      { timeZone: 'Asia/Tokyo' },
      1,
    )
    const named = { dimension: 'source', operator: 'is', values: [source] }
    await send({ key: 'tokyo', filters: [named] })
    await send({ key: 'told', filters: [named], timeZone: 'Europe/Paris' })
    await send({ key: 'two', filters: [{ ...named, values: [source, 'other'] }] })
    const zones = await api.store.db.selectFrom('cost_corrections').select(['key', 'request_json']).execute()
    expect(
      Object.fromEntries(zones.map((row) => [row.key, JSON.parse(row.request_json).request.timeZone])),
    ).toMatchObject({ tokyo: 'Asia/Tokyo', told: 'Europe/Paris', two: 'UTC' })
    const wrong = [
      { amount: '-1' },
      { mode: 'percent', amount: '1.00001' },
      { to: '2026-11-21' },
      { from: '2020-01-01' },
      { to: '2026-11-23T00:00:00Z' },
      { from: '2026-11-22T00:00:00.5Z', to: '2026-11-23T00:00:00Z' },
    ]
    for (const body of wrong)
      expect((await send({ ...body, key: 'b' })).statusCode, JSON.stringify(body)).toBe(422)
    const list = await api.app.inject({
      url: '/api/v1/cost-corrections',
      headers: { authorization: `Bearer ${world.keys.viewer}` },
    })
    expect(list.json().items).toContainEqual(expect.objectContaining({ key: 'a', amount: '12.5', rows: 1 }))
  })
})
