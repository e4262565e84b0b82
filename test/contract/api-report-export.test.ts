import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { REPORT_LIMITS } from '../../src/reports/report-request.ts'
import type { ReportResult } from '../../src/reports/run-report.ts'
import { useStores } from '../support/databases.ts'
import { sheetOf } from '../support/xlsx-sheet.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

const EVIL = '=HYPERLINK("https://evil.example","Win")'
const BODY = { from: '2026-03-01', to: '2026-03-02', groupBy: ['campaign', 'sub1'] }

describe('a report as a file', () => {
  const stores = useStores('sqlite')

  async function exporter(result: ReportResult) {
    const limits: unknown[] = []
    const api = await openTestApi(stores, {
      runReport: async (request) => {
        limits.push(request.limit)
        return result
      },
    })
    const world = await createWorld(api, 'ALPHA')
    const headers = { authorization: `Bearer ${world.keys.viewer}` }
    const ask = async (payload: object) =>
      await api.app.inject({ method: 'POST', url: '/api/v1/reports/export', headers, payload })
    return { world, ask, limits }
  }

  async function exampleReport() {
    const rows = [
      { keys: { campaign: '', sub1: '-5' }, metrics: { visits: 3, revenue: '-1234567.000001', cr: null } },
      { keys: { campaign: '', sub1: EVIL }, metrics: { visits: 0, revenue: '0.1', cr: 0.05 } },
    ]
    const totals = { visits: 3, revenue: '0', cr: 0.05 }
    const result = { rows, totals, groups: 2 }
    const opened = await exporter(result)
    const first = rows[0]
    if (first !== undefined) first.keys.campaign = opened.world.ids.campaigns ?? ''
    return opened
  }

  it('has names and ids, plain numbers, and no cell that a spreadsheet would compute', async () => {
    const { ask, world } = await exampleReport()
    const answer = await ask({ ...BODY, metrics: ['visits', 'revenue', 'cr'], format: 'csv' })
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="report-2026-03-01-to-2026-03-02.csv"',
      'x-trailpost-left-out': '0',
    })
    expect(parse(answer.body, { bom: true })).toEqual([
      ['campaign', 'campaign_id', 'sub1', 'visits', 'revenue', 'cr'],
      ['ALPHA campaigns', world.ids.campaigns, "'-5", '3', '-1234567.000001', ''],
      ['', '', `'${EVIL}`, '0', '0.1', '0.05'],
    ])
  })

  it('is a spreadsheet with numbers as numbers, and formulas from outside as text', async () => {
    const { ask, world } = await exampleReport()
    const answer = await ask({ ...BODY, metrics: ['visits', 'revenue', 'cr'], format: 'xlsx' })
    expect(answer.headers['content-disposition']).toContain('report-2026-03-01-to-2026-03-02.xlsx')
    const [head, first, second] = sheetOf(answer.rawPayload)
    const names = ['campaign', 'campaign_id', 'sub1', 'visits', 'revenue', 'cr']
    expect(Object.values(head ?? {})).toEqual(names.map((name) => `text:${name}`))
    expect(first).toEqual({
      A: 'text:ALPHA campaigns',
      B: `text:${world.ids.campaigns}`,
      C: 'text:-5',
      D: '3',
      E: '-1234567.000001',
    })
    expect(second).toEqual({ C: `text:${EVIL}`, D: '0', E: '0.1', F: '0.05' })
  })

  it('says when groups are left out, in its header and in its last line', async () => {
    const row = { keys: { campaign: 'c', sub1: '' }, metrics: { visits: 1 } }
    const { ask, limits } = await exporter({ rows: [row], totals: { visits: 8 }, groups: 8 })
    const answer = await ask({ ...BODY, metrics: ['visits'], format: 'csv' })
    expect(limits).toEqual([REPORT_LIMITS.rowsMax])
    expect(answer.headers['x-trailpost-left-out']).toBe('7')
    expect(answer.body.trimEnd().split('\r\n').at(-1)).toContain('7 more groups are left out')
  })

  it('is one line of totals where nothing groups, and names the day once', async () => {
    const { ask } = await exporter({ rows: [], totals: { visits: 8 }, groups: 0 })
    const answer = await ask({ from: '2026-03-01', to: '2026-03-01', metrics: ['visits'], format: 'csv' })
    expect(parse(answer.body, { bom: true })).toEqual([['visits'], ['8']])
    expect(answer.headers['content-disposition']).toContain('"report-2026-03-01.csv"')
  })

  it('is not asked for a page of it', async () => {
    const { ask } = await exporter({ rows: [], totals: {}, groups: 0 })
    expect((await ask({ ...BODY, format: 'csv', limit: 5 })).statusCode).toBe(400)
    expect((await ask({ ...BODY, format: 'pdf' })).statusCode).toBe(400)
  })
})
