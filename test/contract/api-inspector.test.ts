import { describe, expect, it } from 'vitest'
import type { TimelineEntry } from '../../src/api/timeline-view.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { UnmatchedValue } from '../../src/domain/unmatched-reason.ts'
import { type JudgedHit, saveHits } from '../../src/store/hits.ts'
import { insertVisitUpdates } from '../../src/store/visit-updates.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { type HitChanges, judgedHit } from '../support/judged-hit.ts'
import { openTestApi, PUBLIC_URL, type TestApi } from './api-harness.ts'
import { createWorld, makeClickId, NOW, type World } from './api-world.ts'

/** Click ids of the tests are genuine when their HMAC is 0. */
const FORGED = /.$/
const LATER = NOW + 60_000

type Answer = { readonly statusCode: number; readonly body: string; readonly json: () => unknown }

async function ask(api: TestApi, world: World, path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${world.keys.viewer}` }
  return await api.app.inject({ method: 'GET', url: `/api/v1/${path}`, headers })
}

describe('the timeline of a click id', () => {
  const stores = useStores('sqlite')

  async function openWith(rowsOf: (world: World) => readonly LedgerRow[]) {
    const rows: LedgerRow[] = []
    const api = await openTestApi(stores, {
      visitRows: async (_, clickId) => rows.filter((row) => row.click_id === clickId),
    })
    const world = await createWorld(api, 'ALPHA')
    rows.push(...rowsOf(world))
    const timeline = async () => {
      const answer = await ask(api, world, `visits/${world.clickId}`)
      expect(answer.statusCode, answer.body).toBe(200)
      return (answer.json() as { timeline: TimelineEntry[] }).timeline
    }
    return { api, world, timeline }
  }

  it('tells the request, its routing, where it was sent, view, click, hit, conversion, delivery and attempt in order', async () => {
    const { world, timeline } = await openWith((world) => visitRows(world))
    const entries = await timeline()
    expect(entries.map(({ type }) => type)).toEqual([
      'request',
      'routing',
      'redirect',
      'hit',
      'conversion',
      'delivery',
      'attempt',
      'lander_view',
      'click',
    ])
    const { ids, mark } = world
    expect(entries[0]).toMatchObject({
      link: 'campaign',
      url: expect.stringMatching(`^${PUBLIC_URL}/c/`),
      campaign: { id: ids.campaigns, name: `${mark} campaigns` },
      tokens: { zone: '7', sub1: 'a' },
      params: { other: 'x' },
      ip: '203.0.113.9',
    })
    expect(entries[1]).toMatchObject({
      reason: 'default',
      offer: { id: ids.offers, name: `${mark} offers` },
      lander: { id: ids.landers, name: `${mark} landers` },
      path: { id: 'p1', name: '' },
      rule: null,
    })
    expect(entries[2]).toMatchObject({ url: 'https://lander.example/?cid=1' })
    expect(entries[8]).toMatchObject({ type: 'click', url: 'https://offer.example/?cid=1' })
  })

  it('says in words what became of a hit, why a delivery was not sent, and what came back', async () => {
    const { api, world, timeline } = await openWith(() => [])
    const { db } = api.store
    await db.updateTable('deliveries').set({ state: 'skipped', reason: 'payout 0' }).execute()
    await db.updateTable('delivery_attempts').set({ error: 'timeout', response_status: null }).execute()
    const entries = await timeline()
    const ofType = (type: string) => entries.find((entry) => entry.type === type)
    expect(ofType('hit')).toMatchObject({
      hit: { explanation: 'It made a new conversion; its visit was found by the click id.' },
    })
    expect(ofType('delivery')).toMatchObject({ why: expect.stringMatching(/has none/) })
    expect(ofType('attempt')).toMatchObject({ explanation: 'The host did not answer in time.' })
    expect(JSON.stringify(entries)).not.toContain(`${world.mark}-token`)
  })

  it('tells how long a delivery waited, and how long its answer took', async () => {
    const { api, timeline } = await openWith(() => [])
    const { db } = api.store
    const times = { created_at: NOW, due_at: NOW + 5_000, state: 'delivered' as const }
    await db.updateTable('deliveries').set(times).execute()
    const sent = { started_at: NOW + 5_200, duration_ms: 35, response_status: 200, error: '' }
    await db.updateTable('delivery_attempts').set(sent).execute()
    const entries = await timeline()
    expect(entries.find(({ type }) => type === 'delivery')).toMatchObject({
      timing: { queuedToDueMs: 5_000, dueToSentMs: 200, sentToAnsweredMs: 35 },
    })
    expect(entries.find(({ type }) => type === 'attempt')).toMatchObject({
      explanation: 'The receiver accepted it: status 200 after 35 ms.',
    })
  })

  it('tells updates, and what a correction changed, each once', async () => {
    const { api, world, timeline } = await openWith((world) => {
      const [visit] = visitRows(world)
      if (visit === undefined) return []
      const out = { ...visit, visits: -1, cost: '-0.5', correction: 'out' as const, corrected_at: LATER }
      const added = { ...visit, visits: 0, bot_visits: 1, bot: 'flag', correction: 'in' as const }
      return [visit, out, { ...added, corrected_at: LATER }]
    })
    const change = { bot: 'flag', addFlags: ['datacenter'], tokens: { zone: '8' } }
    const update = { id: 'u1', workspace: world.workspace, clickId: world.clickId, at: LATER - 1, change }
    await insertVisitUpdates(api.store.db, [update])
    const entries = await timeline()
    expect(entries.slice(-2)).toEqual([
      {
        type: 'update',
        at: new Date(LATER - 1).toISOString(),
        id: 'u1',
        values: { bot: 'flag', 'flags added': 'datacenter', 'token.zone': '8' },
      },
      {
        type: 'correction',
        at: new Date(LATER).toISOString(),
        changes: [
          { field: 'visits', from: '1', to: '0' },
          { field: 'bot', from: '', to: 'flag' },
          { field: 'bot_visits', from: '', to: '1' },
        ].sort((a, b) => (a.field < b.field ? -1 : 1)),
      },
    ])
  })
})

describe.each(SQL_ENGINES)('a text pasted into the inspector on %s', (engine) => {
  const stores = useStores(engine)

  it.each<[string, (world: World) => string]>([
    ['click', ({ clickId }) => clickId],
    ['hit', ({ ids }) => ids.hits ?? ''],
    ['conversion', ({ ids }) => ids.conversions ?? ''],
    ['delivery', ({ ids }) => ids.deliveries ?? ''],
    ['txid', ({ mark }) => `${mark}-tx`],
    ['externalId', () => 'ext-7'],
    ['click', ({ clickId }) => `https://track.example.com/postback?cid=${clickId}&payout=1`],
    ['txid', ({ mark }) => `https://track.example.com/postback?txid=${mark}-tx`],
  ])('that is a %s leads to its click id (%#)', async (as, textOf) => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    await api.store.db.updateTable('conversions').set({ external_id: 'ext-7' }).execute()
    const answer = await ask(api, world, `inspector/find?q=${encodeURIComponent(textOf(world))}`)
    expect(answer.json()).toMatchObject({ items: [{ as, clickId: world.clickId }] })
  })

  it('of another workspace, or of nothing, leads nowhere', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const other = await createWorld(api, 'BETA')
    for (const text of [other.clickId, other.ids.hits, other.ids.conversions, 'BETA-tx', "'; drop table"]) {
      const answer = await ask(api, world, `inspector/find?q=${encodeURIComponent(text ?? '')}`)
      expect(answer.json()).toEqual({ items: [] })
    }
  })
})

describe.each(SQL_ENGINES)('the unmatched inbox on %s', (engine) => {
  const stores = useStores(engine)

  it('groups what has one cause, the largest first, with its newest examples and what to do', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const genuine = makeClickId(NOW)
    const cases: readonly [UnmatchedValue, readonly [string, string][], HitChanges][] = [
      ['missing', [['payout', '1']], {}],
      ['empty', [['cid', '']], {}],
      ['macro', [['subid', '{clickid}']], {}],
      ['cut', [['cid', genuine.slice(0, 20)]], {}],
      ['changed_case', [['cid', genuine.toUpperCase()]], {}],
      ['forged', [['cid', genuine.replace(FORGED, '1')]], {}],
      ['foreign', [['cid', 'w9F3-QX']], {}],
      ['unknown', [['cid', genuine]], { rematchAt: LATER }],
      ['expired', [['cid', genuine]], {}],
    ]
    const hits = cases.map(([value, params, changes]) => unmatched(world, value, params, changes))
    const many = Array.from({ length: 4 }, (_, n) =>
      unmatched(world, `m${n}`, [['subid', '{sub_id}']], { receivedAt: NOW + n }),
    )
    await saveHits(api.store.db, [...hits, ...many])
    const { groups } = (await ask(api, world, 'inspector/unmatched')).json() as { groups: Group[] }
    expect(groups.map(({ value }) => value).sort()).toEqual(cases.map(([value]) => value).sort())
    expect(groups[0]).toMatchObject({ value: 'macro', param: 'subid', count: 5, advice: /macro/ })
    expect(groups[0]?.examples.map(({ id }) => id)).toEqual(['m3', 'm2', 'm1'])
    for (const { advice } of groups) expect(advice).toMatch(/\.$/)
  })

  it('judges a whole group anew, and leaves the others', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const late = makeClickId(NOW + 1)
    await saveHits(api.store.db, [
      unmatched(world, 'a', [['cid', late]], {}),
      unmatched(world, 'b', [['cid', late]], {}),
      unmatched(world, 'other', [['cid', 'w-1']], {}),
    ])
    const { groups } = (await ask(api, world, 'inspector/unmatched')).json() as { groups: Group[] }
    const visit = {
      kind: 'visit',
      workspace: world.workspace,
      at: NOW,
      visit_at: NOW,
      click_id: late,
    } as const
    api.visits.set(late, { visit, lastClickOfferId: '', lastClickNetworkId: '', clicks: 0 })
    const key = groups.find(({ value }) => value === 'expired')?.key
    const headers = { authorization: `Bearer ${world.keys.manager}` }
    const again = {
      method: 'POST' as const,
      url: '/api/v1/inspector/unmatched/rematch',
      headers,
      payload: { key },
    }
    expect((await api.app.inject(again)).json()).toEqual({ judged: 2, matched: 2 })
    const left = (await ask(api, world, 'inspector/unmatched')).json() as { groups: Group[] }
    expect(left.groups.map(({ value }) => value)).toEqual(['foreign'])
    expect((await api.app.inject(again)).statusCode).toBe(404)
  })
})

type Group = {
  readonly key: string
  readonly value: UnmatchedValue
  readonly advice: string
  readonly examples: readonly { readonly id: string }[]
}

function visitRows({ workspace, clickId, ids }: World): readonly LedgerRow[] {
  const common = {
    workspace,
    visit_at: NOW,
    click_id: clickId,
    campaign_id: ids.campaigns ?? '',
    offer_id: ids.offers ?? '',
    lander_id: ids.landers ?? '',
  }
  const visit: LedgerRow = {
    ...common,
    kind: 'visit',
    at: NOW,
    path_id: 'p1',
    route_reason: 'default',
    location: 'https://lander.example/?cid=1',
    ip: '203.0.113.9',
    tokens: { zone: '7' },
    sub1: 'a',
    params: { other: 'x' },
    visits: 1,
    cost: '0.5',
  }
  const clickLocation = 'https://offer.example/?cid=1'
  return [
    visit,
    { ...common, kind: 'lander_view', at: NOW + 1_000_000, lander_views: 1 },
    { ...common, kind: 'click', at: NOW + 1_000_001, clicks: 1, location: clickLocation },
  ]
}

function unmatched(
  { workspace }: World,
  id: string,
  params: readonly [string, string][],
  changes: HitChanges,
): JudgedHit {
  const lost: HitChanges = { outcome: 'unmatched', reason: 'no visit', attribution: 'none' }
  return judgedHit(workspace, id, NOW - 1, { ...lost, ...changes, request: { params } })
}
