import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openSystem, useSystemServers } from './system-rig.ts'
import { openWay, visitFrom } from './system-way.ts'

const BOT_TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'
const PINTEREST = {
  system: 'pinterest',
  settings: { adAccountId: '549755885175', shareVisitor: 'yes' },
  secrets: { accessToken: 'pina_AMAAAAAAAAAAAAAAAAAA' },
} as const

describe.each(SQL_ENGINES)('from a hit to a system on %s', (engine) => {
  useSystemServers()
  const stores = useStores(engine)

  it('a chat is told in words, and its token is neither in the queue nor in the log', async () => {
    const server = await openSystem(() => ({ status: 200, body: `{"ok":true,"said":"${BOT_TOKEN}"}` }))
    const settings = { chatId: '-100123', text: '{payout} {currency} by {sub1}' }
    const target = {
      system: 'telegram',
      settings,
      secrets: { botToken: BOT_TOKEN },
      url: server.url,
    } as const
    const way = await openWay(await stores.open(), target)
    await way.hit({ cid: way.world.visit({ sub1: '<b>&' }), payout: '1.25' })
    const { delivery, attempts } = await way.told()
    expect(server.received.map(({ path }) => path)).toEqual([`/bot${BOT_TOKEN}/sendMessage`])
    expect(JSON.parse(server.received[0]?.body ?? '').text).toBe('1.25 USD by &lt;b&gt;&amp;')
    expect(delivery).toMatchObject({ state: 'delivered', system: 'telegram' })
    expect(attempts).toHaveLength(1)
    expect(JSON.stringify([delivery, attempts])).not.toContain('AAHdqTcvCH1')
  })

  it('an advertising system gets the click id of the link; its refusal in a 200 ends the delivery', async () => {
    const refused = { status: 'failed', error_message: 'event_time is too old' }
    const server = await openSystem(() => ({ status: 200, body: JSON.stringify({ events: [refused] }) }))
    const way = await openWay(await stores.open(), { ...PINTEREST, url: server.url })
    await way.hit({ cid: visitFrom(way.world, { epik: 'EPIK-1' }), payout: '1.25', txid: 'T-1' })
    const { delivery, attempts } = await way.told()
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

  it('an advertising system hears of a conversion once, and a chat of each of its states', async () => {
    const server = await openSystem(() => ({ status: 200, body: '{"ok":true}' }))
    const chat = {
      system: 'telegram',
      settings: { chatId: '-100123' },
      secrets: { botToken: BOT_TOKEN },
    } as const
    for (const [target, count] of [
      [PINTEREST, 1],
      [chat, 2],
    ] as const) {
      const way = await openWay(await stores.open(), { ...target, url: server.url })
      const before = server.received.length
      const cid = visitFrom(way.world, { epik: 'EPIK-1' })
      for (const status of ['pending', 'approved']) {
        await way.hit({ cid, payout: '1.25', txid: 'T-1', status })
        await way.told()
      }
      expect([target.system, server.received.length - before]).toEqual([target.system, count])
    }
  })

  it('a visit that did not come from the system is not sent, and the log says why', async () => {
    const server = await openSystem(() => ({ status: 200, body: '{}' }))
    const way = await openWay(await stores.open(), { ...PINTEREST, url: server.url })
    await way.hit({ cid: way.world.visit(), payout: '1.25' })
    const { delivery } = await way.told()
    expect(delivery).toMatchObject({ state: 'skipped', reason: 'no Pinterest click id (epik)' })
    expect(server.received).toEqual([])
  })
})
