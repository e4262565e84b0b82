import { ROLES, type Role } from '../../src/api/access-table.ts'
import { issueApiKey } from '../../src/api/api-key.ts'
import type { StoredConversion } from '../../src/store/conversions.ts'
import { appendTransition, insertConversion } from '../../src/store/conversions.ts'
import { enqueueDeliveries } from '../../src/store/deliveries.ts'
import { saveHit } from '../../src/store/hits.ts'
import type { TestApi } from './api-harness.ts'

const NOW = 1_795_000_000_000

/** One workspace with its owner, a key of every role, and one of every kind of thing; all carry the mark. */
export type World = {
  readonly mark: string
  readonly workspace: string
  readonly cookie: string
  readonly keys: Readonly<Record<Role, string>>
  /** Ids by path of the resource. */
  readonly ids: Readonly<Record<string, string>>
  readonly clickId: string
  /** Creates one more of a configured kind and returns its id. */
  make(path: string): Promise<string>
}

export async function createWorld(api: TestApi, mark: string): Promise<World> {
  const { cookie, workspace } = await api.owner(`${mark.toLowerCase()}@example.com`)
  const keys = {} as Record<Role, string> // filled for every role right here
  for (const role of ROLES) {
    keys[role] = (await issueApiKey(api.store.db, { workspace, name: `${mark} ${role}`, role }, NOW)).key
  }
  const ids: Record<string, string> = {}
  const make = (path: string) => post(api, keys.owner, path, bodyOf(path, mark, ids))
  for (const path of [
    'traffic-sources',
    'affiliate-networks',
    'offers',
    'landers',
    'campaigns',
    'api-keys',
  ]) {
    ids[path] = await make(path)
  }
  ids['notification-targets'] = await make('notification-targets')
  const clickId = `${mark.toLowerCase()}-click`
  await record(api, { mark, workspace, clickId, targetId: ids['notification-targets'] })
  Object.assign(ids, {
    hits: idOf('hit', mark),
    conversions: idOf('conversion', mark),
    deliveries: idOf('delivery', mark),
  })
  return { mark, workspace, cookie, keys, ids, clickId, make }
}

async function post(api: TestApi, key: string, path: string, body: object): Promise<string> {
  const { ownerPath, ...payload } = { ownerPath: path, ...body }
  const headers = { authorization: `Bearer ${key}` }
  const answer = await api.app.inject({ method: 'POST', url: `/api/v1/${ownerPath}`, headers, payload })
  if (answer.statusCode !== 201) throw new Error(`POST ${path}: ${answer.body}`)
  return String(answer.json().id)
}

/** Without the mark as it is looked for: an answer may repeat the id that it was asked for. */
function idOf(kind: string, mark: string): string {
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
      return { name, token: `${mark}-token`, clickIdParam: 's2' }
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
    case 'notification-targets': {
      const ownerPath = `traffic-sources/${ids['traffic-sources']}/notification-targets`
      return { ownerPath, url: `https://${mark}.example/pb?x={externalid}` }
    }
    default:
      return { name, role: 'viewer' }
  }
}

type Recorded = { mark: string; workspace: string; clickId: string; targetId: string | undefined }

async function record(api: TestApi, { mark, workspace, clickId, targetId }: Recorded): Promise<void> {
  const { db } = api.store
  const conversion = conversionOf(mark, workspace, clickId)
  await saveHit(db, {
    id: idOf('hit', mark),
    workspace,
    kind: 'postback',
    receivedAt: NOW,
    judgedAt: NOW,
    outcome: 'recorded',
    reason: '',
    attribution: 'cid',
    clickId,
    conversionId: conversion.id,
    affiliateNetworkId: '',
    ip: '203.0.113.9',
    request: {
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
    },
    steps: [],
    rematchAt: null,
  })
  await insertConversion(db, conversion)
  await appendTransition(db, conversion, {
    n: 1,
    at: NOW,
    hitId: idOf('hit', mark),
    actor: 'hit',
    fromStatus: '',
    toStatus: 'approved',
    fromRevenueMicros: 0,
    toRevenueMicros: 1_250_000,
    reason: '',
  })
  await enqueueDeliveries(db, [deliveryOf(mark, workspace, clickId, targetId ?? '')])
  await db
    .insertInto('delivery_attempts')
    .values({
      delivery_id: idOf('delivery', mark),
      n: 1,
      workspace,
      started_at: NOW,
      duration_ms: 12,
      request_json: JSON.stringify({
        method: 'GET',
        url: `https://${mark}.example/pb`,
        headers: {},
        body: '',
      }),
      response_status: 500,
      response_headers_json: '{"content-type":"text/plain"}',
      response_body: 'oops',
      error: '',
    })
    .execute()
}

function conversionOf(mark: string, workspace: string, clickId: string): StoredConversion {
  return {
    id: idOf('conversion', mark),
    workspace,
    clickId,
    event: 'sale',
    txid: `${mark}-tx`,
    identity: `${clickId}/sale`,
    status: 'approved',
    revenueMicros: 1_250_000,
    currency: 'USD',
    originalMicros: 1_250_000,
    originalCurrency: 'USD',
    rateMicros: 1_000_000,
    attribution: 'cid',
    hitId: idOf('hit', mark),
    visit: { kind: 'visit', workspace, at: NOW, visit_at: NOW, click_id: clickId },
    campaignId: '',
    trafficSourceId: '',
    affiliateNetworkId: '',
    offerId: '',
    externalId: '',
    visitAt: NOW,
    params: {},
    reason: '',
    transitions: 1,
    createdAt: NOW,
    updatedAt: NOW,
  }
}

function deliveryOf(mark: string, workspace: string, clickId: string, targetId: string) {
  return {
    id: idOf('delivery', mark),
    workspace,
    conversion_id: idOf('conversion', mark),
    transition: 1,
    target_id: targetId,
    click_id: clickId,
    type: 'postback',
    method: 'GET',
    url: `https://${mark}.example/pb`,
    body: '',
    content_type: '',
    secret: `${mark}-secret`,
    state: 'dead' as const,
    reason: 'used up',
    due_at: NOW,
    lease_owner: null,
    lease_until: null,
    attempts: 1,
    attempts_before: 0,
    created_at: NOW,
    updated_at: NOW,
  }
}
