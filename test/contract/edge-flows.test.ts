import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClickIdMaker } from '../../src/domain/click-id.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import type { Condition, FlowRule } from '../../src/domain/flow.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { SnapshotCampaign } from '../../src/domain/snapshot.ts'
import { type Ask, campaign, type EdgeRig, path, SECRET, startRig, testSnapshot } from './edge-rig.ts'

const HOUR_MS = 3_600_000
/** A Wednesday, 22:30 in London. */
const NOW = Date.UTC(2026, 6, 15, 21, 30)
const CHROME =
  'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36'
const LONDON = '81.2.69.142'
const key = createClickIdKey(SECRET)
let rig: EdgeRig

beforeAll(async () => {
  const base = testSnapshot()
  const [workspace] = base.workspaces
  if (workspace === undefined) throw new Error('the snapshot has no workspace')
  rig = await startRig({
    snapshot: {
      ...base,
      workspaces: [
        { ...workspace, timeZone: 'Europe/London', uniqueHours: 48, fraud: fraudSettings() },
        { ...workspace, id: 'w2' },
      ],
      campaigns: [...CAMPAIGNS, campaign('foreign', { workspace: 'w2' })],
      flows: [
        {
          id: 'f1',
          workspace: 'w1',
          name: 'Shared',
          rules: [],
          paths: [path('p-shared', ['o2'])],
          sticky: 'none',
        },
      ],
    },
    edge: { trustedProxies: ['127.0.0.1'], clock: () => NOW },
  })
})
afterAll(() => rig.stop())

function fraudSettings() {
  return {
    ...DEFAULT_FRAUD_SETTINGS,
    botFlags: ['bad_referrer' as const],
    repeatedAddressVisits: 2,
    badReferrers: ['Spam.example'],
  }
}

/** Visitors whom the condition fits go to o2, all others to o1. */
function ruled(slug: string, when: Condition, changes: Partial<SnapshotCampaign> = {}): SnapshotCampaign {
  return campaign(slug, { rules: [rule(`r-${slug}`, when, ['o2'])], ...changes })
}

function rule(id: string, when: Condition, offers: readonly string[]): FlowRule {
  return {
    id,
    name: id,
    enabled: true,
    when,
    paths: offers.length === 0 ? [] : [path(`p-${id}`, offers)],
  }
}

const FIELDS = [
  ['country', { field: 'country', operator: 'is', values: ['gb'] }],
  ['city', { field: 'city', operator: 'in', values: ['Paris', 'London'] }],
  ['range', { field: 'ip', operator: 'is', values: ['81.2.0.0/16'] }],
  ['type', { field: 'device_type', operator: 'is', values: ['mobile'] }],
  ['model', { field: 'device_model', operator: 'is', values: ['SM-S918B'] }],
  ['version', { field: 'browser_version', operator: 'greater', values: ['99'] }],
  ['regex', { field: 'user_agent', operator: 'regex', values: ['android \\d+; sm-'] }],
  ['language', { field: 'language', operator: 'is', values: ['de'] }],
  ['domain', { field: 'referrer_domain', operator: 'contains', values: ['news'] }],
  ['hour', { field: 'hour', operator: 'is', values: ['22'] }],
  ['weekday', { field: 'weekday', operator: 'is', values: ['3'] }],
  ['new', { field: 'visitor', operator: 'is', values: ['new'] }],
  ['new-here', { field: 'workspace_visitor', operator: 'is', values: ['new'] }],
  ['token', { field: 'token:keyword', operator: 'is', values: ['Shoes'] }],
  ['sub', { field: 'sub2', operator: 'starts', values: ['pub'] }],
  ['param', { field: 'param:utm', operator: 'is', values: ['x'] }],
  ['external', { field: 'external_id', operator: 'is', values: ['e1'] }],
] as const satisfies readonly (readonly [string, Condition])[]

const CAMPAIGNS: readonly SnapshotCampaign[] = [
  ...FIELDS.map(([slug, when]) => ruled(slug, when)),
  ruled('proxy', { field: 'proxy', operator: 'is', values: ['datacenter'] }),
  ruled(
    'nowhere',
    { field: 'country', operator: 'is', values: ['GB'] },
    {
      rules: [rule('r-nowhere', { field: 'country', operator: 'is', values: ['GB'] }, [])],
      fallbackUrl: 'https://fallback.example/own',
    },
  ),
  ruled('broken', { field: 'user_agent', operator: 'regex', values: ['(unclosed'] }),
  ruled('slow', { field: 'param:q', operator: 'regex', values: ['^(a+)+$'] }),
  campaign('shared', { flowId: 'f1' }),
  campaign('sticky', { sticky: 'offer', paths: [path('p-st1', ['o1', 'o2']), path('p-st2', ['o1', 'o2'])] }),
  campaign('loose', { paths: [path('p-lo1', ['o1', 'o2']), path('p-lo2', ['o1', 'o2'])] }),
  campaign('daily', { uniqueHours: 24 }),
  campaign('repeated'),
  campaign('flagged'),
]

async function visit(target: string, options: Ask = {}): Promise<{ row: LedgerRow; location: string }> {
  const answer = await rig.get(target, {
    ...options,
    headers: { 'user-agent': CHROME, 'x-forwarded-for': LONDON, ...options.headers },
  })
  const row = (await rig.records()).visits.at(-1)
  if (row === undefined) throw new Error('no visit was recorded')
  return { row, location: answer.headers.location ?? '' }
}

/** A campaign cookie of a visit some hours ago. */
function cookieOf(slug: string, hoursAgo: number, way = 'p..o1'): string {
  // A maker of its own: one maker's ids never go back in time.
  const make = createClickIdMaker({ key, processId: 3, randomBits: () => 5 })
  return `tp_c_c-${slug}=${make(NOW - hoursAgo * HOUR_MS)}.${way}`
}

describe('a rule', () => {
  it.each(FIELDS.map(([slug]) => slug))('on %s sends whom it fits its own way, and says so', async (slug) => {
    const headers = { 'accept-language': 'de-DE', referer: 'https://www.news.example/a' }
    const { row, location } = await visit(`/c/${slug}?kw=Shoes&sub2=pub7&utm=x&xid=e1`, { headers })
    expect(location).toContain('/o2?')
    expect(row).toMatchObject({ rule_id: `r-${slug}`, route_reason: 'rule', path_id: `p-r-${slug}` })
  })

  it('that does not fit leaves the visitor to the flow', async () => {
    const { row, location } = await visit('/c/country', { headers: { 'x-forwarded-for': '90.84.144.1' } })
    expect(location).toContain('/o1?')
    expect(row).toMatchObject({ route_reason: 'default', path_id: 'p-country' })
    expect(row).not.toHaveProperty('rule_id')
  })

  it('without paths sends to the fallback, and the visit tells which rule it was', async () => {
    const { row, location } = await visit('/c/nowhere')
    expect(location).toBe('https://fallback.example/own')
    expect(row).toMatchObject({ rule_id: 'r-nowhere', route_reason: 'rule without paths', visits: 1 })
  })

  it('that cannot be compiled never matches, and the campaign works on', async () => {
    expect((await visit('/c/broken')).location).toContain('/o1?')
  })

  it('with an expression that explodes elsewhere answers in linear time', async () => {
    const startedAt = performance.now()
    expect((await visit(`/c/slow?q=${'a'.repeat(1_000)}b`)).location).toContain('/o1?')
    // Backtracking would take longer than the universe has: any bound tells.
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('does not see values that their sender left as macros', async () => {
    expect((await visit('/c/param?utm=%7Butm%7D')).location).toContain('/o1?')
  })
})

describe('a flow', () => {
  it('that is shared decides for the campaigns that use it', async () => {
    const { row } = await visit('/c/shared')
    expect(row).toMatchObject({ path_id: 'p-shared', offer_id: 'o2' })
  })

  it('with sticky visitors sends them where they went before', async () => {
    for (const way of ['p-st1..o1', 'p-st1..o2', 'p-st2..o1', 'p-st2..o2']) {
      const cookie = cookieOf('sticky', 1, way)
      const { row } = await visit('/c/sticky', { headers: { cookie } })
      expect(`${row.path_id}..${row.offer_id}`).toBe(way)
      expect(row.route_reason).toBe('default, sticky offer')
    }
  })

  it('with sticky visitors chooses anew what is gone', async () => {
    const cookie = cookieOf('sticky', 1, 'p-gone..o1')
    expect((await visit('/c/sticky', { headers: { cookie } })).row.route_reason).toBe('default')
  })

  it('without sticky visitors does not look at their way', async () => {
    const seen = new Set<string>()
    const cookie = cookieOf('loose', 1, 'p-lo1..o1')
    for (let n = 0; n < 40; n += 1) {
      const { row } = await visit('/c/loose', { headers: { cookie } })
      seen.add(`${row.path_id}..${row.offer_id}`)
    }
    expect(seen.size).toBe(4)
  })
})

describe('a visitor', () => {
  it.each([
    ['within the campaign’s period is no new one', cookieOf('daily', 23), [undefined, undefined]],
    ['after the campaign’s period is new to it alone', cookieOf('daily', 25), [1, undefined]],
    ['after both periods is new to both', cookieOf('daily', 49), [1, 1]],
    ['of another campaign is new to this one alone', cookieOf('country', 1), [1, undefined]],
    ['of another workspace’s campaign is new', cookieOf('foreign', 1), [1, 1]],
    ['whose newest visit counts', `${cookieOf('country', 90)}; ${cookieOf('city', 2)}`, [1, undefined]],
    ['with a damaged cookie is new', 'tp_c_c-daily=short.p..o', [1, 1]],
    ['without cookies is new', '', [1, 1]],
  ])('%s', async (_, cookie, expected) => {
    const { row } = await visit('/c/daily', { headers: cookie === '' ? {} : { cookie } })
    expect([row.unique_visits, row.workspace_unique_visits]).toEqual(expected)
    expect(row.visits).toBe(1)
  })

  it('keeps the campaign’s cookie as long as it tells who returns', async () => {
    const answer = await rig.get('/c/daily')
    expect(answer.cookies.find((text) => text.startsWith('tp_c_'))).toContain(`Max-Age=${30 * 86_400};`)
  })
})

describe('a flag', () => {
  it('for a bad referrer, or one below it, makes a bot where the workspace says so', async () => {
    for (const referer of ['https://spam.example/x', 'https://www.a.spam.example/']) {
      const { row } = await visit('/c/flagged', { headers: { referer } })
      expect(row).toMatchObject({ flags: 'bad_referrer', bot: 'bad_referrer', bot_visits: 1 })
      expect(row).not.toHaveProperty('visits')
    }
    expect(
      (await visit('/c/shared', { headers: { referer: 'https://notspam.example/' } })).row,
    ).not.toHaveProperty('bot')
  })

  it('for repeated visits of one address to one campaign leaves the visit a person’s unless told', async () => {
    const headers = { 'x-forwarded-for': '91.65.32.7' }
    const rows = []
    for (let n = 0; n < 3; n += 1) rows.push((await visit('/c/repeated', { headers })).row)
    expect(rows.map((row) => row.flags)).toEqual([undefined, undefined, 'repeated_address'])
    expect(rows.at(-1)).toMatchObject({ visits: 1 })
    expect((await visit('/c/daily', { headers })).row).not.toHaveProperty('flags')
  })
})

describe('tp_test=1', () => {
  it('goes the whole way and is counted nowhere', async () => {
    const { row, location } = await visit('/c/country?tp_test=1&x=1')
    expect(location).toBe(`https://offer.example/o2?cid=${row.click_id}`)
    expect(row).toMatchObject({ bot: 'test', params: { x: '1' }, rule_id: 'r-country' })
    for (const measure of ['visits', 'bot_visits', 'unique_visits', 'clicks', 'cost']) {
      expect(row).not.toHaveProperty(measure)
    }
    expect((await visit('/c/country?tp_test=0')).row).toMatchObject({ visits: 1 })
  })
})
