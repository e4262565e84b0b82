import { describe, expect, it } from 'vitest'
import { loadClickMoney } from '../../src/billing/click-money.ts'
import { correctVisits } from '../../src/corrections/correct-visits.ts'
import { CORRECTION_LIMITS } from '../../src/corrections/correction-limits.ts'
import type { FraudRequest, FraudRule } from '../../src/corrections/fraud-query.ts'
import { createFraudRerunJob, FRAUD_RERUN_JOB, previewFraudRerun } from '../../src/corrections/fraud-rerun.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { createJob, type Job, type JobProgress } from '../../src/store/jobs.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { visitRow } from '../support/ledger-world.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'
import { type CorrectionsWorld, useCorrectionsWorlds } from './corrections-world.ts'

const NOON = Date.UTC(2026, 10, 22, 12)
const MINUTE = 60_000
const REQUEST: FraudRequest = {
  range: { type: 'days', from: '2026-11-22', to: '2026-11-22' },
  timeZone: 'UTC',
  rule: { type: 'datacenter' },
  flag: 'datacenter',
  markAsBot: true,
  undo: false,
}

describe.each(SQL_ENGINES)('a rule over past visits on %s', (engine) => {
  const openWorld = useCorrectionsWorlds(useStores(engine))

  async function open(rows: readonly LedgerRow[]): Promise<CorrectionsWorld> {
    const world = await openWorld()
    await world.record(rows)
    await world.caughtUp()
    return world
  }

  it('marks matching visits as bots with all their rows, once, and takes it back', async () => {
    const bad = visitRow({ at: NOON, connection_type: 'datacenter', unique_visits: 1, cost: '0.5' })
    const good = visitRow({ at: NOON + MINUTE })
    const known = visitRow({
      at: NOON,
      connection_type: 'datacenter',
      bot: 'user_agent',
      visits: 0,
      bot_visits: 1,
    })
    const world = await open([bad, good, known, sale(bad, 9 * MINUTE)])
    expect(await previewFraudRerun(world.ledger, 'w', REQUEST)).toMatchObject({
      visits: 2,
      botsBefore: 1,
      botsAfter: 2,
      cost: '0.5',
      conversions: 1,
      sample: expect.arrayContaining([expect.objectContaining({ click_id: bad.click_id })]),
    })
    await rerun(world, REQUEST)
    const metrics = ['visits', 'unique_visits', 'bot_visits', 'conversions', 'cost']
    const marked = ['1 0 0 0 0', 'datacenter 0 0 1 1 0.5', 'user_agent 0 0 1 0 0']
    expect((await world.report('bot', metrics)).map((line) => line.trim())).toEqual(marked)
    expect(await world.report('flags', ['bot_visits'])).toEqual(['datacenter 2'])
    expect(await previewFraudRerun(world.ledger, 'w', REQUEST)).toMatchObject({ visits: 0, sample: [] })

    const undo = { ...REQUEST, undo: true }
    expect(await previewFraudRerun(world.ledger, 'w', undo)).toMatchObject({
      visits: 2,
      botsBefore: 2,
      botsAfter: 1,
    })
    await rerun(world, undo)
    const restored = ['2 1 0 1 0.5', 'user_agent 0 0 1 0 0']
    expect((await world.report('bot', metrics)).map((line) => line.trim())).toEqual(restored)
    expect(await world.report('flags', ['visits', 'bot_visits'])).toEqual([' 2 1'])
  })

  it('finds the visits beyond the limit from one address, also across the beginning of the range', async () => {
    const range = { type: 'times', fromSeconds: NOON / 1_000, toSeconds: NOON / 1_000 + 3_600 } as const
    const rule: FraudRule = { type: 'repeated_address', visits: 2, minutes: 10 }
    const from = (ip: string, minute: number, campaign = 'c') =>
      visitRow({ at: NOON + minute * MINUTE, ip, campaign_id: campaign, sub1: `${ip} ${minute}` })
    const world = await open([
      ...[-9, -1, 1, 12, 13, 14].map((minute) => from('192.0.2.1', minute)),
      ...[1, 2].map((minute) => from('192.0.2.2', minute)),
      from('192.0.2.2', 3, 'another campaign'),
    ])
    const request = { ...REQUEST, range, rule, flag: 'repeated_address', markAsBot: false }
    expect(await previewFraudRerun(world.ledger, 'w', request)).toMatchObject({ visits: 2, botsAfter: 0 })
    await rerun(world, request)
    const flagged = (await world.report('sub1', ['visits'])).length
    expect(flagged).toBe(9)
    expect(await world.report('flags', ['visits'])).toEqual([' 7', 'repeated_address 2'])
    const again = await previewFraudRerun(world.ledger, 'w', { ...request, undo: true })
    const flaggedSubs = again.sample.map((row) => row.sub1)
    expect(new Set(flaggedSubs)).toEqual(new Set(['192.0.2.1 1', '192.0.2.1 14']))
  })

  it('counts the visits from one address by offer and affiliate where no campaign has them', async () => {
    const by = (offer_id: string, affiliate_id: string, minute: number) => {
      const ids = {
        campaign_id: '',
        lander_id: '',
        offer_id,
        affiliate_id,
        sub1: `${offer_id} ${affiliate_id}`,
      }
      return visitRow({ at: NOON + minute * MINUTE, ip: '192.0.2.9', ...ids })
    }
    const world = await open([by('o1', 'a', 1), by('o2', 'a', 2), by('o1', 'b', 3), by('o1', 'a', 4)])
    const rule: FraudRule = { type: 'repeated_address', visits: 1, minutes: 10 }
    const request = { ...REQUEST, rule, flag: 'repeated_address' }
    const { visits, sample } = await previewFraudRerun(world.ledger, 'w', request)
    expect([visits, ...sample.map((row) => row.sub1)]).toEqual([1, 'o1 a'])
  })

  it('takes the money of a click back with the visit, and gives it again', async () => {
    const paid = { campaign_id: '', lander_id: '', offer_id: 'o', affiliate_id: 'a', advertiser_id: 'd' }
    const money = { revenue: '0.500000', payout: '0.300000', clicks: 1, connection_type: 'datacenter' }
    const world = await open([visitRow({ at: NOON, ...paid, ...money })])
    const question = { workspace: 'w', side: 'affiliate', partyIds: ['a'], untilMs: NOON + MINUTE } as const
    const earned = async () => (await loadClickMoney(world.ledger, question)).get('a')
    expect(await earned()).toEqual([{ offerId: 'o', quantity: 1, amountMicros: 300_000 }])
    await rerun(world, REQUEST)
    expect(await world.report('offer', ['revenue', 'payout'])).toEqual([])
    expect(await earned()).toEqual([{ offerId: 'o', quantity: 0, amountMicros: 0 }])
    await rerun(world, { ...REQUEST, undo: true })
    expect(await world.report('offer', ['revenue', 'payout'])).toEqual(['o 0.5 0.3'])
    expect(await earned()).toEqual([{ offerId: 'o', quantity: 1, amountMicros: 300_000 }])
  })

  it('finds conversions that came too soon, and what a filter lets through', async () => {
    const [fast, slow] = [visitRow({ at: NOON, sub1: 'fast' }), visitRow({ at: NOON, sub1: 'slow' })]
    const world = await open([fast, slow, sale(fast, 1_999), sale(slow, 2_000)])
    const tooFast = { ...REQUEST, rule: { type: 'too_fast', seconds: 2 }, flag: 'too_fast' } as const
    const found = await previewFraudRerun(world.ledger, 'w', tooFast)
    expect(found.sample.map((row) => row.sub1)).toEqual(['fast'])
    const filters = [{ dimension: 'sub1', operator: 'is', values: ['slow'] }] as const
    const filter = { ...REQUEST, rule: { type: 'filter', filters }, flag: 'mine' } as const
    expect((await previewFraudRerun(world.ledger, 'w', filter)).sample.map((row) => row.sub1)).toEqual([
      'slow',
    ])
  })

  it('keeps workspaces apart', async () => {
    const world = await open([visitRow({ at: NOON, connection_type: 'datacenter', workspace: 'other' })])
    expect(await previewFraudRerun(world.ledger, 'w', REQUEST)).toMatchObject({ visits: 0 })
  })

  it('goes on where it was stopped, and marks every visit once', async () => {
    const count = 2 * CORRECTION_LIMITS.rerunPageMax + 60
    // More than a page in the first hour, fewer in the next two.
    const hourOf = (i: number) => (i < CORRECTION_LIMITS.rerunPageMax + 30 ? 0 : 1 + (i % 2))
    const world = await open(
      Array.from({ length: count }, (_, i) =>
        visitRow({ at: NOON + hourOf(i) * 60 * MINUTE, connection_type: 'datacenter' }),
      ),
    )
    const job = await newJob(world, REQUEST)
    const progress: JobProgress[] = []
    const stopped = await run(world, job, (step) => {
      progress.push(step)
      if (progress.length === 2) throw new Error('the process stops')
    })
    expect(stopped).toBe('the process stops')
    const [first] = progress
    // As after a crash before the second step's progress was written.
    const { done = 0, total = 0, cursor = null } = first ?? {}
    const resumed = { ...job, done, total, cursor }
    expect(await run(world, resumed, (step) => progress.push(step))).toEqual({
      result: { visits: count },
    })
    expect(progress.at(-1)).toMatchObject({ done: count, total: count })
    await applyAll(world)
    expect(await world.report('bot', ['visits', 'bot_visits'])).toEqual([`datacenter 0 ${count}`])
  }, 120_000)
})

describe('POST /api/v1/fraud/reruns', () => {
  const stores = useStores('sqlite')

  it('previews, starts a job, and refuses what is no rule', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const send = async (body: object) =>
      await api.app.inject({
        method: 'POST',
        url: '/api/v1/fraud/reruns',
        headers: { authorization: `Bearer ${world.keys.manager}` },
        payload: {
          from: '2026-11-22',
          to: '2026-11-22',
          flag: 'datacenter',
          markAsBot: true,
          rule: { type: 'datacenter' },
          ...body,
        },
      })
    expect((await send({ preview: true })).json()).toMatchObject({ preview: true, visits: 0, sample: [] })
    const started = (await send({})).json()
    expect(started).toMatchObject({ preview: false, job: { kind: FRAUD_RERUN_JOB, state: 'waiting' } })
    const wrong = [
      { flag: 'a,b' },
      { rule: { type: 'guess' } },
      { rule: { type: 'too_fast', seconds: 0 } },
      { rule: { type: 'repeated_address', visits: 1 } },
    ]
    for (const body of wrong) expect((await send(body)).statusCode, JSON.stringify(body)).toBe(400)
  })
})

function sale(visit: LedgerRow, afterMs: number): LedgerRow {
  const { visits: _, unique_visits: __, cost: ___, ...dimensions } = visit
  const at = visit.at + afterMs
  return { ...dimensions, kind: 'conversion', at, status: 'approved', conversions: 1, revenue: '5' }
}

async function newJob(world: CorrectionsWorld, request: FraudRequest): Promise<Job> {
  const job = { workspace: 'w', kind: FRAUD_RERUN_JOB, params: request, actor: 'user:u', total: 0 }
  return await createJob(world.store.db, job, Date.now())
}

async function run(world: CorrectionsWorld, job: Job, onProgress: (step: JobProgress) => void) {
  // Dated back, so that the corrector takes the updates at once.
  const clock = () => Date.now() - 2 * CORRECTION_LIMITS.updateSettleMs
  const handler = createFraudRerunJob({ store: world.store, ledger: world.ledger, clock })
  const progress = async (step: JobProgress) => onProgress(step)
  return await handler(job, { progress, signal: new AbortController().signal }).catch(
    (error: Error) => error.message,
  )
}

async function rerun(world: CorrectionsWorld, request: FraudRequest): Promise<void> {
  await run(world, await newJob(world, request), () => undefined)
  await applyAll(world)
}

async function applyAll(world: CorrectionsWorld): Promise<void> {
  while ((await correctVisits(world.corrector)) > 0);
  await world.caughtUp()
}
