import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { ReportRequest } from '../../src/reports/report-request.ts'
import type { ReportResult } from '../../src/reports/run-report.ts'
import { useStores } from '../support/databases.ts'
import { callRoute, ROUTES, type Route, urlOf } from './api-calls.ts'
import { openTestApi, type TestApi } from './api-harness.ts'
import { addAffiliateManager, addParty, type Party, REVENUE_TEXTS } from './api-party.ts'
import { createWorld } from './api-world.ts'

const SECRET = 'SECRET-OF-BETA'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
/** Names under which a list might take somebody else's id. */
const FILTERS = ['affiliate', 'affiliateId', 'party', 'partyId', 'manager', 'managerId', 'offer', 'offerId']
/** Columns of the ledger that are the network's alone. */
const NETWORK_METRICS = /revenue|profit|sale|cost|roi|margin/

/** Routes that ask who is calling: what is public knows nobody. */
const guarded = ROUTES.filter(({ access }) => access !== 'public')
const portal = guarded.filter(({ access }) => access === 'affiliate')
const managers = guarded.filter(
  ({ access }) => access === 'affiliate_manager' || access === 'affiliate_manager_writes',
)

type Headers = Record<string, string>

/** Two networks; in the first one the caller, and everything that must stay hidden from it. */
async function openLeaky(stores: Parameters<typeof openTestApi>[0]) {
  const reports: ReportRequest[] = []
  const api = await openTestApi(stores, {
    runReport: async (request) => {
      reports.push(request)
      return reportOf(request)
    },
  })
  const world = await createWorld(api, 'NETWORK')
  const own = await addAffiliateManager(api, world.workspace)
  const other = await addAffiliateManager(api, world.workspace)
  const caller = await addParty(api, world, { mark: 'OWN', managerId: own.id })
  const neighbour = await addParty(api, world, { mark: SECRET, managerId: other.id })
  const foreignWorld = await createWorld(api, `${SECRET}-WORLD`)
  const foreign = await addParty(api, foreignWorld, { mark: `${SECRET}-ABROAD` })
  return { api, caller, manager: own, hidden: [neighbour, foreign], reports }
}

/** As the ledger would answer: somebody else's rows unless the request asks for one affiliate alone. */
function reportOf({ groupBy, metrics, filters }: ReportRequest): ReportResult {
  const isScoped = filters.some(
    ({ dimension, operator, values }) =>
      /affiliate/.test(dimension) && operator === 'is' && values.length === 1,
  )
  const keys = Object.fromEntries(groupBy.map((name) => [name, isScoped ? '' : SECRET]))
  const values = Object.fromEntries(
    metrics.map((name) => [name, NETWORK_METRICS.test(name) ? (REVENUE_TEXTS[1] ?? '') : '1']),
  )
  return { rows: [{ keys, metrics: values }], totals: values, groups: 1 } as ReportResult // as the ledger's
}

/** Every row of the database that names the party, whatever table it is in. */
async function rowsOf({ store }: TestApi, { mark, affiliateId }: Party): Promise<readonly string[]> {
  const tables = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name
  `.execute(store.db)
  const found: string[] = []
  for (const { name } of tables.rows) {
    const { rows } = await sql<object>`select * from ${sql.table(name)}`.execute(store.db)
    const texts = rows.map((row) => `${name} ${JSON.stringify(row)}`)
    found.push(...texts.filter((text) => text.includes(mark) || text.includes(affiliateId)))
  }
  return found.sort()
}

/** Asks for the hidden party's thing in every way that a route has, and returns what was answered. */
async function tryAll(api: TestApi, route: Route, who: Headers, { by, about }: { by: Party; about: Party }) {
  const url = await urlOf(route, { by, about })
  const asked = [await callRoute(api, route, { by, about }, who)]
  for (const method of METHODS) {
    if (method === route.method) continue
    // What another method does is another route's, with its own call.
    const isRoute = ROUTES.some((each) => each.url === route.url && each.method === method)
    if (!isRoute) asked.push(await api.app.inject({ method, url, headers: who }))
  }
  if (route.method === 'GET') {
    const named = FILTERS.map((name) => [name, idNamed(name, about)])
    const query = new URLSearchParams(Object.fromEntries(named))
    asked.push(await api.app.inject({ method: 'GET', url: `${url}?${query.toString()}`, headers: who }))
  } else {
    // About the caller's own thing, with ids in the body that are not its own.
    asked.push(await callRoute(api, route, { by: { ...by, ids: about.ids }, about: by }, who))
  }
  return asked
}

function idNamed(name: string, { affiliateId, ids }: Party): string {
  return name.startsWith('offer') ? (ids['network-offers'] ?? '') : affiliateId
}

describe('an affiliate', () => {
  const stores = useStores('sqlite')

  it('reads and changes nothing of another affiliate, of its own network or of another, by any route', async () => {
    const { api, caller, hidden } = await openLeaky(stores)
    const who = { authorization: `Bearer ${caller.key}` }
    for (const about of hidden) {
      const before = await rowsOf(api, about)
      expect(before.length).toBeGreaterThan(10)
      for (const route of guarded) {
        const answers = await tryAll(api, route, who, { by: caller, about })
        for (const { body } of answers) expect(body, route.key).not.toContain(SECRET)
        const statusCode = answers[0]?.statusCode
        if (route.access === 'affiliate' && route.url.includes(':')) {
          expect([route.key, statusCode]).toEqual([route.key, 404])
        }
        if (route.access !== 'affiliate' && route.access !== 'user') {
          expect([route.key, statusCode]).toEqual([route.key, 403])
        }
      }
      expect(await rowsOf(api, about)).toEqual(before)
    }
  })

  it('is told its payout, and never what the network earns', async () => {
    const { api, caller, reports } = await openLeaky(stores)
    const who = { authorization: `Bearer ${caller.key}` }
    let answers = ''
    for (const route of portal) answers += (await callRoute(api, route, { by: caller }, who)).body
    expect(answers).toContain('1.234567')
    for (const text of REVENUE_TEXTS) expect(answers).not.toContain(text)
    expect(answers.toLowerCase()).not.toContain('revenue')
    expect(reports.length).toBeGreaterThan(0)
    for (const { workspace, filters, metrics } of reports) {
      expect(workspace).toBe(caller.workspace)
      expect(filters).toContainEqual({ dimension: 'affiliate', operator: 'is', values: [caller.affiliateId] })
      expect(metrics.filter((name) => NETWORK_METRICS.test(name))).toEqual([])
    }
  })

  it('that is not active reads its status, and nothing else', async () => {
    const { api, caller } = await openLeaky(stores)
    const who = { authorization: `Bearer ${caller.key}` }
    for (const status of ['pending', 'paused', 'rejected', 'closed'] as const) {
      await api.store.db.updateTable('affiliates').set({ status }).execute()
      for (const route of portal) {
        const answer = await callRoute(api, route, { by: caller }, who)
        if (route.key === 'GET /api/v1/portal/me') expect(answer.json()).toMatchObject({ status })
        else expect(answer.json(), route.key).toMatchObject({ status: 403, code: `affiliate_${status}` })
      }
      const me = await api.app.inject({ url: '/api/v1/me', headers: who })
      expect(me.json().workspaces).toMatchObject([{ affiliate: { status } }])
    }
  })
})

describe('an affiliate manager', () => {
  const stores = useStores('sqlite')

  it('reads and changes nothing of another manager’s affiliate, or of another network’s, by any route', async () => {
    const { api, caller, manager, hidden } = await openLeaky(stores)
    const who = { cookie: manager.cookie }
    for (const about of hidden) {
      const before = await rowsOf(api, about)
      for (const route of guarded) {
        const answers = await tryAll(api, route, who, { by: caller, about })
        for (const { body } of answers) expect(body, route.key).not.toContain(SECRET)
        const statusCode = answers[0]?.statusCode
        const refused = managers.includes(route) ? 404 : 403
        const isToldNothing = refused === 404 ? route.url.includes(':') : route.access !== 'user'
        if (isToldNothing) expect([route.key, statusCode]).toEqual([route.key, refused])
      }
      expect(await rowsOf(api, about)).toEqual(before)
    }
  })
})
