import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT_NETWORK_SETTINGS } from '../../src/domain/affiliate.ts'
import { DELIVERY_STATES } from '../../src/domain/target-types.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openPortal, PORTAL_NOW, type Portal, type PortalRig, SECRETS } from './portal-rig.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

describe.each(SQL_ENGINES)('the postback log, on %s', (engine) => {
  const stores = useStores(engine)

  it('shows an affiliate its own deliveries, with what they told and every attempt', async () => {
    const rig = await openPortal(stores)
    const [portal, other] = [await rig.affiliate(), await rig.affiliate()]
    const offerId = await rig.offer({}, { name: 'Ringtones' })
    await delivered(rig, portal, { id: 'mine', offerId, at: PORTAL_NOW })
    await delivered(rig, other, { id: 'other’s', offerId, at: PORTAL_NOW })
    const log = await portal.get('postback-log')
    expect(log.json().items).toMatchObject([
      {
        id: 'mine',
        url: 'https://t.example/pb?p=2',
        offerName: 'Ringtones',
        event: 'sale',
        status: 'approved',
        payout: '2',
        currency: 'USD',
        attemptCount: 1,
      },
    ])
    const one = await portal.get('postback-log/mine')
    expect(one.json().attempts).toMatchObject([
      { n: 1, request: { url: 'https://t.example/pb?p=2' }, responseStatus: 500, responseBody: 'oops' },
    ])
    for (const { body } of [log, one]) for (const secret of SECRETS) expect(body).not.toContain(secret)
    expect((await portal.get('postback-log/other’s')).statusCode).toBe(404)
  })

  it('is filtered by postback, state and time, and pages through, newest first', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const offerId = await rig.offer()
    for (const [n, state] of DELIVERY_STATES.entries()) {
      const at = PORTAL_NOW + n * 60_000
      await delivered(rig, portal, { id: state, offerId, at, state, targetId: `target-${n % 2}` })
    }
    const ids = async (query: string) =>
      (await portal.get(`postback-log?${query}`)).json().items.map(({ id }: { id: string }) => id)
    expect(await ids('')).toEqual([...DELIVERY_STATES].reverse())
    expect(await ids('state=skipped')).toEqual(['skipped'])
    expect(await ids('postbackId=target-1')).toEqual(['rendered', 'cancelled', 'delivered'])
    const from = new Date(PORTAL_NOW + 60_000).toISOString()
    const to = new Date(PORTAL_NOW + 180_000).toISOString()
    expect(await ids(`from=${from}&to=${to}`)).toEqual(['dead', 'delivered'])
    const first = (await portal.get('postback-log?limit=4')).json()
    expect(first.items).toHaveLength(4)
    expect(await ids(`limit=4&cursor=${first.nextCursor}`)).toEqual(['delivered', 'pending'])
  })
})

describe('the postback log', () => {
  const stores = useStores('sqlite')

  it.each([
    ['moderation pending', 'It waits for approval by the network.'],
    ['payout 0', 'this one has none'],
    ['images only', 'can show one image and nothing else'],
    ['offer allows no pixels', 'This offer allows postbacks only.'],
    ['no browser', 'came from a server'],
    ['refused_address: 10.0.0.1', 'refused_address: 10.0.0.1'],
  ])('says of what was not sent because of “%s”: %s', async (reason, words) => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    await delivered(rig, portal, { id: 'd', offerId: '', at: PORTAL_NOW, state: 'skipped', reason })
    expect((await portal.get('postback-log/d')).json().reason).toContain(words)
  })
})

describe('the Test button', () => {
  const stores = useStores('sqlite')

  it('fires a marked conversion now, shows request and answer, and counts nothing anywhere', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const offerId = await rig.offer()
    const tracker = await startTracker(200, 'thanks')
    const url = `${tracker.origin}/pb?cid={externalid}&p={payout}&s={status}&r={revenue}&o={offer.id}`
    const { id } = (await portal.post('postbacks', { url })).json()
    const before = await everything(rig)
    const answer = (await portal.post(`postbacks/${id}/test`, { offerId })).json()
    expect(answer).toMatchObject({ kind: 'call', ok: true, answer: { status: 200, body: 'thanks' } })
    expect(tracker.urls).toEqual([`/pb?cid=test-aff-click-id&p=2&s=approved&r=&o=${offerId}`])
    expect(answer.request.url).toBe(`${tracker.origin}${tracker.urls[0]}`)
    expect(await everything(rig)).toEqual(before)
  })

  it('shows the affiliate’s own payout where it has one', async () => {
    const rig = await openPortal(stores)
    const [portal, other] = [await rig.affiliate(), await rig.affiliate()]
    const offerId = await rig.offer()
    await rig.agree(offerId, portal, { payouts: { '': { model: 'flat', amountMicros: 7_500_000 } } })
    const shown = async (by: Portal) => {
      const url = 'https://t.example/p.gif?p={payout}'
      const { id } = (await by.post('postbacks', { type: 'image', url })).json()
      return (await by.post(`postbacks/${id}/test`, { offerId })).json().markup
    }
    expect(await shown(portal)).toContain('?p=7.5"')
    expect(await shown(other)).toContain('?p=2"')
  })

  it('sends nothing that the network has not approved, and shows what would be sent', async () => {
    const network = { ...DEFAULT_NETWORK_SETTINGS, autoApprovePostbacks: false }
    const rig = await openPortal(stores, { workspace: { network } })
    const portal = await rig.affiliate()
    const tracker = await startTracker(200, 'thanks')
    const url = `${tracker.origin}/pb?cid={externalid}`
    const { id } = (await portal.post('postbacks', { url })).json()
    const test = async () => (await portal.post(`postbacks/${id}/test`)).json()
    const request = { method: 'GET', url: `${tracker.origin}/pb?cid=test-aff-click-id`, body: '' }
    const unsent = { kind: 'problem', ok: false, request, answer: null }
    expect(await test()).toMatchObject({ ...unsent, reason: 'It waits for approval by the network.' })
    const moderate = (moderation: 'approved' | 'rejected') =>
      rig.api.store.db.updateTable('notification_targets').set({ moderation }).where('id', '=', id).execute()
    await moderate('rejected')
    expect(await test()).toMatchObject({ ...unsent, reason: 'The network rejected it.' })
    expect(tracker.urls).toEqual([])
    await moderate('approved')
    expect(await test()).toMatchObject({ kind: 'call', ok: true })
    expect(tracker.urls).toEqual(['/pb?cid=test-aff-click-id'])
  })

  it('says what went wrong', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const tracker = await startTracker(404, 'unknown click')
    const test = async (url: string) => {
      const { id } = (await portal.post('postbacks', { url })).json()
      return (await portal.post(`postbacks/${id}/test`)).json()
    }
    expect(await test(`${tracker.origin}/pb`)).toMatchObject({
      ok: false,
      reason: 'The receiver answered 404.',
      answer: { body: 'unknown click' },
    })
    expect(await test('https://nobody.invalid/pb')).toMatchObject({ ok: false, answer: null })
  })

  it('shows the markup of a pixel and calls nobody', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const url = 'https://t.example/p.gif?c={externalid}'
    const { id } = (await portal.post('postbacks', { type: 'image', url })).json()
    const answer = (await portal.post(`postbacks/${id}/test`, {})).json()
    expect(answer).toMatchObject({ kind: 'pixel', ok: true, request: null })
    expect(answer.markup).toContain('<img src="https://t.example/p.gif?c=test-aff-click-id"')
  })

  it('of an offer that the affiliate may not see is refused', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const offerId = await rig.offer({ visibility: 'private' })
    const { id } = (await portal.post('postbacks', { url: 'https://t.example/?p={payout}' })).json()
    expect((await portal.post(`postbacks/${id}/test`, { offerId })).statusCode).toBe(404)
  })

  it('is pressed twenty times a minute at most, whichever of its postbacks it is for', async () => {
    const rig = await openPortal(stores)
    const [portal, other] = [await rig.affiliate(), await rig.affiliate()]
    const pixel = { type: 'image', url: 'https://t.example/p.gif' }
    const ids = [
      (await portal.post('postbacks', pixel)).json().id,
      (await portal.post('postbacks', pixel)).json().id,
    ]
    const codes: number[] = []
    for (let n = 0; n < 21; n++)
      codes.push((await portal.post(`postbacks/${ids[n % 2]}/test`, {})).statusCode)
    expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(codes[20]).toBe(429)
    const { id } = (await other.post('postbacks', pixel)).json()
    expect((await other.post(`postbacks/${id}/test`, {})).statusCode).toBe(200)
  })
})

async function startTracker(status: number, body: string) {
  const urls: string[] = []
  const server = createServer((request, response) => {
    urls.push(request.url ?? '')
    response.writeHead(status).end(body)
  })
  closers.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return { urls, origin: `http://127.0.0.1:${port}` }
}

/** What a test conversion could have been counted in. */
async function everything({ api }: PortalRig) {
  const tables = [
    'hits',
    'conversions',
    'conversion_history',
    'deliveries',
    'ledger_outbox',
    'cap_counters',
  ] as const
  const all = await Promise.all(tables.map((table) => api.store.db.selectFrom(table).selectAll().execute()))
  return all
}

type Logged = {
  readonly id: string
  readonly offerId: string
  readonly at: number
  readonly state?: (typeof DELIVERY_STATES)[number]
  readonly reason?: string
  readonly targetId?: string
}

/** A conversion of the affiliate and one delivery of it that was attempted once, as rows. */
async function delivered(rig: PortalRig, { affiliateId }: Portal, logged: Logged): Promise<void> {
  const { id, offerId, at, state = 'delivered', reason = '', targetId = 'target' } = logged
  const { db } = rig.api.store
  const { workspace } = rig
  const conversionId = await rig.conversion({ affiliateId, offerId })
  const told = {
    conversion_id: conversionId,
    n: 1,
    workspace,
    at,
    hit_id: 'hit-1',
    actor: 'hit',
    reason: 'SECRET-NOTE',
  }
  const money = { from_revenue_micros: 0, to_revenue_micros: 987_654_321, to_payout_micros: 2_000_000 }
  await db
    .insertInto('conversion_history')
    .values({ ...told, ...money, from_status: '', to_status: 'approved' })
    .execute()
  const call = {
    type: 'postback',
    method: 'GET',
    url: 'https://t.example/pb?p=2',
    body: '',
    content_type: '',
  }
  const times = { due_at: at, created_at: at, updated_at: at, lease_owner: null, lease_until: null }
  const whose = { workspace, affiliate_id: affiliateId, target_id: targetId, click_id: 'click-1' }
  await db
    .insertInto('deliveries')
    .values({
      id,
      conversion_id: conversionId,
      transition: 1,
      attempts: 1,
      attempts_before: 0,
      state,
      reason,
      ...call,
      ...times,
      ...whose,
    })
    .execute()
  const request = { method: 'GET', url: call.url, headers: {}, body: '' }
  await db
    .insertInto('delivery_attempts')
    .values({
      delivery_id: id,
      n: 1,
      workspace,
      started_at: at,
      duration_ms: 12,
      error: '',
      request_json: JSON.stringify(request),
      response_status: 500,
      response_headers_json: '{}',
      response_body: 'oops',
    })
    .execute()
}
