import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { ROLES, type Role } from '../../src/api/access-table.ts'
import { issueApiKey } from '../../src/api/api-key.ts'
import { DEFAULT_NETWORK_SETTINGS } from '../../src/domain/affiliate.ts'
import { DEFAULT_ALERT_SETTINGS } from '../../src/domain/alert.ts'
import { createClickIdMaker } from '../../src/domain/click-id.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import type { Hit } from '../../src/domain/hit.ts'
import { DEFAULT_RETENTION_SETTINGS } from '../../src/domain/retention.ts'
import { listAlerts, openAlert } from '../../src/store/alerts.ts'
import { insertUpload } from '../../src/store/conversion-uploads.ts'
import { createJob } from '../../src/store/jobs.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { addCostCorrection } from './api-costs.ts'
import type { TestApi } from './api-harness.ts'
import { isMoneyKind, makeMoney } from './api-money.ts'

export const NOW = 1_700_000_000_000
export const makeClickId = createClickIdMaker({ key: { hmac32: () => 0 }, processId: 0, randomBits: () => 0 })

/** One workspace, a key of every role, and one of every kind of thing; all carry the mark. */
export type World = {
  readonly mark: string
  readonly workspace: string
  /** Of its owner's session; '' when nobody is signed in. */
  readonly cookie: string
  readonly keys: Readonly<Record<Role, string>>
  /** Ids by path of the resource. */
  readonly ids: Readonly<Record<string, string>>
  readonly clickId: string
  /** Creates one more of a configured kind, an unmatched hit, a waiting job or a conversion without a click. */
  make(path: string): Promise<string>
}

/** With `signedIn`, its owner exists too and has a session; passwords are slow to hash, so most tests do without. */
export async function createWorld(
  api: TestApi,
  mark: string,
  { signedIn } = { signedIn: false },
): Promise<World> {
  const { cookie, workspace } = signedIn
    ? await api.owner(`${mark.toLowerCase()}@example.com`)
    : { cookie: '', workspace: await createBareWorkspace(api, mark) }
  const keys = {} as Record<Role, string> // filled for every role right here
  for (const role of ROLES) {
    keys[role] = (await issueApiKey(api.store.db, { workspace, name: `${mark} ${role}`, role }, NOW)).key
  }
  const ids: Record<string, string> = {}
  const make = (path: string) => {
    if (path === 'hits') return addUnmatchedHit(api, workspace, mark)
    if (path === 'jobs') return addJob(api, workspace, mark)
    if (path === 'clickless') return addClickless(api, workspace)
    if (isMoneyKind(path))
      return makeMoney({ api, key: keys.owner, affiliateId: ids.affiliates ?? '', mark }, path)
    return post(api, keys.owner, path, bodyOf(path, mark, ids))
  }
  for (const path of [
    'traffic-sources',
    'affiliate-networks',
    'offers',
    'landers',
    'flows',
    'campaigns',
    'domains',
    'events',
    'api-keys',
    'advertisers',
    'network-offers',
    'affiliates',
    'coupons',
    'report-views',
    'custom-metrics',
    'webhooks',
    'alert-channels',
    'reconciliations',
  ]) {
    ids[path] = await make(path)
  }
  ids['notification-targets'] = await make('notification-targets')
  const clickId = makeClickId(NOW)
  await record(api, { mark, workspace, clickId, targetId: ids['notification-targets'] })
  Object.assign(ids, {
    hits: idOf('hit', mark),
    conversions: idOf('conversion', mark),
    deliveries: idOf('delivery', mark),
    alerts: await addAlert(api, workspace, mark),
    jobs: await make('jobs'),
    invoices: await make('final-invoices'),
    'payment-runs': await make('payment-runs'),
    'conversion-uploads': await addUpload(api, workspace, mark),
    'cost-corrections': await addCostCorrection(api, workspace, mark),
  })
  const visit = { kind: 'visit', workspace, at: NOW, visit_at: NOW, click_id: clickId } as const
  api.visits.set(clickId, { visit, lastClickOfferId: '', lastClickNetworkId: '', clicks: 0 })
  return { mark, workspace, cookie, keys, ids, clickId, make }
}

async function createBareWorkspace(api: TestApi, mark: string): Promise<string> {
  const fields = { name: `Workspace of ${mark}`, currency: 'USD', timeZone: 'UTC' }
  const rest = {
    fallbackUrl: '',
    attributionWindowDays: 30,
    uniqueHours: 0,
    fraud: DEFAULT_FRAUD_SETTINGS,
    network: DEFAULT_NETWORK_SETTINGS,
    alerts: DEFAULT_ALERT_SETTINGS,
    retention: DEFAULT_RETENTION_SETTINGS,
    requireTwoFactor: false,
  }
  const { id } = await createWorkspace(api.store.db, { ...fields, ...rest }, NOW)
  // Members belong to it.
  await sql`
    insert into auth_organizations (id, name, slug, "createdAt")
    values (${id}, ${fields.name}, ${id}, ${new Date(NOW).toISOString()})
  `.execute(api.store.db)
  return id
}

export async function post(api: TestApi, key: string, path: string, body: object): Promise<string> {
  const { ownerPath, ...payload } = { ownerPath: path, ...body }
  const headers = { authorization: `Bearer ${key}` }
  const answer = await api.app.inject({ method: 'POST', url: `/api/v1/${ownerPath}`, headers, payload })
  if (answer.statusCode !== 201) throw new Error(`POST ${path}: ${answer.body}`)
  return String(answer.json().id)
}

/** Without the mark as it is looked for: an answer may repeat the id that it was asked for. */
export function idOf(kind: string, mark: string): string {
  return `${mark.toLowerCase()}-${kind}`
}

/** A body that the resource accepts, in this world. */
export function bodyOf(path: string, mark: string, ids: Readonly<Record<string, string>>): object {
  const name = `${mark} ${path}`
  const ref = (kind: string) => [{ id: ids[kind], weight: 1 }]
  switch (path) {
    case 'traffic-sources':
      return { name, externalIdParam: 'external', tokens: [{ name: 'zone', param: 'zone' }] }
    case 'affiliate-networks':
      // Tokens are unique: only the first network of the world has one.
      return { name, clickIdParam: 's2', ...(path in ids ? {} : { token: `${mark}-token` }) }
    case 'offers':
      return {
        name,
        url: `https://${mark}.example/?c={clickid}`,
        affiliateNetworkId: ids['affiliate-networks'],
      }
    case 'landers':
      return { name, url: `https://${mark}.example/lander` }
    case 'campaigns': {
      const paths = [{ offers: ref('offers'), landers: ref('landers') }]
      return { name, trafficSourceId: ids['traffic-sources'], paths }
    }
    case 'flows':
      return { name, paths: [{ offers: ref('offers'), landers: ref('landers') }] }
    case 'domains':
      // Hosts are unique: only the first domain of the world has this one.
      return { name: `${path in ids ? randomUUID() : mark.toLowerCase()}.example` }
    case 'events':
      // Names are unique.
      return { name: path in ids ? randomUUID() : name }
    case 'advertisers':
      // As with networks.
      return { name, clickIdParam: 's2', ...(path in ids ? {} : { token: `${mark}-advertiser-token` }) }
    case 'network-offers': {
      const url = `https://${mark}.example/?c={clickid}`
      return { ownerPath: 'offers', name, url, advertiserId: ids.advertisers }
    }
    case 'private-offers':
      return { ...bodyOf('network-offers', mark, ids), name, terms: { visibility: 'private' } }
    case 'affiliates':
      return { name, status: 'active' }
    case 'coupons': {
      // Codes are unique.
      const code = path in ids ? randomUUID() : name.replace(' ', '-')
      return { name: code, affiliateId: ids.affiliates, offerId: ids['network-offers'] }
    }
    case 'report-views':
      return { name, query: `tag=${mark}` }
    case 'custom-metrics':
      return { name, formula: 'revenue / clicks', kind: 'money' }
    case 'reconciliations': {
      const period = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }
      return { name, advertiserId: ids.advertisers, csv: `txid\n${mark}-theirs\n`, ...period }
    }
    case 'alert-channels':
      return { system: 'webhook', url: `https://alerts.${mark}.example/` }
    case 'webhooks':
      return { url: `https://hooks.${mark}.example/` }
    case 'notification-targets': {
      const ownerPath = `traffic-sources/${ids['traffic-sources']}/notification-targets`
      return { ownerPath, url: `https://${mark}.example/pb?x={externalid}` }
    }
    default:
      return { name, role: 'viewer' }
  }
}

async function addUnmatchedHit(api: TestApi, workspace: string, mark: string): Promise<string> {
  const id = randomUUID()
  const row = hitRow({ mark, workspace, clickId: 'mistyped', targetId: '' })
  const request = { ...JSON.parse(row.request_json), id, params: [['cid', 'mistyped']] }
  await api.store.db
    .insertInto('hits')
    .values({ ...row, id, outcome: 'unmatched', request_json: JSON.stringify(request) })
    .execute()
  return id
}

async function addClickless(api: TestApi, workspace: string): Promise<string> {
  const mark = randomUUID()
  const row = conversionRow({ mark, workspace, clickId: '', targetId: '' })
  await api.store.db
    .insertInto('conversions')
    .values({ ...row, identity: mark })
    .execute()
  return row.id
}

async function addJob(api: TestApi, workspace: string, mark: string): Promise<string> {
  const job = { workspace, kind: mark, params: {}, actor: `user:${mark}`, total: 1 }
  return (await createJob(api.store.db, job, NOW)).id
}

async function addAlert(api: TestApi, workspace: string, mark: string): Promise<string> {
  const finding = {
    kind: 'cap_reached',
    subjectId: mark,
    title: mark,
    detail: { text: mark, path: '' },
  } as const
  await openAlert(api.store.db, workspace, finding, NOW)
  const { items } = await listAlerts(api.store.db, workspace, {}, { limit: 1 })
  return items[0]?.id ?? ''
}

async function addUpload(api: TestApi, workspace: string, mark: string): Promise<string> {
  const id = idOf('upload', mark)
  const [name, actor] = [`${mark}.csv`, `user:${mark}`]
  const times = { createdAt: NOW, updatedAt: NOW }
  await insertUpload(api.store.db, { id, workspace, name, actor, state: 'preview', jobId: '', ...times })
  return id
}

type Recorded = {
  mark: string
  workspace: string
  clickId: string
  targetId: string | undefined
  /** On the network's side: whose it is. */
  network?: { affiliate_id: string; advertiser_id: string; offer_id: string }
  /** In micros. */
  money?: { revenue_micros: number; payout_micros: number; sale_micros: number }
}

/** A hit, the conversion it made, and a delivery that went wrong once, as rows. */
export async function record(api: TestApi, recorded: Recorded): Promise<void> {
  const { db } = api.store
  await db.insertInto('hits').values(hitRow(recorded)).execute()
  await db.insertInto('conversions').values(conversionRow(recorded)).execute()
  await db.insertInto('conversion_history').values(transitionRow(recorded)).execute()
  await db.insertInto('deliveries').values(deliveryRow(recorded)).execute()
  await db.insertInto('delivery_attempts').values(attemptRow(recorded)).execute()
}

function hitRow({ mark, workspace, clickId, network }: Recorded) {
  const request: Hit = {
    id: idOf('hit', mark),
    kind: 'postback',
    at: NOW,
    method: 'GET',
    host: 'track.example.com',
    path: '/postback',
    rawQuery: `cid=${clickId}&token=${mark}-token`,
    params: [
      ['cid', clickId],
      ['token', `${mark}-token`],
    ],
    ip: '203.0.113.9',
    userAgent: 'curl',
    referrer: '',
  }
  return {
    id: request.id,
    workspace,
    kind: request.kind,
    received_at: NOW,
    judged_at: NOW,
    outcome: 'recorded',
    reason: '',
    attribution: 'cid',
    click_id: clickId,
    conversion_id: idOf('conversion', mark),
    affiliate_network_id: '',
    affiliate_id: network?.affiliate_id ?? '',
    advertiser_id: network?.advertiser_id ?? '',
    ip: request.ip,
    request_json: JSON.stringify(request),
    steps_json: '',
    rematch_at: null,
  } as const
}

function conversionRow({ mark, workspace, clickId, network, money }: Recorded) {
  return {
    id: idOf('conversion', mark),
    workspace,
    click_id: clickId,
    event: 'sale',
    txid: `${mark}-tx`,
    identity: `${clickId}/sale`,
    status: 'approved',
    revenue_micros: 1_250_000,
    currency: 'USD',
    original_micros: 1_250_000,
    original_currency: 'USD',
    rate_micros: 1_000_000,
    cost_micros: 0,
    counts_conversion: 1,
    counts_revenue: 1,
    counts_cost: 0,
    attribution: 'cid',
    hit_id: idOf('hit', mark),
    visit_json: JSON.stringify({ kind: 'visit', workspace, at: NOW, visit_at: NOW, click_id: clickId }),
    campaign_id: '',
    traffic_source_id: '',
    affiliate_network_id: '',
    offer_id: '',
    external_id: '',
    visit_at: NOW,
    params_json: '{}',
    reason: '',
    transitions: 1,
    created_at: NOW,
    updated_at: NOW,
    ...network,
    ...money,
  } as const
}

function transitionRow({ mark, workspace }: Recorded) {
  return {
    conversion_id: idOf('conversion', mark),
    n: 1,
    workspace,
    at: NOW,
    hit_id: idOf('hit', mark),
    actor: 'hit',
    from_status: '',
    to_status: 'approved',
    from_revenue_micros: 0,
    to_revenue_micros: 1_250_000,
    reason: '',
  } as const
}

function deliveryRow({ mark, workspace, clickId, targetId, network }: Recorded) {
  return {
    id: idOf('delivery', mark),
    workspace,
    conversion_id: idOf('conversion', mark),
    transition: 1,
    target_id: targetId ?? '',
    affiliate_id: network?.affiliate_id ?? '',
    click_id: clickId,
    type: 'postback',
    method: 'GET',
    url: `https://${mark}.example/pb`,
    body: '',
    content_type: '',
    state: 'dead',
    reason: 'used up',
    due_at: NOW,
    lease_owner: null,
    lease_until: null,
    attempts: 1,
    attempts_before: 0,
    created_at: NOW,
    updated_at: NOW,
  } as const
}

function attemptRow({ mark, workspace }: Recorded) {
  const request = { method: 'GET', url: `https://${mark}.example/pb`, headers: {}, body: '' }
  return {
    delivery_id: idOf('delivery', mark),
    n: 1,
    workspace,
    started_at: NOW,
    duration_ms: 12,
    request_json: JSON.stringify(request),
    response_status: 500,
    response_headers_json: '{"content-type":"text/plain"}',
    response_body: 'oops',
    error: '',
  }
}
