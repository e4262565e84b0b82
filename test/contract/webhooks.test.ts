import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { issueApiKey } from '../../src/api/api-key.ts'
import { createAmountChanger } from '../../src/conversions/change-amounts.ts'
import { createGuard } from '../../src/delivery/guard.ts'
import { runDeliveryWorker } from '../../src/delivery/worker.ts'
import { showSampleBody } from '../../src/domain/webhook-sample.ts'
import type { Store } from '../../src/store/open-store.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { enqueueWebhooks } from '../../src/store/webhook-events.ts'
import { VERIFY_SNIPPET } from '../../web/src/texts-webhooks.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { buildNetworkWorld, type NetworkWorld } from '../support/network-world.ts'
import { TEST_VAULT } from '../support/test-vault.ts'
import { openTestApi } from './api-harness.ts'
import { until } from './edge-rig.ts'

const cleanups: (() => Promise<unknown>)[] = []
const HOOK = 'https://crm.example/hook'

describe.each(SQL_ENGINES)('webhooks on %s', (engine) => {
  const stores = useStores(engine)

  // Registered after the stores' own clean-up, hence run before it.
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  it('are called signed by Standard Webhooks, with what a receiver checks by the secret it was shown', async () => {
    const { world, send } = await openRig(await openApi(stores))
    const sink = await openSink()
    const { body: webhook } = await send('POST', '/webhooks', { url: sink.url })
    expect(webhook.secret).toMatch(/^whsec_/)
    await convert(world)
    await deliver(world.store, () => sink.received.length > 0)
    const [call] = sink.received
    const { 'webhook-id': id, 'webhook-timestamp': timestamp } = call?.headers ?? {}
    const key = Buffer.from(String(webhook.secret).slice('whsec_'.length), 'base64')
    const signature = createHmac('sha256', key)
      .update(`${String(id)}.${String(timestamp)}.${call?.body}`)
      .digest('base64')
    expect(call?.headers['webhook-signature']).toBe(`v1,${signature}`)
    expect(call?.headers['content-type']).toBe('application/json')
    expect(JSON.parse(call?.body ?? '')).toMatchObject({
      type: 'conversion.recorded',
      timestamp: new Date(world.time.now).toISOString(),
      data: { status: 'approved', revenue: '3', payout: '2', affiliateId: world.affiliateId },
    })
  })

  it('are tested by a signed call that the shown snippet takes, and another body or secret it refuses', async () => {
    const { world, send } = await openRig(await openApi(stores))
    const sink = await openSink()
    const { body: webhook } = await send('POST', '/webhooks', { url: sink.url, status: 'paused' })
    world.time.now = Date.now()
    const tested = await send('POST', `/webhooks/${webhook.id}/test`)
    expect(tested).toMatchObject({ status: 200, body: { ok: true, answer: { status: 200 } } })
    const [call] = sink.received
    const body = call?.body ?? ''
    expect(JSON.parse(body).type).toBe('test')
    const { isGenuine } = await import(`data:text/javascript,${encodeURIComponent(VERIFY_SNIPPET)}`)
    expect(isGenuine(webhook.secret, call?.headers, body)).toBe(true)
    expect(isGenuine(webhook.secret, call?.headers, `${body} `)).toBe(false)
    expect(isGenuine('whsec_c2hvcnQ=', call?.headers, body)).toBe(false)
    expect(await queued(world)).toEqual([])
  })

  it('are shown an example with the fields of a real conversion', async () => {
    const { world, send } = await openRig(await openApi(stores))
    await send('POST', '/webhooks', { url: HOOK })
    await convert(world)
    const [told] = await queued(world)
    expect(Object.keys(JSON.parse(showSampleBody()).data)).toEqual(Object.keys(dataOf(told)))
  })

  it('whose secret is rotated are signed by both for a while: either of them verifies', async () => {
    const { world, send } = await openRig(await openApi(stores))
    const sink = await openSink()
    const { body: webhook } = await send('POST', '/webhooks', { url: sink.url })
    const { body: rotated } = await send('POST', `/webhooks/${webhook.id}/rotate-secret`, {
      overlapHours: 168,
    })
    expect((await send('GET', `/webhooks/${webhook.id}`)).body).toMatchObject({
      previousSecretUntil: rotated.previousSecretUntil,
      health: { failingSince: null },
    })
    await convert(world)
    await deliver(
      world.store,
      () => sink.received.length > 0,
      () => world.time.now++,
    )
    const [call] = sink.received
    const { 'webhook-id': id, 'webhook-timestamp': timestamp } = call?.headers ?? {}
    const signatures = [rotated.secret, webhook.secret].map((secret) => {
      const key = Buffer.from(String(secret).slice('whsec_'.length), 'base64')
      const hmac = createHmac('sha256', key).update(`${String(id)}.${String(timestamp)}.${call?.body}`)
      return `v1,${hmac.digest('base64')}`
    })
    expect(call?.headers['webhook-signature']).toBe(signatures.join(' '))
  })

  it('hear of the events that they listen to, each of them once, and disabled ones of none', async () => {
    const { world, send } = await openRig(await openApi(stores))
    const { body: all } = await send('POST', '/webhooks', { url: HOOK })
    const { body: changes } = await send('POST', '/webhooks', { url: HOOK, events: ['conversion.changed'] })
    const { body: off } = await send('POST', '/webhooks', { url: HOOK, status: 'disabled' })
    const id = await convert(world)
    const changeAmounts = createAmountChanger({
      store: world.store,
      ownHosts: [],
      clock: () => world.time.now,
    })
    const deed = { workspace: world.workspaceId, id, reason: 'agreed', actor: 'user:u' }
    await changeAmounts({ ...deed, payoutMicros: 1, confirmPayoutAboveRevenue: false })
    const told = await queued(world)
    const of = (target: { id: string }) =>
      told.filter((one) => one.target_id === target.id).map((one) => `${typeOf(one)} ${one.state}`)
    expect(of(all)).toEqual(['conversion.recorded pending', 'conversion.changed pending'])
    expect(of(changes)).toEqual(['conversion.changed pending'])
    expect(of(off)).toEqual(['conversion.recorded skipped', 'conversion.changed skipped'])
    expect(told.find((one) => one.target_id === off.id)?.reason).toBe('disabled')
  })

  it('hear of every change of an affiliate, an offer and an application, without what is secret', async () => {
    const { world, send } = await openRig(await openApi(stores))
    await send('POST', '/webhooks', { url: HOOK })
    const payment = { method: 'wire', details: 'DE-SECRET-IBAN', minimum: null, period: null }
    const { body: affiliate } = await send('POST', '/affiliates', { name: 'New', note: 'SECRET', payment })
    await send('PATCH', `/affiliates/${affiliate.id}`, { name: 'Renamed' })
    await send('PATCH', `/offers/${world.offerId}`, { name: 'Renamed' })
    await send('POST', `/offers/${world.offerId}/affiliates/${affiliate.id}`, { state: 'approved' })
    await send('DELETE', `/offers/${world.offerId}`)
    const told = await queued(world)
    expect(told.map(typeOf)).toEqual([
      'affiliate.created',
      'affiliate.changed',
      'offer.changed',
      'application.decided',
      'offer.archived',
    ])
    expect(dataOf(told[1])).toMatchObject({ id: affiliate.id, name: 'Renamed' })
    expect(dataOf(told[3])).toMatchObject({ offerId: world.offerId, state: 'approved' })
    expect(JSON.stringify(told.map(({ body }) => body))).not.toContain('SECRET')
  })

  it('hear nothing of what was rolled back', async () => {
    const { world, send } = await openRig(await openApi(stores))
    await send('POST', '/webhooks', { url: HOOK })
    const { db } = world.store
    const { workspaceId: workspace } = world
    const rolledBack = inTransaction(db, async (trx) => {
      await enqueueWebhooks(trx, { workspace, event: 'offer.changed', data: {}, at: world.time.now })
      throw new Error('rolled back')
    })
    await expect(rolledBack).rejects.toThrow('rolled back')
    expect(await queued(world)).toEqual([])
  })

  it('never show their secret again, and never call this installation itself', async () => {
    const { send } = await openRig(await openApi(stores))
    const own = await send('POST', '/webhooks', { url: 'https://track.example.com/postback' })
    expect(own).toMatchObject({ status: 422, body: { errors: [{ field: 'url' }] } })
    for (const bad of [{ url: '' }, { secret: 'whsec_c2hvcnQ=' }, { events: ['conversion'] }]) {
      expect((await send('POST', '/webhooks', { url: HOOK, ...bad })).status).toBe(400)
    }
    const { body: created } = await send('POST', '/webhooks', { url: HOOK })
    const shown = [
      await send('GET', '/webhooks'),
      await send('GET', `/webhooks/${created.id}`),
      await send('PATCH', `/webhooks/${created.id}`, { events: ['offer.created'] }),
    ]
    expect(shown.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(JSON.stringify(shown)).not.toContain(created.secret)
    expect((await send('DELETE', `/webhooks/${created.id}`)).status).toBe(204)
    expect((await send('GET', `/webhooks/${created.id}`)).status).toBe(404)
  })
})

async function openApi(stores: ReturnType<typeof useStores>) {
  const built: { world?: NetworkWorld } = {}
  const api = await openTestApi(stores, async (store) => {
    const world = await buildNetworkWorld(store)
    built.world = world
    return { clock: () => world.time.now++, ownHosts: ['track.example.com'] }
  })
  const { world } = built
  if (world === undefined) throw new Error('the world was not built')
  return { api, world }
}

async function openRig({ api, world }: Awaited<ReturnType<typeof openApi>>) {
  const owner = { workspace: world.workspaceId, name: 'owner', role: 'owner' } as const
  const { key } = await issueApiKey(api.store.db, owner, world.time.now)
  const headers = { authorization: `Bearer ${key}` }
  return {
    world,
    send: async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
      const request = { method, url: `/api/v1${path}`, headers, ...(body && { payload: body }) }
      const answer = await api.app.inject(request)
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
    },
  }
}

async function convert(world: NetworkWorld): Promise<string> {
  const [answer] = await world.judge.judge([world.hit({ cid: world.visit() })])
  return answer?.conversion ?? ''
}

type Queued = Awaited<ReturnType<typeof queued>>[number]

/** In the order that they were written in. */
async function queued({ store }: NetworkWorld) {
  return await store.db
    .selectFrom('deliveries')
    .select(['target_id', 'body', 'state', 'reason', 'transition'])
    .where('method', '=', 'POST')
    .orderBy('created_at')
    .orderBy('transition')
    .execute()
}

function typeOf({ body }: Pick<Queued, 'body'>): string {
  return JSON.parse(body).type
}

function dataOf(delivery: Queued | undefined): object {
  return JSON.parse(delivery?.body ?? '{}').data
}

/** Runs a worker until it holds. */
async function deliver(store: Store, holds: () => boolean, clock = Date.now): Promise<void> {
  const stop = new AbortController()
  const worker = runDeliveryWorker({
    store,
    workerId: 'w',
    guard: createGuard({ allowPrivateTargets: ['127.0.0.0/8'] }),
    vault: TEST_VAULT,
    version: '0',
    clock,
    random: () => 0.5,
    pollIntervalMs: 10,
    signal: stop.signal,
    onError: () => {},
  })
  cleanups.push(async () => {
    stop.abort()
    await worker.done
  })
  await until(holds)
}

/** A receiver that keeps what it got. */
async function openSink() {
  const received: { headers: Readonly<Record<string, unknown>>; body: string }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}/hook`, received }
}
