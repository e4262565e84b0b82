import { afterEach, describe, expect, it } from 'vitest'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { runReport } from '../../src/reports/run-report.ts'
import { useStores } from '../support/databases.ts'
import { visitRow } from '../support/ledger-world.ts'
import { openTestApi, type TestApi } from './api-harness.ts'
import { createWorld, type World } from './api-world.ts'

const AT = Date.parse('2026-03-01T12:00:00Z')
const RANGE = { from: '2026-03-01', to: '2026-03-01' }

describe.each(['sqlite', 'postgres'] as const)(
  'views of reports and metrics of the workspace’s own on %s',
  (engine) => {
    const stores = useStores(engine)
    let ledger: Ledger | undefined
    afterEach(async () => await ledger?.close())

    async function open() {
      const { dataDir } = await stores.options()
      const opened = await openLedger({ clickhouseUrl: '', dataDir })
      ledger = opened
      const api = await openTestApi(stores, {
        runReport: (request, signal) => runReport(opened, request, signal),
      })
      const world = await createWorld(api, 'ALPHA')
      const rows = [
        visitRow({ workspace: world.workspace, at: AT, visits: 3, clicks: 3, revenue: '1', cost: '0.25' }),
        visitRow({ workspace: world.workspace, at: AT, country: 'FR', visits: 2, cost: '0.5' }),
      ]
      await opened.insertRows(rows.map((row) => JSON.stringify(row)).join('\n'), 'batch-1')
      return { api, world }
    }

    function caller(api: TestApi, world: World, role: 'viewer' | 'manager') {
      const headers = { authorization: `Bearer ${world.keys[role]}` }
      return async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
        const answer = await api.app.inject({
          method,
          url: `/api/v1/${url}`,
          headers,
          ...(payload === undefined ? {} : { payload }),
        })
        return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
      }
    }

    it('a formula is a metric of reports: exact, sorted by, in the totals a formula of the totals', async () => {
      const { api, world } = await open()
      const call = caller(api, world, 'manager')
      const metric = { name: 'Margin per click', formula: '(revenue - cost) / clicks', kind: 'money' }
      const created = await call('POST', 'custom-metrics', metric)
      expect(created).toMatchObject({ status: 201, body: metric })
      const name = `custom:${created.body.id}`
      const report = await call('POST', 'reports', {
        ...RANGE,
        groupBy: ['country'],
        metrics: ['visits', name],
        sort: { by: name, direction: 'desc' },
      })
      expect(report.body.rows.map(({ metrics }: { metrics: object }) => metrics)).toEqual([
        { visits: 3, [name]: '0.25' },
        { visits: 2, [name]: null },
      ])
      expect(report.body.totals).toEqual({ visits: 5, [name]: '0.083333' })
      const { body: catalogue } = await call('GET', 'reports/dimensions')
      expect(catalogue.metrics).toContainEqual({ name, kind: 'money', label: 'Margin per click' })
    })

    it('a metric that is archived, unknown or of another workspace makes no report', async () => {
      const { api, world } = await open()
      const beta = await createWorld(api, 'BETA')
      const call = caller(api, world, 'manager')
      const ask = (id: string) => call('POST', 'reports', { ...RANGE, metrics: [`custom:${id}`] })
      await call('DELETE', `custom-metrics/${world.ids['custom-metrics']}`)
      expect(await ask(world.ids['custom-metrics'] ?? '')).toMatchObject({
        status: 400,
        body: { code: 'bad_report', detail: 'the metric "ALPHA custom-metrics" is archived' },
      })
      const theirs = beta.ids['custom-metrics'] ?? ''
      expect(await ask(theirs)).toMatchObject({
        status: 400,
        body: { code: 'bad_report', detail: `unknown metric custom:${theirs}` },
      })
    })

    it('a formula that cannot be computed is not saved, and it is said why', async () => {
      const { api, world } = await open()
      const call = caller(api, world, 'manager')
      const problems = {
        'revenue /': 'The formula ends where a number or a metric is missing. (at character 10)',
        'revenu * 2': 'There is no metric "revenu". Is it "revenue"?',
        '[custom:x] * 2': 'A formula cannot name a metric of your own: write out its formula.',
      }
      for (const [formula, message] of Object.entries(problems)) {
        const answer = await call('POST', 'custom-metrics', { name: 'X', formula, kind: 'ratio' })
        expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'formula', message }] } })
      }
    })

    it('views are kept by managers and read by viewers, their address up to its limit', async () => {
      const { api, world } = await open()
      const [manager, viewer] = [caller(api, world, 'manager'), caller(api, world, 'viewer')]
      const view = { name: 'Countries', query: `by=country&${'x'.repeat(4_000)}` }
      const { body: saved } = await manager('POST', 'report-views', view)
      expect((await viewer('GET', 'report-views')).body.items[0]).toMatchObject(view)
      expect(await viewer('PATCH', `report-views/${saved.id}`, { name: 'Mine' })).toMatchObject({
        status: 403,
      })
      const tooLong = { name: 'Long', query: 'x'.repeat(4_097) }
      expect(await manager('POST', 'report-views', tooLong)).toMatchObject({ status: 400 })
      const renamed = await manager('PATCH', `report-views/${saved.id}`, { name: 'By country' })
      expect(renamed.body).toMatchObject({ ...view, name: 'By country' })
      await manager('DELETE', `report-views/${saved.id}`)
      const { body: left } = await viewer('GET', 'report-views')
      expect(left.items.map(({ id }: { id: string }) => id)).not.toContain(saved.id)
      expect(await manager('POST', `report-views/${saved.id}/restore`)).toMatchObject({ status: 200 })
    })
  },
)
