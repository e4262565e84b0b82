import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { runReport } from '../../src/reports/run-report.ts'
import { useStores } from '../support/databases.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

const AT = Date.parse('2026-03-01T23:30:00Z')
/** Of pino's levels. */
const WARN = 40
const RANGE = { from: '2026-03-01', to: '2026-03-01' }

describe('reports over the API, on a real ledger', () => {
  const stores = useStores('sqlite')
  let ledger: Ledger | undefined
  afterEach(async () => await ledger?.close())

  it('sums the rows of the workspace alone, by the days of its time zone, with names beside the ids', async () => {
    const { dataDir } = await stores.options()
    const opened = await openLedger({ clickhouseUrl: '', dataDir })
    ledger = opened
    const api = await openTestApi(stores, {
      runReport: (request, signal) => runReport(opened, request, signal),
    })
    const alpha = await createWorld(api, 'ALPHA')
    const beta = await createWorld(api, 'BETA')
    const row = (workspace: string, campaign: string | undefined, n: number) => ({
      kind: 'visit',
      workspace,
      at: AT,
      visit_at: AT,
      click_id: `c${n}`,
      campaign_id: campaign,
      visits: 1,
      cost: '0.25',
    })
    const rows = [
      row(alpha.workspace, alpha.ids.campaigns, 1),
      row(alpha.workspace, alpha.ids.campaigns, 2),
      row(beta.workspace, beta.ids.campaigns, 3),
    ]
    await opened.insertRows(rows.map((each) => JSON.stringify(each)).join('\n'), 'batch-1')
    // Really over a socket: the request's signal must not abort when its body has been read.
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const report = async (body: object) => {
      const headers = { authorization: `Bearer ${alpha.keys.viewer}`, 'content-type': 'application/json' }
      const answer = await fetch(`${url}/api/v1/reports`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
      return await answer.json()
    }
    try {
      const all = await report({ ...RANGE, groupBy: ['campaign'], metrics: ['visits', 'cost', 'epc'] })
      expect(all).toEqual({
        rows: [
          {
            keys: { campaign: alpha.ids.campaigns },
            labels: { campaign: 'ALPHA campaigns' },
            metrics: { visits: 2, cost: '0.5', epc: null },
          },
        ],
        totals: { visits: 2, cost: '0.5', epc: null },
        groups: 1,
        currency: 'USD',
        timeZone: 'UTC',
      })
      const nextDayInBerlin = await report({ ...RANGE, timeZone: 'Europe/Berlin', metrics: ['visits'] })
      expect(nextDayInBerlin).toMatchObject({ rows: [], totals: { visits: 0 } })
      expect(await report({ ...RANGE, groupBy: ['nonsense'] })).toMatchObject({
        status: 400,
        code: 'bad_report',
        detail: 'unknown dimension nonsense',
      })
      expect(await report({ from: '2026-03-02', to: '2026-03-01' })).toMatchObject({
        status: 400,
        code: 'bad_report',
      })
      expect(await report({ from: 'yesterday', to: '2026-03-01' })).toMatchObject({
        status: 400,
        errors: [{ field: 'from' }],
      })
    } finally {
      await api.app.close()
    }
  })

  it('whose reader leaves meanwhile has not failed: nothing of it is logged as an error', async () => {
    const { dataDir } = await stores.options()
    const opened = await openLedger({ clickhouseUrl: '', dataDir })
    ledger = opened
    const log = new LogLines()
    const asked = Promise.withResolvers<void>()
    const slow: Pick<Ledger, 'query'> = {
      query: (_sql, _params, signal) => {
        asked.resolve()
        return opened.query('select sleepEachRow(1) from numbers(3)', {}, signal)
      },
    }
    const api = await openTestApi(stores, {
      log: pino({ level: 'info' }, log),
      runReport: (request, signal) => runReport(slow, request, signal),
    })
    const { keys } = await createWorld(api, 'ALPHA')
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    try {
      const reader = new AbortController()
      const headers = { authorization: `Bearer ${keys.viewer}`, 'content-type': 'application/json' }
      const body = JSON.stringify(RANGE)
      const answer = fetch(`${url}/api/v1/reports`, { method: 'POST', headers, body, signal: reader.signal })
      await asked.promise
      reader.abort()
      await expect(answer).rejects.toThrow('aborted')
      await expect.poll(() => log.lines).toContainEqual(expect.objectContaining({ code: 'caller_gone' }))
      expect(log.lines.filter(({ level }) => level >= WARN)).toEqual([])
    } finally {
      await api.app.close()
    }
  })

  it('lists what reports are made of', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const headers = { authorization: `Bearer ${world.keys.viewer}` }
    const { dimensions, metrics } = (
      await api.app.inject({ url: '/api/v1/reports/dimensions', headers })
    ).json()
    expect(dimensions).toContain('campaign')
    expect(metrics).toContainEqual({ name: 'revenue', kind: 'money' })
  })
})

class LogLines extends Writable {
  readonly lines: { readonly level: number; readonly code?: string }[] = []

  override _write(line: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.lines.push(JSON.parse(line.toString()))
    done()
  }
}
