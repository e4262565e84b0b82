import type { Hit, HitKind } from '../../src/domain/hit.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { Person } from '../../src/domain/person.ts'
import type { Db } from '../../src/store/transaction.ts'

export const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.71 Safari/537.36'

/** A hit of a visit, as judging leaves it. */
export async function addHit(
  db: Db,
  hit: {
    readonly id: string
    readonly at: number
    readonly clickId?: string
    readonly workspace?: string
    readonly outcome?: 'recorded' | 'unmatched'
    readonly conversionId?: string
    readonly kind?: HitKind
    readonly changes?: Partial<Hit>
  },
): Promise<void> {
  const { id, at, clickId = 'c', workspace = 'w', outcome = 'recorded', changes = {} } = hit
  const { conversionId = `conversion-${id}`, kind = 'postback' } = hit
  const request: Hit = {
    id,
    kind,
    at,
    method: 'GET',
    host: 'track.example',
    path: '/postback',
    rawQuery: `cid=${clickId}&ip=203.0.113.9&p1=jane`,
    params: [
      ['cid', clickId],
      ['ip', '203.0.113.9'],
      ['p1', 'jane'],
    ],
    ip: '203.0.113.9',
    userAgent: CHROME,
    referrer: '',
    ...changes,
  }
  await db
    .insertInto('hits')
    .values({
      id,
      workspace,
      kind,
      received_at: at,
      judged_at: at,
      outcome,
      reason: 'address 203.0.113.9 was slow',
      attribution: 'cid',
      click_id: clickId,
      conversion_id: conversionId,
      affiliate_network_id: 'n',
      ip: request.ip,
      request_json: JSON.stringify(request),
      steps_json: '',
      rematch_at: outcome === 'unmatched' ? at : null,
    })
    .execute()
}

/** A conversion that the hit of the same id made, with a delivery of one attempt. */
export async function addConversion(
  db: Db,
  of: {
    readonly id: string
    readonly at: number
    readonly visit: LedgerRow
    readonly state?: 'delivered' | 'pending'
  },
): Promise<void> {
  const { id, at, visit, state = 'delivered' } = of
  const { workspace, click_id } = visit
  const person: Person = {
    emailSha256: 'e',
    emailGoogleSha256: 'e',
    emailMicrosoftSha256: 'e',
    phoneSha256: '',
    phonePlusSha256: '',
  }
  await db
    .insertInto('conversions')
    .values({
      id,
      workspace,
      click_id,
      event: 'sale',
      txid: `tx-${id}`,
      identity: `${click_id}/${id}`,
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
      hit_id: `hit-${id}`,
      visit_json: JSON.stringify(visit),
      campaign_id: 'c',
      traffic_source_id: '',
      affiliate_network_id: 'n',
      offer_id: 'o',
      external_id: visit.external_id ?? '',
      visit_at: visit.visit_at,
      params_json: '{"p1":"jane"}',
      reason: '',
      person_json: JSON.stringify(person),
      transitions: 1,
      created_at: at,
      updated_at: at,
    })
    .execute()
  await db
    .insertInto('conversion_history')
    .values({
      conversion_id: id,
      n: 1,
      workspace,
      at,
      hit_id: `hit-${id}`,
      actor: 'hit',
      from_status: '',
      to_status: 'approved',
      from_revenue_micros: 0,
      to_revenue_micros: 1_250_000,
      reason: '',
    })
    .execute()
  await addDelivery(db, { id: `delivery-${id}`, conversionId: id, at, workspace, clickId: click_id, state })
}

/** A delivery whose URL carries the visitor's address. */
async function addDelivery(
  db: Db,
  of: {
    readonly id: string
    readonly conversionId: string
    readonly at: number
    readonly workspace: string
    readonly clickId: string
    readonly state: 'delivered' | 'pending'
  },
): Promise<void> {
  const { id, at, workspace, state } = of
  const url = 'https://network.example/pb?ip=203.0.113.9&x=ext'
  await db
    .insertInto('deliveries')
    .values({
      id,
      workspace,
      conversion_id: of.conversionId,
      transition: 1,
      target_id: 't',
      click_id: of.clickId,
      type: 'postback',
      method: 'GET',
      url,
      body: '',
      content_type: '',
      state,
      reason: '',
      due_at: at,
      lease_owner: null,
      lease_until: null,
      attempts: 1,
      attempts_before: 0,
      created_at: at,
      updated_at: at,
    })
    .execute()
  await addAttempt(db, { deliveryId: id, n: 1, at, workspace, bytes: 100 })
}

export async function addAttempt(
  db: Db,
  of: {
    readonly deliveryId: string
    readonly n: number
    readonly at: number
    readonly workspace: string
    readonly bytes: number
  },
): Promise<void> {
  await db
    .insertInto('delivery_attempts')
    .values({
      delivery_id: of.deliveryId,
      n: of.n,
      workspace: of.workspace,
      started_at: of.at,
      duration_ms: 1,
      request_json: '{}',
      response_status: 200,
      response_headers_json: '{}',
      response_body: 'x'.repeat(Math.max(0, of.bytes - 4)),
      error: '',
    })
    .execute()
}
