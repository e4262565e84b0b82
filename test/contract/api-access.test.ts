import { fastify } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { describe, expect, it } from 'vitest'
import { type Access, type AccountRole, ROLES, SCOPED_ROLES } from '../../src/api/access-table.ts'
import { enforceAccess } from '../../src/api/enforce-access.ts'
import { DEFAULT_NETWORK_SETTINGS } from '../../src/domain/affiliate.ts'
import { DEFAULT_ALERT_SETTINGS } from '../../src/domain/alert.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { DEFAULT_RETENTION_SETTINGS } from '../../src/domain/retention.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { useStores } from '../support/databases.ts'
import { callRoute, FOR_PEOPLE_ALONE, ROUTES } from './api-calls.ts'
import { DASHBOARD_URL, openTestApi, type TestApi } from './api-harness.ts'
import { addAffiliateManager, addParty, addSignedIn, createWorldWithParty } from './api-party.ts'
import { bodyOf, createWorld, type World } from './api-world.ts'

/** Said once more here, in full, so that a mistake in the comparison of roles shows. */
const MAY: Readonly<Record<AccountRole, readonly Access[]>> = {
  affiliate: ['user', 'affiliate'],
  affiliate_manager: ['user', 'affiliate_manager', 'affiliate_manager_writes'],
  viewer: ['user', 'viewer', 'affiliate_manager'],
  manager: ['user', 'viewer', 'manager', 'affiliate_manager', 'affiliate_manager_writes'],
  owner: ['user', 'viewer', 'manager', 'owner', 'affiliate_manager', 'affiliate_manager_writes'],
}
const guarded = ROUTES.filter((route) => route.access !== 'public')

describe('the table of access', () => {
  const stores = useStores('sqlite')

  it('names every route: one that is missing can not be registered', () => {
    const app = fastify().withTypeProvider<ZodTypeProvider>()
    enforceAccess(app, {} as never)
    expect(() => app.get('/api/v1/secrets', async () => 'leaked')).toThrow('missing in access-table.ts')
  })

  it('names no route that does not exist', async () => {
    const { app } = await openTestApi(stores)
    const absent = ROUTES.filter(({ method, url }) => !app.hasRoute({ method, url }))
    // The dashboard's files are served only once they are built.
    expect(absent.map(({ key }) => key)).toEqual(['GET /*'])
  })

  it('opens only what a person needs before they are signed in', () => {
    const open = ROUTES.filter((route) => route.access === 'public').map(({ key }) => key)
    expect(open).toEqual([
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
      'GET /*',
      'GET /api/auth/*',
      'POST /api/auth/*',
      'GET /api/v1/openapi.json',
      'GET /api/v1/setup',
      'POST /api/v1/setup',
      'GET /api/v1/sign-up/:workspace',
      'POST /api/v1/sign-up/:workspace',
    ])
  })
})

describe('every route', () => {
  const stores = useStores('sqlite')

  it('asks who is calling', async () => {
    const api = await openTestApi(stores)
    const world = await createWorldWithParty(api, 'ALPHA')
    for (const route of guarded) {
      const anonymous = await callRoute(api, route, { by: world }, {})
      expect([route.key, anonymous.statusCode]).toEqual([route.key, 401])
      const forged = await callRoute(
        api,
        route,
        { by: world },
        { authorization: `Bearer tp_${'x'.repeat(43)}` },
      )
      expect([route.key, forged.statusCode]).toEqual([route.key, 401])
    }
  })

  it.each([...ROLES, ...SCOPED_ROLES])('answers the role %s as the table says', async (role) => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const manager = await addAffiliateManager(api, world.workspace)
    const by = await addParty(api, world, { mark: 'OWN', managerId: manager.id })
    const keys = { ...world.keys, affiliate: by.key }
    const isKeyless = role === 'affiliate_manager'
    const person = isKeyless ? manager : await addSignedIn(api, { workspace: world.workspace, role })
    const who = isKeyless ? { cookie: person.cookie } : { authorization: `Bearer ${keys[role]}` }
    for (const route of guarded) {
      const allowed = MAY[role].includes(route.access)
      const isPersonal = allowed && !isKeyless && FOR_PEOPLE_ALONE.has(route.key)
      if (isPersonal) {
        const refused = await callRoute(api, route, { by }, who)
        expect(refused.json()).toMatchObject({ status: 403, code: 'person_needed' })
      }
      const answer = await callRoute(api, route, { by }, isPersonal ? { cookie: person.cookie } : who)
      expect(answer.statusCode < 300, `${route.key}: ${answer.body}`).toBe(allowed)
      if (!allowed) expect(answer.json()).toMatchObject({ status: 403, code: 'role_too_low' })
    }
  })

  it('refuses a workspace that the caller does not belong to', async () => {
    const api = await openTestApi(stores)
    const alpha = await createWorldWithParty(api, 'ALPHA', { signedIn: true })
    const beta = await createWorldWithParty(api, 'BETA')
    for (const route of guarded) {
      for (const who of [{ cookie: alpha.cookie }, { authorization: `Bearer ${alpha.keys.owner}` }]) {
        const answer = await callRoute(
          api,
          route,
          { by: alpha, about: beta },
          { ...who, 'x-trailpost-workspace': beta.workspace },
        )
        expect(answer.json()).toMatchObject({ status: 403, code: 'foreign_workspace' })
        expect(answer.body).not.toContain('BETA')
      }
    }
  })

  it('shows and changes nothing of another workspace', async () => {
    const ownClicks = new Set<string>()
    const api = await openTestApi(stores, {
      visitRows: async (workspace, clickId) =>
        ownClicks.has(`${workspace} ${clickId}`) ? [visitRow(workspace, clickId)] : [],
    })
    const alpha = await createWorldWithParty(api, 'ALPHA', { signedIn: true })
    const beta = await createWorldWithParty(api, 'BETA')
    for (const { workspace, clickId } of [alpha, beta]) ownClicks.add(`${workspace} ${clickId}`)
    const before = await everythingOf(api, beta)
    for (const route of guarded) {
      for (const who of [{ cookie: alpha.cookie }, { authorization: `Bearer ${alpha.keys.owner}` }]) {
        const answer = await callRoute(api, route, { by: alpha, about: beta }, who)
        expect(answer.body, route.key).not.toContain('BETA')
        // The portal knows nobody but affiliates.
        const refused = route.access === 'affiliate' ? 403 : 404
        if (route.url.includes(':')) expect([route.key, answer.statusCode]).toEqual([route.key, refused])
      }
    }
    expect(await everythingOf(api, beta)).toEqual(before)
  })

  it('refuses to point at things of another workspace', async () => {
    const api = await openTestApi(stores)
    const alpha = await createWorld(api, 'ALPHA')
    const beta = await createWorld(api, 'BETA')
    const references: readonly [path: string, kind: string, field: string][] = [
      ['offers', 'affiliate-networks', 'affiliateNetworkId'],
      ['campaigns', 'traffic-sources', 'trafficSourceId'],
      ['campaigns', 'offers', 'paths.0.offers.0.id'],
      ['campaigns', 'landers', 'paths.0.landers.0.id'],
      ['flows', 'offers', 'paths.0.offers.0.id'],
      ['flows', 'landers', 'paths.0.landers.0.id'],
      ['coupons', 'affiliates', 'affiliateId'],
      ['coupons', 'network-offers', 'offerId'],
    ]
    for (const [path, kind, field] of references) {
      const payload = bodyOf(path, 'ALPHA', { ...alpha.ids, [kind]: beta.ids[kind] ?? '' })
      const headers = { authorization: `Bearer ${alpha.keys.owner}` }
      for (const [method, url] of [
        ['POST', `/api/v1/${path}`],
        ['PATCH', `/api/v1/${path}/${alpha.ids[path]}`],
      ] as const) {
        const answer = await api.app.inject({ method, url, headers, payload })
        expect(answer.json(), `${method} ${field}`).toMatchObject({ status: 422, errors: [{ field }] })
      }
    }
  })
})

describe('a person of several workspaces', () => {
  const stores = useStores('sqlite')

  it('names the one that is meant, and is seen in all of them by /me', async () => {
    const api = await openTestApi(stores)
    const { cookie, workspace, userId } = await api.owner('ada@example.com')
    const second = await createWorkspace(api.store.db, { ...SECOND_WORKSPACE }, Date.now())
    await api.deps.accounts.addWorkspace({ id: second.id, name: second.name, ownerId: userId })
    const get = (url: string, headers: object) => api.app.inject({ url, headers: { cookie, ...headers } })
    expect((await get('/api/v1/settings', {})).json()).toMatchObject({
      status: 400,
      code: 'workspace_needed',
    })
    for (const id of [workspace, second.id]) {
      const answer = await get('/api/v1/settings', { 'x-trailpost-workspace': id })
      expect(answer.json()).toMatchObject({ workspace: id })
    }
    expect((await get('/api/v1/me', {})).json().workspaces).toHaveLength(2)
  })

  it('has its workspaces read once for an answer of /me', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const { accounts } = api.deps
    const own = { ...accounts }
    const asked: string[] = []
    accounts.memberships = async (userId) => {
      asked.push(userId)
      return await own.memberships(userId)
    }
    const answer = await api.app.inject({ url: '/api/v1/me', headers: { cookie } })
    expect(answer.json().workspaces).toHaveLength(1)
    expect(asked).toHaveLength(1)
  })
})

const SECOND_WORKSPACE = {
  name: 'Second',
  currency: 'EUR',
  timeZone: 'UTC',
  fallbackUrl: '',
  attributionWindowDays: 30,
  uniqueHours: 0,
  fraud: DEFAULT_FRAUD_SETTINGS,
  network: DEFAULT_NETWORK_SETTINGS,
  alerts: DEFAULT_ALERT_SETTINGS,
  retention: DEFAULT_RETENTION_SETTINGS,
  requireTwoFactor: false,
}

describe('a session cookie', () => {
  const stores = useStores('sqlite')

  it.each([
    [{ origin: DASHBOARD_URL }, 201],
    [{ origin: 'http://127.0.0.1:8081' }, 201],
    [{}, 201],
    [{ origin: 'https://evil.example' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
  ])('with %j writes: %i', async (from, status) => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const headers = { cookie, ...from }
    const payload = { name: 'Lander', url: 'https://lander.example/' }
    const answer = await api.app.inject({ method: 'POST', url: '/api/v1/landers', headers, payload })
    expect(answer.statusCode).toBe(status)
  })
})

function visitRow(workspace: string, clickId: string): LedgerRow {
  return { kind: 'visit', workspace, at: 1, visit_at: 1, click_id: clickId, city: 'BETA' }
}

/** All rows that belong to the workspace. */
async function everythingOf(api: TestApi, { workspace }: World) {
  const tables = [
    'traffic_sources',
    'affiliate_networks',
    'offers',
    'landers',
    'campaigns',
    'notification_targets',
    'hits',
    'conversions',
    'conversion_history',
    'deliveries',
    'delivery_attempts',
    'api_keys',
    'audit_log',
    'events',
    'jobs',
    'conversion_uploads',
    'reconciliations',
    'advertisers',
    'affiliates',
    'affiliate_offers',
    'coupons',
    'invoices',
    'invoice_lines',
    'payment_runs',
    'balance_adjustments',
  ] as const
  const all: unknown[] = []
  for (const table of tables) {
    const { db } = api.store
    all.push(await db.selectFrom(table).selectAll().where('workspace', '=', workspace).execute())
  }
  return all
}
