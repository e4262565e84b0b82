import { describe, expect, it } from 'vitest'
import { createGuard } from '../../src/delivery/guard.ts'
import { runDeliveryWorker } from '../../src/delivery/worker.ts'
import { NO_SECRETS } from '../../src/domain/target-secrets.ts'
import { getWithAttempts } from '../../src/store/deliveries.ts'
import { buildWorld, deliveriesOf, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { TEST_VAULT } from '../support/test-vault.ts'
import { openSystem, type SystemTarget, useSystemServers } from './system-rig.ts'

const BOT_TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'
const PINTEREST = {
  system: 'pinterest',
  settings: { adAccountId: '549755885175', shareVisitor: 'yes' },
  secrets: { accessToken: 'pina_AMAAAAAAAAAAAAAAAAAA' },
} as const

describe.each(SQL_ENGINES)('from a hit to a system on %s', (engine) => {
  useSystemServers()
  const stores = useStores(engine)

  async function addTarget(world: World, { secrets, ...target }: SystemTarget): Promise<void> {
    const sealedSecrets = TEST_VAULT.seal({ ...NO_SECRETS, system: secrets })
    await world.target({ ...target, sealedSecrets })
  }

  /** Judges the hit, lets a worker send what is due, and gives the one delivery with its attempts. */
  async function convert(world: World, params: Readonly<Record<string, string>>) {
    await world.judge.judge([world.hit(params)], { edgeWaits: true })
    const stop = new AbortController()
    const worker = runDeliveryWorker({
      store: world.store,
      workerId: 'worker',
      guard: createGuard({ allowPrivateTargets: ['127.0.0.1/32'] }),
      vault: TEST_VAULT,
      version: '9.9.9',
      clock: () => world.time.now,
      random: () => 0.5,
      pollIntervalMs: 10,
      signal: stop.signal,
    })
    const isWaiting = async () =>
      (await deliveriesOf(world)).some(({ state, attempts }) => state === 'pending' && attempts === 0)
    while (await isWaiting()) await new Promise((resolve) => setTimeout(resolve, 5))
    stop.abort()
    await worker.done
    const [delivery] = await deliveriesOf(world)
    if (delivery === undefined) throw new Error('no delivery')
    const told = await getWithAttempts(world.store.db, delivery.id)
    if (told === undefined) throw new Error('the delivery is gone')
    return told
  }

  it('a chat is told in words, and its token is neither in the queue nor in the log', async () => {
    const server = await openSystem(() => ({ status: 200, body: `{"ok":true,"said":"${BOT_TOKEN}"}` }))
    const world = await buildWorld(await stores.open())
    const settings = { chatId: '-100123', text: '{payout} {currency} by {sub1}' }
    await addTarget(world, {
      system: 'telegram',
      settings,
      secrets: { botToken: BOT_TOKEN },
      url: server.url,
    })
    const cid = world.visit({ sub1: '<b>&' })
    const { delivery, attempts } = await convert(world, { cid, payout: '1.25' })
    expect(server.received.map(({ path }) => path)).toEqual([`/bot${BOT_TOKEN}/sendMessage`])
    expect(JSON.parse(server.received[0]?.body ?? '').text).toBe('1.25 USD by &lt;b&gt;&amp;')
    expect(delivery).toMatchObject({ state: 'delivered', system: 'telegram' })
    expect(attempts).toHaveLength(1)
    expect(JSON.stringify([delivery, attempts])).not.toContain('AAHdqTcvCH1')
  })

  it('an advertising system gets the click id of the link; its refusal in a 200 ends the delivery', async () => {
    const refused = { status: 'failed', error_message: 'event_time is too old' }
    const server = await openSystem(() => ({ status: 200, body: JSON.stringify({ events: [refused] }) }))
    const world = await buildWorld(await stores.open(), { source: { externalIdParam: 'epik' } })
    await addTarget(world, { ...PINTEREST, url: server.url })
    const cid = world.visit({ external_id: 'EPIK-1', ip: '203.0.113.7', user_agent: 'Firefox' })
    const { delivery, attempts } = await convert(world, { cid, payout: '1.25', txid: 'T-1' })
    const [event] = JSON.parse(server.received[0]?.body ?? '').data
    expect(event).toMatchObject({
      event_id: delivery.conversionId,
      user_data: { click_id: 'EPIK-1', client_ip_address: '203.0.113.7' },
      custom_data: { value: '1.25', currency: 'USD', order_id: 'T-1' },
    })
    expect(delivery).toMatchObject({ state: 'dead', reason: 'refused_by_system: event_time is too old' })
    expect(attempts).toMatchObject([{ responseStatus: 200 }])
    expect(JSON.stringify([delivery, attempts])).not.toContain('pina_')
  })

  it('a visit that did not come from the system is not sent, and the log says why', async () => {
    const server = await openSystem(() => ({ status: 200, body: '{}' }))
    const world = await buildWorld(await stores.open())
    await addTarget(world, { ...PINTEREST, url: server.url })
    const { delivery } = await convert(world, { cid: world.visit(), payout: '1.25' })
    expect(delivery).toMatchObject({ state: 'skipped', reason: 'no Pinterest click id (epik)' })
    expect(server.received).toEqual([])
  })
})
