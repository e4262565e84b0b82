import { afterEach, describe, expect, it } from 'vitest'
import { CostCorrector } from '../../src/corrections/correct-costs.ts'
import { correctVisits } from '../../src/corrections/correct-visits.ts'
import { CORRECTION_LIMITS } from '../../src/corrections/correction-limits.ts'
import type { FraudRequest } from '../../src/corrections/fraud-query.ts'
import { createFraudRerunJob, FRAUD_RERUN_JOB, previewFraudRerun } from '../../src/corrections/fraud-rerun.ts'
import { netRows } from '../../src/domain/correction-rows.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { findRowsInLedger } from '../../src/ledger/find-in-ledger.ts'
import { RETENTION_LEASE } from '../../src/retention/retention-run.ts'
import { passRetention } from '../../src/retention/run-retention.ts'
import { createJob } from '../../src/store/jobs.ts'
import { useStores } from '../support/databases.ts'
import { newClickId, visitRow } from '../support/ledger-world.ts'
import { CHROME } from '../support/retention-records.ts'
import { DAY_MS, openRetentionWorld, type RetentionWorld } from '../support/retention-world.ts'

/** Noon of a day that has reached every age. */
const OLD_NOON = Math.floor(Date.now() / DAY_MS) * DAY_MS - 60 * DAY_MS + DAY_MS / 2
const OLD_DAY = new Date(OLD_NOON).toISOString().slice(0, 10)
const RANGE = { type: 'days', from: OLD_DAY, to: OLD_DAY } as const
const DATACENTER: FraudRequest = {
  range: RANGE,
  timeZone: 'UTC',
  rule: { type: 'datacenter' },
  flag: 'datacenter',
  markAsBot: true,
  undo: false,
}
const SUMS = `country, toInt32(sum(visits)) AS people, toInt32(sum(bot_visits)) AS bots,
  toInt32(sum(ledger.conversions)) AS sales, toString(sum(ledger.revenue)) AS earned, toString(sum(ledger.cost)) AS spent`

describe.each(['truncate', 'hash'] as const)('corrections of visits that were treated by %s', (mode) => {
  const stores = useStores('sqlite')
  let world: RetentionWorld | undefined
  afterEach(async () => await world?.close())

  async function open(rows: readonly LedgerRow[]): Promise<RetentionWorld> {
    world = await openRetentionWorld(await stores.open())
    await world.addWorkspace('w', { personalDataDays: 40, personalDataMode: mode, paramDays: 50 })
    await world.insert(rows)
    await passRetention(world.options)
    return world
  }

  it('keep the books equal: a re-run, its undoing and a correction of costs', async () => {
    const bad = person({ connection_type: 'datacenter', cost: '0.5' })
    const good = person({ country: 'FR', cost: '0.25' })
    const opened = await open([bad, good, sale(bad), sale(good)])
    const { ledger, store, options } = opened
    const before = await sums(opened)
    expect(before).toEqual([
      { country: 'DE', people: 1, bots: 0, sales: 1, earned: '5', spent: '0.5' },
      { country: 'FR', people: 1, bots: 0, sales: 1, earned: '5', spent: '0.25' },
    ])
    await rerun(opened, DATACENTER)
    const marked = await sums(opened)
    expect(marked).toEqual([{ ...before[0], people: 0, bots: 1 }, before[1]])
    await treatAgain(opened)
    expect(await sums(opened)).toEqual(marked)
    expect(netRows(await findRowsInLedger(ledger, [bad.click_id]))).toMatchObject([
      { kind: 'visit', bot: 'datacenter', bot_visits: 1 },
      { kind: 'conversion', conversions: 1, revenue: '5' },
    ])
    await rerun(opened, { ...DATACENTER, undo: true })
    expect(await sums(opened)).toEqual(before)

    const costs = new CostCorrector({ store, ledger, catchUp: options.catchUp, clock: Date.now })
    const total = { mode: 'total', amountMicros: 10_000_000, currency: 'USD', onlyUnique: false } as const
    const request = { range: RANGE, timeZone: 'UTC', filters: [], ...total }
    expect(await costs.apply({ workspace: 'w', key: 'k', actor: 'user:u' }, request)).toMatchObject({
      ok: true,
      correction: { answer: { visits: 2, costBefore: '0.750000', costAfter: '10.000000' } },
    })
    await options.catchUp(options.signal)
    const corrected = await sums(opened)
    expect(corrected.map(({ spent }) => Number(spent)).reduce((all, each) => all + each, 0)).toBe(10)
    await treatAgain(opened)
    expect(await sums(opened)).toEqual(corrected)
    const text = JSON.stringify(await ledger.query('SELECT * FROM ledger', {}))
    expect(text).not.toMatch(/203\.0\.113\.9|Mozilla|jane/)
  })

  it(`find repeated addresses ${mode === 'hash' ? 'by their hashes' : 'no more'}`, async () => {
    const { ledger } = await open([0, 1, 2].map((minute) => person({ at: OLD_NOON + minute * 60_000 })))
    const rule = { type: 'repeated_address', visits: 1, minutes: 10 } as const
    const found = await previewFraudRerun(ledger, 'w', { ...DATACENTER, rule, flag: 'repeated_address' })
    expect(found.visits).toBe(mode === 'hash' ? 2 : 0)
  })
})

function person(changes: Partial<LedgerRow>): LedgerRow {
  const at = changes.at ?? OLD_NOON
  const browser = { user_agent: CHROME, browser: 'Chrome', browser_version: '120.0.1' }
  const said = { params: { a: 'jane' }, location: 'https://o.example/?ip=203.0.113.9&a=jane' }
  const known = { ip: '203.0.113.9', click_id: newClickId(at), ...browser, ...said }
  return visitRow({ at, visit_at: at, ...known, ...changes })
}

function sale(visit: LedgerRow): LedgerRow {
  const { visits: _, cost: __, location: ___, ...dimensions } = visit
  const at = visit.at + 1_000
  return { ...dimensions, kind: 'conversion', at, status: 'approved', conversions: 1, revenue: '5' }
}

async function sums({ ledger }: RetentionWorld): Promise<Record<string, unknown>[]> {
  return await ledger.query(`SELECT ${SUMS} FROM ledger GROUP BY country ORDER BY country`, {})
}

/** As the day after, when what a correction had under way is treated, too. */
async function treatAgain({ store, options }: RetentionWorld): Promise<void> {
  await store.db.deleteFrom('work_cursors').where('name', '<>', RETENTION_LEASE).execute()
  await passRetention(options)
}

async function rerun(world: RetentionWorld, request: FraudRequest): Promise<void> {
  const { store, ledger, lateRows, options } = world
  const { catchUp, signal } = options
  const order = { workspace: 'w', kind: FRAUD_RERUN_JOB, params: request, actor: 'user:u', total: 0 }
  // Dated back, so that the corrector takes the updates at once.
  const clock = () => Date.now() - 2 * CORRECTION_LIMITS.updateSettleMs
  const job = await createJob(store.db, order, clock())
  await createFraudRerunJob({ store, ledger, clock })(job, { progress: async () => undefined, signal })
  while ((await correctVisits({ store, ledger, catchUp, lateRows, clock: Date.now, signal })) > 0);
  await catchUp(signal)
}
