import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildLabelQuery } from './build-label-query.ts'
import { buildQuery } from './build-query.ts'
import { DIMENSION_NAMES } from './dimensions.ts'
import { METRIC_NAMES } from './metrics.ts'
import { FILTER_OPERATORS, REPORT_LIMITS, type ReportRequest, ReportRequestError } from './report-request.ts'

const request: ReportRequest = {
  workspace: 'w1',
  from: '2026-11-01',
  to: '2026-11-30',
  timeZone: 'Europe/Berlin',
  dateBasis: 'conversion',
  groupBy: ['campaign'],
  metrics: ['visits', 'clicks', 'conversions', 'revenue'],
  filters: [],
}

describe('the SQL of a report', () => {
  it('groups one text dimension by itself', () => {
    expect(buildQuery(request)).toMatchSnapshot()
  })

  it('groups several text dimensions by their hash and time by itself', () => {
    const groupBy = ['campaign', 'country', 'day', 'sub1']
    expect(buildQuery({ ...request, groupBy })).toMatchSnapshot()
  })

  it('looks the texts of several dimensions up by the hash of their group', () => {
    const groupBy = ['campaign', 'day', 'token:zone']
    expect(buildLabelQuery({ ...request, groupBy }, ['1', '18446744073709551615'])).toMatchSnapshot()
  })

  it('has the texts itself when one alone groups, when they sort, or when they are many', () => {
    const sort = { by: 'country', direction: 'asc' } as const
    const changes = [{}, { groupBy: ['day'] }, { groupBy: ['campaign', 'country'], sort }, { limit: 501 }]
    for (const change of changes) expect(buildLabelQuery({ ...request, ...change }, ['1'])).toBeUndefined()
    expect(buildQuery({ ...request, groupBy: ['campaign', 'country'], sort })).toMatchSnapshot()
  })

  it('has every metric', () => {
    const metrics = [...METRIC_NAMES, 'conversions:sale', 'events:sale', 'revenue:sale', 'number:event1']
    expect(buildQuery({ ...request, metrics })).toMatchSnapshot()
  })

  it('computes a formula as one fraction, also to sort by it', () => {
    const formula = { formula: '(revenue - cost) / clicks * 1000', kind: 'money' } as const
    const customMetrics = new Map([['custom:m1', formula]])
    const sort = { by: 'custom:m1', direction: 'desc' } as const
    expect(
      buildQuery({ ...request, metrics: ['visits', 'custom:m1'], customMetrics, sort }),
    ).toMatchSnapshot()
  })

  it('has every time dimension', () => {
    for (const name of ['hour', 'day', 'week', 'month', 'weekday', 'hour_of_day']) {
      expect(buildQuery({ ...request, groupBy: [name], metrics: ['visits'] })).toMatchSnapshot(name)
    }
  })

  it('reads totals alone, by the date of the visit', () => {
    expect(buildQuery({ ...request, groupBy: [], dateBasis: 'click' })).toMatchSnapshot()
  })

  it('filters by every operator, on text, token and time', () => {
    const filters = [
      { dimension: 'country', operator: 'is', values: ['DE'] },
      { dimension: 'bot', operator: 'is_not', values: ['user_agent'] },
      { dimension: 'offer', operator: 'in', values: ['o1', 'o2'] },
      { dimension: 'token:zone', operator: 'contains', values: ['a', 'b'] },
      { dimension: 'weekday', operator: 'starts', values: ['1'] },
    ] as const
    expect(buildQuery({ ...request, filters })).toMatchSnapshot()
  })

  it('sorts by a metric that is not shown, and pages', () => {
    const sort = { by: 'roi', direction: 'asc' } as const
    expect(buildQuery({ ...request, sort, limit: 10, offset: 20 })).toMatchSnapshot()
  })

  it('sorts by a grouping', () => {
    const sort = { by: 'day', direction: 'asc' } as const
    expect(buildQuery({ ...request, groupBy: ['campaign', 'day'], sort })).toMatchSnapshot()
  })
})

it('never has a value in its text, whatever the value is', () => {
  const text = fc.string({ minLength: 1, unit: 'binary' })
  // A mark makes the value unlike any part of the SQL.
  const marked = text.map((value) => `\u0001${value}`)
  fc.assert(
    fc.property(marked, marked, fc.constantFrom(...FILTER_OPERATORS), (value, name, operator) => {
      const { sql } = buildQuery({
        ...request,
        workspace: value,
        groupBy: [`token:${name}`, 'campaign'],
        metrics: [`conversions:${name}`],
        filters: [{ dimension: `token:${name}`, operator, values: [value] }],
      })
      expect(sql).not.toContain('\u0001')
    }),
  )
})

it('takes any four dimensions and knows no others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...DIMENSION_NAMES), { maxLength: 4 }), (groupBy) => {
      expect(() => buildQuery({ ...request, groupBy })).not.toThrow()
    }),
  )
  for (const name of ['', 'ip', 'token:', 'campaign_id', '__proto__', 'constructor', "x' OR 1"]) {
    expect(() => buildQuery({ ...request, groupBy: [name] })).toThrow(ReportRequestError)
    const filters = [{ dimension: name, operator: 'is', values: [''] }] as const
    expect(() => buildQuery({ ...request, filters })).toThrow(ReportRequestError)
  }
})

it('knows no metrics but its own', () => {
  for (const name of ['', 'sum(visits)', 'conversions:', '__proto__', 'toString']) {
    expect(() => buildQuery({ ...request, metrics: [name] })).toThrow(ReportRequestError)
    expect(() => buildQuery({ ...request, sort: { by: name, direction: 'asc' } })).toThrow(ReportRequestError)
  }
})

it.each<[string, Partial<ReportRequest>]>([
  ['a day that does not exist', { from: '2026-02-30' }],
  ['a day with a time', { to: '2026-11-30T00:00' }],
  ['an end before the start', { from: '2026-11-02', to: '2026-11-01' }],
  ['too long a range', { from: '2000-01-01' }],
  ['an unknown time zone', { timeZone: 'Mars/Olympus' }],
  ['an offset for a time zone', { timeZone: '+02:00' }],
  ['five groupings', { groupBy: ['campaign', 'offer', 'day', 'country', 'os'] }],
  ['a grouping twice', { groupBy: ['campaign', 'campaign'] }],
  ['no metric', { metrics: [] }],
  ['a filter without a value', { filters: [{ dimension: 'os', operator: 'in', values: [] }] }],
  ['a page too large', { limit: REPORT_LIMITS.rowsMax + 1 }],
  ['too many values at once', { limit: REPORT_LIMITS.rowsMax, metrics: Array(21).fill('visits') }],
  ['a fraction of a page', { limit: 1.5 }],
  ['a page before the first', { offset: -1 }],
  ['sorting by a dimension that does not group', { sort: { by: 'day', direction: 'asc' } }],
])('refuses %s', (_, change) => {
  expect(() => buildQuery({ ...request, ...change })).toThrow(ReportRequestError)
})

it('refuses formulas that are longer together than the engine reads', () => {
  const formula = 'roi/(cr/(ctr/(lander_ctr/(cv/(roi/(cr/ctr))))))'
  const customMetrics = new Map(
    Array.from({ length: 40 }, (_, i) => [`custom:${i}`, { name: 'Deep', formula, kind: 'ratio' as const }]),
  )
  const deep = { ...request, customMetrics, metrics: [...customMetrics.keys()] }
  expect(() => buildQuery({ ...deep, metrics: ['custom:0'] })).not.toThrow()
  expect(() => buildQuery(deep)).toThrow('too long together')
})

it('has the totals once where there are many rows', () => {
  expect(buildQuery(request, { hasTotals: false }).sql).not.toContain(' AS t0')
})
