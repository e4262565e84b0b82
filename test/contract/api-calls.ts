import { randomUUID } from 'node:crypto'
import { ACCESS, type Access } from '../../src/api/access-table.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import { PASSWORD, type TestApi } from './api-harness.ts'
import { bodyOf, type World } from './api-world.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
export type Route = {
  readonly key: string
  readonly method: Method
  readonly url: string
  readonly access: Access
}

export const CONFIGURED = [
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
  'report-views',
  'custom-metrics',
]
/** Kinds that a route deletes, so that each call needs one of its own. */
const MADE_ANEW = [
  ...CONFIGURED,
  'api-keys',
  'notification-targets',
  'webhooks',
  'alert-channels',
  'members',
  'keyId',
  'userId',
  'portal/api-keys',
  'portal/postbacks',
]

/** As well, routes after which a thing is at its end. */
const SPENDING = [
  'POST /api/v1/hits/:id/match',
  'POST /api/v1/jobs/:id/cancel',
  'POST /api/v1/invoices/:id/void',
  'POST /api/v1/payment-runs/:id/cancel',
  // Conversions have a click unless told.
  'GET /api/v1/privacy/conversions/:id',
  'POST /api/v1/privacy/conversions/:id/erase',
]

/** What there must be of the caller's before a route can do its work, each time anew; by the route. */
const NEEDED: Readonly<Record<string, string>> = {
  'POST /api/v1/invoices': 'balance-adjustments',
  'POST /api/v1/payment-runs': 'final-invoices',
}

/** Every route of the table of access: a test that goes through them finds new ones by itself. */
export const ROUTES: readonly Route[] = Object.entries(ACCESS).map(([key, access]) => {
  const [method = '', url = ''] = key.split(' ')
  return { key, method: method as Method, url, access } // the table holds these four methods
})
/** What an API key may not do, whatever its role. */
export const FOR_PEOPLE_ALONE: ReadonlySet<string> = new Set([
  'POST /api/v1/members/:id/reset-two-factor',
  'POST /api/v1/affiliates/:id/portal-view',
])
/** One of the catalogue's for each route that asks for one. */
const TEMPLATES: Readonly<Record<string, string>> = {
  '/api/v1/catalogue/traffic-sources/:key': 'popads',
  '/api/v1/catalogue/affiliate-networks/:key': 'affise',
}

/** Calls a route about things of `about` (the caller's own unless told), with a body that the caller may send. */
export async function callRoute(
  api: TestApi,
  route: Route,
  { by, about = by }: { readonly by: World; readonly about?: World },
  headers: Record<string, string>,
) {
  const { method, key } = route
  const url = await urlOf(route, { by, about })
  if (key === 'POST /api/v1/conversion-uploads') {
    const csv = { ...headers, 'content-type': 'text/csv' }
    return await api.app.inject({ method, url, headers: csv, payload: `${by.clickId}\n` })
  }
  // A stream would be answered for ever.
  if (key === 'GET /api/v1/inspector/stream') {
    return await api.app.inject({ method, url: `${url}?follow=false`, headers })
  }
  if (key === 'GET /api/v1/privacy/click-ids') {
    return await api.app.inject({ method, url: `${url}?conversionId=${about.ids.conversions}`, headers })
  }
  if (key === 'GET /api/v1/newest-visit') {
    return await api.app.inject({ method, url: `${url}?campaignId=${about.ids.campaigns}`, headers })
  }
  if (key === 'GET /api/v1/inspector/find') {
    return await api.app.inject({ method, url: `${url}?q=${about.clickId}`, headers })
  }
  if (key === 'POST /api/v1/inspector/unmatched/rematch') {
    const payload = { key: await unmatchedGroup(api, by) }
    return await api.app.inject({ method, url, headers, payload })
  }
  const needed = NEEDED[key]
  const neededId = needed === undefined || about !== by ? '' : await by.make(needed)
  const payload =
    key === 'POST /api/v1/payment-runs'
      ? { method: 'wire', reference: '1', invoiceIds: [neededId] }
      : payloadOf(key, kindOf(route), by)
  return await api.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}

/** Of an inbox with a hit in it. */
async function unmatchedGroup(api: TestApi, by: World): Promise<string> {
  await by.make('hits')
  const headers = { authorization: `Bearer ${by.keys.viewer}` }
  const inbox = await api.app.inject({ method: 'GET', url: '/api/v1/inspector/unmatched', headers })
  return inbox.json().groups[0].key
}

/** The route's URL with its parameters filled in; an id that the call spends is of a thing made for it. */
export async function urlOf(
  route: Route,
  { by, about }: { readonly by: World; readonly about: World },
): Promise<string> {
  const { url, method, key } = route
  const names = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  let filled = url
  for (const name of names) {
    const kind = name === 'id' ? kindOf(route) : name
    const isDeleted = method === 'DELETE' && name === names.at(-1) && MADE_ANEW.includes(kind)
    const isSpent = isDeleted || SPENDING.includes(key)
    const example = isSpent && about === by ? await by.make(kind) : exampleOf(route, about, kind)
    filled = filled.replace(`:${name}`, name === 'key' && about !== by ? 'unknown' : example)
  }
  return filled
}

/** An id or name for each parameter of a route; a route that is new may need one here, or in a world. */
function exampleOf({ key, url }: Route, about: World, kind: string): string {
  const named: Readonly<Record<string, string | undefined>> = {
    clickId: about.clickId,
    affiliateId: about.ids.affiliates,
    clickless: about.ids.conversions,
    key: TEMPLATES[url],
  }
  const found = named[kind] ?? about.ids[kind]
  if (found === undefined) throw new Error(`no example id "${kind}" for ${key}`)
  return found
}

/** What a route's `:id` is of, as worlds name it. */
function kindOf({ url }: Route): string {
  const [, , , resource = '', below = ''] = url.split('/')
  // Affiliates run offers of advertisers alone, and their targets alone are moderated.
  if (url.includes('/:affiliateId')) return 'network-offers'
  if (url.endsWith('/moderate')) return 'moderated'
  if (url.includes('/privacy/conversions/')) return 'clickless'
  // A pixel is signed by nobody.
  if (url === '/api/v1/portal/postbacks/:id/rotate-secret') return 'portal/signed'
  return resource === 'portal' ? `portal/${below}` : resource
}

/** Addresses are unique. */
function personOf({ mark }: World): object {
  return { name: mark, email: `${randomUUID()}@example.com`, password: PASSWORD }
}

const RANGE = { from: '2026-01-01', to: '2026-01-02' }

const PORTAL = '/api/v1/portal/'
/** By path below it. */
const PORTAL_BODIES: Readonly<Record<string, object>> = {
  'offers/:id/apply': { message: 'By newsletter' },
  postbacks: { url: 'https://tracker.example/pb?c={externalid}' },
  'postbacks/:id': { delaySeconds: 5 },
  'postbacks/:id/test': {},
  'postbacks/:id/rotate-secret': {},
  'global-postback': { url: 'https://tracker.example/pb?c={externalid}' },
  reports: { from: '2026-01-01', to: '2026-12-31' },
  'reports/export': { from: '2026-01-01', to: '2026-12-31' },
  'api-keys': { name: 'key' },
  payment: { method: 'wire' },
}

/** A body for every writing route; a route that is new must be added here. */
function payloadOf(key: string, kind: string, world: World): object | undefined {
  const [method = '', url = ''] = key.split(' ')
  if (method === 'GET' || method === 'DELETE' || /\/:id\/(?:replay|cancel|erase|restore)$/.test(url))
    return undefined
  if (url.endsWith('/notification-targets')) return { url: `https://${world.mark}.example/pb` }
  const ofPortal = url.startsWith(PORTAL) ? PORTAL_BODIES[url.slice(PORTAL.length)] : undefined
  if (ofPortal !== undefined) return ofPortal
  switch (key) {
    case 'PATCH /api/v1/settings':
      return { attributionWindowDays: 10, uniqueHours: 0, fraud: DEFAULT_FRAUD_SETTINGS }
    case 'PATCH /api/v1/settings/currency-rates':
      return { perUsd: { EUR: '0.9' } }
    case 'PATCH /api/v1/conversions/:id':
      return { status: 'rejected', reason: 'fraud' }
    case 'POST /api/v1/conversions/:id/adjust':
      return { revenue: '1', reason: 'agreed' }
    case 'POST /api/v1/reconciliations':
      return bodyOf(kind, world.mark, world.ids)
    case 'POST /api/v1/reconciliations/:id/apply':
      return { approveFound: true }
    case 'POST /api/v1/webhooks':
      return bodyOf(kind, world.mark, world.ids)
    case 'PATCH /api/v1/webhooks/:id':
      return { status: 'disabled' }
    case 'POST /api/v1/members/:id/reset-two-factor':
      return { password: PASSWORD }
    case 'POST /api/v1/alert-channels':
      return bodyOf(kind, world.mark, world.ids)
    case 'POST /api/v1/alert-channels/:id/test':
    case 'POST /api/v1/webhooks/:id/test':
    case 'POST /api/v1/affiliates/:id/portal-view':
      return undefined
    case 'PATCH /api/v1/alert-channels/:id':
      return { status: 'paused' }
    case 'PATCH /api/v1/notification-targets/:id':
      return { delaySeconds: 5 }
    case 'POST /api/v1/notification-targets/:id/rotate-secret':
    case 'POST /api/v1/webhooks/:id/rotate-secret':
      return { overlapHours: 1 }
    case 'POST /api/v1/notification-targets/:id/test':
      return {}
    case 'POST /api/v1/conversions':
    case 'POST /api/v1/hits/:id/match':
      return { clickId: world.clickId }
    case 'POST /api/v1/privacy/visits/:clickId/erase':
      return { reason: 'asked for' }
    case 'POST /api/v1/visits/:clickId/update':
      return { subs: { sub1: 'new' } }
    case 'POST /api/v1/conversions/bulk-status':
      return { ids: [world.ids.conversions], status: 'rejected', reason: 'fraud' }
    case 'POST /api/v1/hits/rematch':
      return { all: true }
    case 'POST /api/v1/conversion-uploads/:id/apply':
    case 'POST /api/v1/campaigns/:id/test-conversion':
    case 'POST /api/v1/offers/:id/affiliates/:affiliateId/test-conversion':
      return {}
    case 'POST /api/v1/deliveries/replay':
    case 'POST /api/v1/deliveries/replay/preview':
    case 'POST /api/v1/deliveries/cancel':
    case 'POST /api/v1/deliveries/cancel/preview':
      return { filter: { targetId: world.ids['notification-targets'] } }
    case 'POST /api/v1/inspector/explain-url':
      return { text: 'https://shop.example/?c={clickid}', purpose: 'offer' }
    case 'POST /api/v1/cost-corrections':
      return { ...RANGE, key: 'access', mode: 'total', amount: '1', preview: true }
    case 'POST /api/v1/cost-corrections/:id/undo':
      return {}
    case 'POST /api/v1/fraud/reruns':
      return { ...RANGE, rule: { type: 'datacenter' }, flag: 'datacenter', markAsBot: true, preview: true }
    case 'POST /api/v1/campaigns/:id/dry-run':
      return { facts: { country: 'DE' } }
    case 'POST /api/v1/reports':
      return { from: '2026-01-01', to: '2026-12-31', groupBy: ['campaign'] }
    case 'POST /api/v1/reports/export':
      return { from: '2026-01-01', to: '2026-12-31', groupBy: ['campaign'], format: 'csv' }
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
    case 'POST /api/v1/invoices':
      return { side: 'affiliate', partyId: world.ids.affiliates }
    case 'POST /api/v1/invoices/run':
      return { side: 'affiliate' }
    case 'POST /api/v1/invoices/:id/finalize':
      return {}
    case 'POST /api/v1/invoices/:id/void':
      return { reason: 'wrong' }
    case 'POST /api/v1/balance-adjustments':
      return { side: 'affiliate', partyId: world.ids.affiliates, amount: '1', reason: 'bonus' }
    case 'POST /api/v1/members':
      return { ...personOf(world), role: 'viewer' }
    case 'PATCH /api/v1/members/:id':
      return { role: 'manager' }
    case 'POST /api/v1/affiliates/:id/users':
      return personOf(world)
    case 'POST /api/v1/affiliates/:id/status':
      return { status: 'active' }
    case 'POST /api/v1/affiliates/:id/reports':
      return RANGE
    case 'POST /api/v1/affiliates/:id/api-keys':
      return { name: 'key' }
    case 'POST /api/v1/notification-targets/:id/moderate':
      return { moderation: 'approved', textHash: world.ids.textHash }
    case 'POST /api/v1/api-keys':
      return { name: 'key', role: 'viewer' }
  }
  if (!CONFIGURED.includes(kind)) throw new Error(`no example body for ${key}`)
  if (method === 'PATCH') return { name: kind === 'domains' ? `renamed.${world.mark}.example` : 'renamed' }
  return bodyOf(kind, world.mark, world.ids)
}
