import { afterEach, describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { runReport } from '../../src/reports/run-report.ts'
import { useStores } from '../support/databases.ts'
import { visitRow } from '../support/ledger-world.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

const AT = Date.parse('2026-03-01T12:00:00Z')
const RANGE = { from: '2026-03-01', to: '2026-03-01' }

describe('a split test over the API, on a real ledger', () => {
  const stores = useStores('sqlite')
  let ledger: Ledger | undefined
  afterEach(async () => await ledger?.close())

  async function openSplit() {
    const { dataDir } = await stores.options()
    const opened = await openLedger({ clickhouseUrl: '', dataDir })
    ledger = opened
    const api = await openTestApi(stores, {
      runReport: (request, signal) => runReport(opened, request, signal),
    })
    const alpha = await createWorld(api, 'ALPHA')
    const beta = await createWorld(api, 'BETA')
    const insert = (workspace: string, path_id: string, counts: { visits: number; sales: number }) => {
      const visits = Array.from({ length: counts.visits }, () => visitRow({ workspace, at: AT, path_id }))
      const sale = {
        kind: 'conversion',
        visits: 0,
        conversions: 1,
        status: 'approved',
        revenue: '2',
      } as const
      const sales = Array.from({ length: counts.sales }, () =>
        visitRow({ workspace, at: AT, path_id, ...sale }),
      )
      const lines = [...visits, ...sales].map((row) => JSON.stringify(row)).join('\n')
      return opened.insertRows(lines, crypto.randomUUID())
    }
    const split = async (body: object) => {
      const headers = { authorization: `Bearer ${alpha.keys.viewer}` }
      return await api.app.inject({ method: 'POST', url: '/api/v1/reports/split', headers, payload: body })
    }
    const insertRow = (row: LedgerRow) => opened.insertRows(JSON.stringify(row), crypto.randomUUID())
    return { alpha, beta, insert, insertRow, split }
  }

  it('says how likely each arm is the best, and between what its metric lies', async () => {
    const { alpha, beta, insert, insertRow, split } = await openSplit()
    await insert(alpha.workspace, 'winner', { visits: 500, sales: 50 })
    await insert(alpha.workspace, 'loser', { visits: 500, sales: 20 })
    await insertRow(
      visitRow({ workspace: alpha.workspace, at: AT, path_id: 'tested', visits: 0, bot: 'test' }),
    )
    await insert(beta.workspace, 'foreign', { visits: 100, sales: 100 })
    const body = { ...RANGE, dimension: 'path', metric: 'cv' }
    const answer = (await split(body)).json()
    const arms = Object.fromEntries(answer.arms.map((arm: { key: string }) => [arm.key, arm]))
    expect(Object.keys(arms).sort()).toEqual(['loser', 'winner'])
    expect(arms.winner).toMatchObject({ visits: 500, conversions: 50, revenue: '100' })
    expect(arms.winner.probabilityBest).toBeGreaterThan(0.99)
    expect(Number(arms.winner.low)).toBeGreaterThan(0.07)
    expect(Number(arms.winner.high)).toBeLessThan(0.14)
    expect(Number(arms.winner.estimate)).toBeCloseTo(51 / 502, 2)
    // Money for each visit is shown as money.
    const money = (await split({ ...body, metric: 'epv' })).json()
    const winner = money.arms.find(({ key }: { key: string }) => key === 'winner')
    expect(Number(winner.estimate)).toBeCloseTo(0.2, 1)
    // Asked again, the verdict is the same.
    expect((await split(body)).json()).toEqual(answer)
  })

  it('refuses what can not be compared', async () => {
    const { split } = await openSplit()
    expect((await split({ ...RANGE, dimension: 'nonsense', metric: 'cv' })).statusCode).toBe(400)
    expect((await split({ ...RANGE, dimension: 'path', metric: 'visits' })).statusCode).toBe(400)
    expect((await split({ ...RANGE, dimension: 'path', metric: 'cv' })).json()).toEqual({
      metric: 'cv',
      arms: [],
    })
  })
})
