import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { correctionRows, correctionTime, netRows } from './correction-rows.ts'
import type { LedgerRow } from './ledger-row.ts'
import { parseAmount } from './money.ts'
import { applyVisitChange, joinVisitChanges, type VisitChange } from './visit-change.ts'

const decimals = fc
  .integer({ min: -5_000_000, max: 5_000_000 })
  .map(
    (micros) =>
      `${micros < 0 ? '-' : ''}${Math.floor(Math.abs(micros) / 1e6)}.${String(Math.abs(micros) % 1e6).padStart(6, '0')}`,
  )

const dimensions = {
  country: fc.constantFrom('DE', 'FR'),
  sub1: fc.constantFrom('', 'a', 'b'),
  tokens: fc.constantFrom({}, { zone: '7' }, { zone: '8', site: 'x' }),
}

const visits = fc.record({
  ...dimensions,
  kind: fc.constant('visit' as const),
  at: fc.constant(1_000),
  bot: fc.constantFrom('', 'user_agent'),
  cost: decimals,
  isUnique: fc.boolean(),
})

const clicks = fc.record({
  ...dimensions,
  kind: fc.constant('click' as const),
  at: fc.integer({ min: 1_001, max: 1_020 }),
  offer_id: fc.constantFrom('o1', 'o2'),
})

const views = fc.record({
  ...dimensions,
  kind: fc.constant('lander_view' as const),
  at: fc.integer({ min: 900, max: 999 }),
  lander_id: fc.constantFrom('l1', 'l2'),
})

const conversions = fc.record({
  ...dimensions,
  kind: fc.constantFrom('conversion' as const, 'event' as const),
  at: fc.integer({ min: 1_021, max: 1_030 }),
  conversion_id: fc.constantFrom('v1', 'v2'),
  conversions: fc.constantFrom(-1, 1),
  revenue: decimals,
  numbers: fc.constantFrom({}, { event1: '2.500000' }, { event1: '-1', score: '0.1' }),
})

const click = { workspace: 'w', visit_at: 1_000, click_id: 'c1' } as const

/** What a visit leaves in the ledger before anybody corrects it. */
const recordedRows = fc
  .tuple(
    visits,
    fc.uniqueArray(clicks, { maxLength: 3, selector: ({ at }) => at }),
    fc.array(views, { maxLength: 2 }),
    fc.array(conversions, { maxLength: 4 }),
  )
  .map(([{ isUnique, ...visit }, clicked, viewed, converted]): readonly LedgerRow[] => [
    {
      ...click,
      ...visit,
      ...(visit.bot === '' ? { visits: 1, ...(isUnique && { unique_visits: 1 }) } : { bot_visits: 1 }),
    },
    ...clicked.map((row, i) => ({
      ...click,
      ...row,
      bot: visit.bot,
      ...(visit.bot === '' && { clicks: 1, ...(i === 0 && { unique_clicks: 1 }) }),
    })),
    ...viewed.map((row) => ({ ...click, ...row, bot: visit.bot, lander_views: visit.bot === '' ? 1 : 0 })),
    ...converted.map((row) => ({ ...click, ...row, bot: visit.bot })),
  ])

const fieldChanges = {
  externalId: fc.constantFrom('', 'E1'),
  subs: fc.record({ sub1: fc.constantFrom('a', 'z') }),
  tokens: fc.record({ zone: fc.constantFrom('7', '9') }),
  addFlags: fc.constantFrom(['too_fast'], ['datacenter', 'too_fast']),
  removeFlags: fc.constantFrom(['too_fast'], ['honeypot']),
}
const allButBot: fc.Arbitrary<VisitChange> = fc.record(fieldChanges, { requiredKeys: [] })
const changes: fc.Arbitrary<VisitChange> = fc.record(
  { ...fieldChanges, bot: fc.constantFrom('', 'repeated_address') },
  { requiredKeys: [] },
)

function corrected(rows: readonly LedgerRow[], change: VisitChange): readonly LedgerRow[] {
  const at = correctionTime(rows, 5_000)
  return [...rows, ...correctionRows(rows, (row, past) => applyVisitChange(row, change, past), at)]
}

function sumBy(
  rows: readonly LedgerRow[],
  dimension: 'country' | 'kind' | 'at',
): Map<unknown, Record<string, bigint>> {
  const groups = new Map<unknown, Record<string, bigint>>()
  for (const row of rows) {
    const sums = groups.get(row[dimension]) ?? {}
    groups.set(row[dimension], sums)
    const amounts = { revenue: row.revenue, cost: row.cost, ...row.numbers }
    for (const [name, value] of Object.entries(amounts)) sums[name] = (sums[name] ?? 0n) + micros(value)
    sums.conversions = (sums.conversions ?? 0n) + BigInt(row.conversions ?? 0)
    sums.seen = (sums.seen ?? 0n) + BigInt((row.visits ?? 0) + (row.bot_visits ?? 0))
  }
  return groups
}

function micros(decimal: string | undefined): bigint {
  const parsed = parseAmount(decimal ?? '0')
  if (!parsed.ok) throw new Error(parsed.reason)
  return BigInt(parsed.micros)
}

describe('the rows of a correction', () => {
  it('leave every sum by an untouched dimension as it was', () => {
    fc.assert(
      fc.property(recordedRows, fc.array(changes, { maxLength: 4 }), (rows, all) => {
        const after = all.reduce(corrected, rows)
        for (const dimension of ['country', 'kind', 'at'] as const)
          expect(withoutZeros(sumBy(after, dimension))).toEqual(withoutZeros(sumBy(rows, dimension)))
      }),
    )
  })

  it('leave the changed rows, each once', () => {
    fc.assert(
      fc.property(recordedRows, changes, (rows, change) => {
        const changed = netRows(rows).map((row) =>
          applyVisitChange(
            row,
            change,
            rows.filter(
              (other) => other.at === row.at && other.kind === row.kind && other.offer_id === row.offer_id,
            ),
          ),
        )
        const left = netRows(corrected(rows, change))
        expect(left.map(comparable).sort()).toEqual(changed.map(comparable).sort())
      }),
    )
  })

  it('are none when the change was made before', () => {
    fc.assert(
      fc.property(recordedRows, fc.array(changes, { maxLength: 3 }), changes, (rows, earlier, change) => {
        const once = corrected(earlier.reduce(corrected, rows), change)
        expect(corrected(once, change)).toEqual(once)
      }),
    )
  })

  it('take exactly away what they replace', () => {
    fc.assert(
      fc.property(recordedRows, changes, (rows, change) => {
        const added = corrected(rows, change).slice(rows.length)
        expect(added.filter(({ correction }) => correction === 'out')).toHaveLength(added.length / 2)
        const away = [...rows, ...added.filter(({ correction }) => correction === 'out')]
        expect(netRows(away)).toHaveLength(rows.length - added.length / 2)
      }),
    )
  })

  it('do not depend on how a row is written: defaults, order of names, zeros behind the point', () => {
    const row: LedgerRow = {
      ...click,
      kind: 'visit',
      at: 1,
      visits: 1,
      cost: '0.020000',
      tokens: { a: '1', b: '2' },
    }
    const out: LedgerRow = {
      ...click,
      tokens: { b: '2', a: '1' },
      cost: '-0.02',
      kind: 'visit',
      at: 1,
      visits: -1,
      clicks: 0,
      sub1: '',
      correction: 'out',
      corrected_at: 9,
    }
    expect(netRows([row, out])).toEqual([])
  })
})

describe('a visit that becomes a bot and a person again', () => {
  it('earns no click money as a bot, and what it earned before as a person', () => {
    const rows: readonly LedgerRow[] = [
      { ...click, kind: 'visit', at: 1_000, visits: 1, clicks: 1, revenue: '0.500000', payout: '0.300000' },
    ]
    const bot = corrected(rows, { bot: 'honeypot' })
    expect(netRows(bot).map(({ revenue, payout }) => [revenue, payout])).toEqual([[undefined, undefined]])
    const person = netRows(corrected(bot, { bot: '' }))
    expect(person.map(({ revenue, payout }) => [revenue, payout])).toEqual([['0.500000', '0.300000']])
  })

  it('has all its counts as before, whatever else changed meanwhile', () => {
    fc.assert(
      fc.property(recordedRows, allButBot, (rows, between) => {
        fc.pre(rows[0]?.bot === '')
        const marked = corrected(corrected(rows, { bot: 'repeated_address' }), between)
        expect(
          netRows(marked).every(
            (row) => (row.visits ?? 0) + (row.clicks ?? 0) + (row.lander_views ?? 0) === 0,
          ),
        ).toBe(true)
        const back = netRows(corrected(marked, { bot: '' }))
        const direct = netRows(corrected(rows, between))
        expect(back.map(comparable).sort()).toEqual(direct.map(comparable).sort())
      }),
    )
  })

  it('counts as one visit when it was never a person, and is not called unique', () => {
    const bot: LedgerRow = { ...click, kind: 'visit', at: 1, bot: 'user_agent', bot_visits: 1, offer_id: 'o' }
    const [person] = netRows(corrected([bot], { bot: '' }))
    expect(person).toMatchObject({ visits: 1, clicks: 1, unique_clicks: 1 })
    expect(person).not.toHaveProperty('unique_visits')
    expect(person).not.toHaveProperty('bot_visits')
  })

  it('counts as no click when a page recorded it, which redirected nobody', () => {
    const onPage = { offer_id: 'o', route_reason: 'default, on page' } as const
    const bot: LedgerRow = { ...click, ...onPage, kind: 'visit', at: 1, bot: 'user_agent', bot_visits: 1 }
    expect(netRows(corrected([bot], { bot: '' }))).toEqual([
      { ...click, ...onPage, kind: 'visit', at: 1, bot: '', visits: 1 },
    ])
  })

  it('counts as nothing when it was a prefetch', () => {
    const prefetch: LedgerRow = { ...click, kind: 'visit', at: 1, bot: 'prefetch', offer_id: 'o' }
    const [person] = netRows(corrected([prefetch], { bot: '' }))
    expect(person).toEqual({ ...prefetch, bot: '' })
  })
})

describe('changes of one visit', () => {
  it('give together what they give one after another', () => {
    fc.assert(
      fc.property(recordedRows, fc.array(changes, { maxLength: 4 }), (rows, all) => {
        const joined = corrected(rows, joinVisitChanges(all))
        const oneByOne = all.reduce(corrected, rows)
        expect(netRows(joined).map(comparable).sort()).toEqual(netRows(oneByOne).map(comparable).sort())
      }),
    )
  })
})

/** A row without what is the column's default. */
function comparable(row: LedgerRow): string {
  const { correction: _, corrected_at: __, ...rest } = row
  const kept = Object.entries(rest).filter(
    ([, value]) =>
      value !== '' && value !== 0 && !(typeof value === 'object' && Object.keys(value).length === 0),
  )
  return JSON.stringify(kept.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function withoutZeros(groups: Map<unknown, Record<string, bigint>>) {
  return [...groups]
    .map(([key, sums]) => [key, Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0n))])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}
