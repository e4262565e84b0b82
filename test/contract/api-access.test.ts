import { fastify } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { describe, expect, it } from 'vitest'
import { ACCESS, type Access, ROLES, type Role } from '../../src/api/access-table.ts'
import { enforceAccess } from '../../src/api/enforce-access.ts'
import { DEFAULT_NETWORK_SETTINGS } from '../../src/domain/affiliate.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { useStores } from '../support/databases.ts'
import { DASHBOARD_URL, openTestApi, type TestApi } from './api-harness.ts'
import { bodyOf, createWorld, type World } from './api-world.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
type Route = { readonly key: string; readonly method: Method; readonly url: string; readonly access: Access }

const CONFIGURED = [
  'traffic-sources',
  'affiliate-networks',
  'offers',
  'landers',
  'flows',
  'campaigns',
  'domains',
  'events',
  'advertisers',
  'affiliates',
  'coupons',
]
/** Said once more here, in full, so that a mistake in the comparison of roles shows. */
const MAY: Readonly<Record<Role, readonly Access[]>> = {
  viewer: ['user', 'viewer', 'affiliate_manager'],
  manager: ['user', 'viewer', 'manager', 'affiliate_manager', 'affiliate_manager_writes'],
  owner: ['user', 'viewer', 'manager', 'owner', 'affiliate_manager', 'affiliate_manager_writes'],
}
/** Kinds that a route deletes, so that each call needs one of its own. */
const MADE_ANEW = [...CONFIGURED, 'api-keys', 'notification-targets', 'webhooks']

/** As well, routes after which a thing is at its end. */
const SPENDING = ['POST /api/v1/hits/:id/match', 'POST /api/v1/jobs/:id/cancel']

const routes: readonly Route[] = Object.entries(ACCESS).map(([key, access]) => {
  const [method = '', url = ''] = key.split(' ')
  return { key, method: method as Method, url, access } // the table holds these four methods
})
const guarded = routes.filter((route) => route.access !== 'public')

describe('the table of access', () => {
  const stores = useStores('sqlite')

  it('names every route: one that is missing can not be registered', () => {
    const app = fastify().withTypeProvider<ZodTypeProvider>()
    enforceAccess(app, {} as never)
    expect(() => app.get('/api/v1/secrets', async () => 'leaked')).toThrow('missing in access-table.ts')
  })

  it('names no route that does not exist', async () => {
    const { app } = await openTestApi(stores)
    const absent = routes.filter(({ method, url }) => !app.hasRoute({ method, url }))
    // The dashboard's files are served only once they are built.
    expect(absent.map(({ key }) => key)).toEqual(['GET /*'])
  })

  it('opens only what a person needs before they are signed in', () => {
    const open = routes.filter((route) => route.access === 'public').map(({ key }) => key)
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
    ])
  })
})

describe('every route', () => {
  const stores = useStores('sqlite')

  it('asks who is calling', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    for (const route of guarded) {
      const anonymous = await call(api, route, { by: world }, {})
      expect([route.key, anonymous.statusCode]).toEqual([route.key, 401])
      const forged = await call(api, route, { by: world }, { authorization: `Bearer tp_${'x'.repeat(43)}` })
      expect([route.key, forged.statusCode]).toEqual([route.key, 401])
    }
  })

  it('answers each role as the table says', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    for (const route of guarded) {
      for (const role of ROLES) {
        const allowed = MAY[role].includes(route.access)
        const answer = await call(api, route, { by: world }, { authorization: `Bearer ${world.keys[role]}` })
        const label = `${role} ${route.key}: ${answer.body}`
        expect(answer.statusCode < 300, label).toBe(allowed)
        if (!allowed) expect(answer.json()).toMatchObject({ status: 403, code: 'role_too_low' })
      }
    }
  })

  it('refuses a workspace that the caller does not belong to', async () => {
    const api = await openTestApi(stores)
    const alpha = await createWorld(api, 'ALPHA', { signedIn: true })
    const beta = await createWorld(api, 'BETA')
    for (const route of guarded) {
      for (const who of [{ cookie: alpha.cookie }, { authorization: `Bearer ${alpha.keys.owner}` }]) {
        const answer = await call(
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
    const alpha = await createWorld(api, 'ALPHA', { signedIn: true })
    const beta = await createWorld(api, 'BETA')
    for (const { workspace, clickId } of [alpha, beta]) ownClicks.add(`${workspace} ${clickId}`)
    const before = await everythingOf(api, beta)
    for (const route of guarded) {
      for (const who of [{ cookie: alpha.cookie }, { authorization: `Bearer ${alpha.keys.owner}` }]) {
        const answer = await call(api, route, { by: alpha, about: beta }, who)
        expect(answer.body, route.key).not.toContain('BETA')
        if (route.url.includes(':')) expect([route.key, answer.statusCode]).toEqual([route.key, 404])
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

/** One of the catalogue's for each route that asks for one. */
const TEMPLATES: Readonly<Record<string, string>> = {
  '/api/v1/catalogue/traffic-sources/:key': 'popads',
  '/api/v1/catalogue/affiliate-networks/:key': 'affise',
}

/** Calls a route about things of `about` (the caller's own unless told), with a body that the caller may send. */
async function call(
  api: TestApi,
  { method, url, key }: Route,
  { by, about = by }: { readonly by: World; readonly about?: World },
  headers: Record<string, string>,
) {
  const [, , , resource = ''] = url.split('/')
  // Affiliates run offers of advertisers alone.
  const kind = url.includes('/:affiliateId') ? 'network-offers' : resource
  const isSpent = (MADE_ANEW.includes(kind) && method === 'DELETE') || SPENDING.includes(key)
  const id = isSpent && about === by ? await by.make(kind) : about.ids[kind]
  const template = about === by ? TEMPLATES[url] : undefined
  const target = url
    .replace(':clickId', about.clickId)
    .replace(':affiliateId', about.ids.affiliates ?? '')
    .replace(':id', id ?? '')
    .replace(':key', template ?? 'unknown')
  if (key === 'POST /api/v1/conversion-uploads') {
    const csv = { ...headers, 'content-type': 'text/csv' }
    return await api.app.inject({ method, url: target, headers: csv, payload: `${by.clickId}\n` })
  }
  const payload = payloadOf(key, kind, by)
  return await api.app.inject({ method, url: target, headers, ...(payload === undefined ? {} : { payload }) })
}

const RANGE = { from: '2026-01-01', to: '2026-01-02' }

/** A body for every writing route; a route that is new must be added here. */
function payloadOf(key: string, kind: string, world: World): object | undefined {
  const [method = '', url = ''] = key.split(' ')
  if (method === 'GET' || method === 'DELETE' || /\/(?:replay|cancel)$/.test(url)) return undefined
  if (url.endsWith('/notification-targets')) return { url: `https://${world.mark}.example/pb` }
  switch (key) {
    case 'PATCH /api/v1/settings':
      return { attributionWindowDays: 10, uniqueHours: 0, fraud: DEFAULT_FRAUD_SETTINGS }
    case 'PATCH /api/v1/settings/currency-rates':
      return { perUsd: { EUR: '0.9' } }
    case 'PATCH /api/v1/conversions/:id':
      return { status: 'rejected', reason: 'fraud' }
    case 'POST /api/v1/conversions/:id/adjust':
      return { revenue: '1', reason: 'agreed' }
    case 'POST /api/v1/webhooks':
      return bodyOf(kind, world.mark, world.ids)
    case 'PATCH /api/v1/webhooks/:id':
      return { status: 'disabled' }
    case 'PATCH /api/v1/notification-targets/:id':
      return { delaySeconds: 5 }
    case 'POST /api/v1/conversions':
    case 'POST /api/v1/hits/:id/match':
      return { clickId: world.clickId }
    case 'POST /api/v1/visits/:clickId/update':
      return { subs: { sub1: 'new' } }
    case 'POST /api/v1/conversions/bulk-status':
      return { ids: [world.ids.conversions], status: 'rejected', reason: 'fraud' }
    case 'POST /api/v1/hits/rematch':
      return { all: true }
    case 'POST /api/v1/conversion-uploads/:id/apply':
    case 'POST /api/v1/campaigns/:id/test-conversion':
      return {}
    case 'POST /api/v1/cost-corrections':
      return { ...RANGE, key: 'access', mode: 'total', amount: '1', preview: true }
    case 'POST /api/v1/fraud/reruns':
      return { ...RANGE, rule: { type: 'datacenter' }, flag: 'datacenter', markAsBot: true, preview: true }
    case 'POST /api/v1/campaigns/:id/dry-run':
      return { facts: { country: 'DE' } }
    case 'POST /api/v1/reports':
      return { from: '2026-01-01', to: '2026-12-31', groupBy: ['campaign'] }
    case 'POST /api/v1/reports/split':
      return { from: '2026-01-01', to: '2026-12-31', dimension: 'path', metric: 'cv' }
    case 'POST /api/v1/traffic-sources/from-template':
      return { template: 'popads' }
    case 'POST /api/v1/affiliate-networks/from-template':
      return { template: 'affise' }
    case 'POST /api/v1/advertisers/:id/token':
      return { action: 'generate' }
    case 'POST /api/v1/offers/:id/affiliates/:affiliateId':
      return { state: 'approved' }
    case 'POST /api/v1/applications/decide': {
      const items = [{ offerId: world.ids['network-offers'], affiliateId: world.ids.affiliates }]
      return { items, state: 'approved' }
    }
    case 'POST /api/v1/api-keys':
      return { name: 'key', role: 'viewer' }
  }
  if (!CONFIGURED.includes(kind)) throw new Error(`no example body for ${key}`)
  if (method === 'PATCH') return { name: kind === 'domains' ? `renamed.${world.mark}.example` : 'renamed' }
  return bodyOf(kind, world.mark, world.ids)
}

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
    'advertisers',
    'affiliates',
    'affiliate_offers',
    'coupons',
  ] as const
  const all: unknown[] = []
  for (const table of tables) {
    const { db } = api.store
    all.push(await db.selectFrom(table).selectAll().where('workspace', '=', workspace).execute())
  }
  return all
}
