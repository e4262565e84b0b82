import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sha256Hex } from '../../src/domain/sha256.ts'
import { WORLD_NOW } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import {
  conversionFrom,
  conversionOf,
  openSystem,
  type Received,
  type SystemAnswer,
  tellSystem,
  useSystemServers,
} from './system-rig.ts'
import { openWay, visitFrom } from './system-way.ts'

const TOKEN = 'EAAB-ACCESS-TOKEN-OF-META'
const SETTINGS = { pixelId: '1234567890', pageUrl: 'https://shop.example/' }
const hashes = z.array(z.string().regex(/^[0-9a-f]{64}$/)).min(1)

/** "Server Event Parameters" and "Customer Information Parameters" of the Conversions API. */
const eventSchema = z
  .strictObject({
    event_name: z.enum(['Purchase', 'Lead']),
    // Seconds: thirteen digits are milliseconds.
    event_time: z.int().min(1_000_000_000).max(9_999_999_999),
    event_id: z.string().min(1),
    action_source: z.enum(['website', 'other']),
    event_source_url: z.url(),
    user_data: z.strictObject({
      em: hashes.optional(),
      ph: hashes.optional(),
      fbc: z
        .string()
        .regex(/^fb\.1\.\d{13}\..+$/)
        .optional(),
      fbp: z.string().optional(),
      client_ip_address: z.ipv4().optional(),
      client_user_agent: z.string().optional(),
    }),
    custom_data: z.strictObject({
      value: z.number(),
      currency: z.string().length(3),
      order_id: z.string().optional(),
    }),
  })
  .refine(
    ({ action_source: source, user_data: user }) =>
      source !== 'website' || user.client_user_agent !== undefined,
  )
const requestSchema = z.strictObject({
  data: z.array(eventSchema).length(1),
  test_event_code: z.string().optional(),
})

function answerAsMeta({ method, path, query, headers, body }: Received): SystemAnswer {
  const token = query.get('access_token')
  if (token !== TOKEN) return error(400, { message: `Malformed access token ${token}`, code: 190 })
  if (method !== 'POST' || path !== '/v25.0/1234567890/events')
    return error(404, { message: 'no', code: 803 })
  const parsed = requestSchema.safeParse(JSON.parse(body))
  if (headers['content-type'] !== 'application/json' || !parsed.success) {
    return error(400, { message: 'Invalid parameter', code: 100, error_user_msg: parsed.error?.message })
  }
  return { status: 200, body: JSON.stringify({ events_received: 1, messages: [], fbtrace_id: 'A1' }) }
}

function error(status: number, fields: object): SystemAnswer {
  return { status, body: JSON.stringify({ error: { type: 'OAuthException', fbtrace_id: 'A1', ...fields } }) }
}

describe.each(SQL_ENGINES)('conversions told to Meta on %s', (engine) => {
  const stores = useStores(engine)
  useSystemServers()

  it('go from the hit to the API with click id, browser id, amount, id and time, and without credentials in any log', async () => {
    const server = await openSystem(answerAsMeta)
    const way = await openWay(await stores.open(), {
      system: 'meta',
      url: server.url,
      settings: SETTINGS,
      secrets: { accessToken: TOKEN },
    })
    const cid = visitFrom(way.world, { fbclid: 'CLICK-1', _fbp: 'fb.1.1.2' })
    const answer = await way.hit({
      cid,
      payout: '12.5',
      txid: 'T1',
      email: 'Ann@example.com',
      phone: '+1 555 010 0100',
    })
    const { delivery, attempts } = await way.told()
    expect(delivery).toMatchObject({ state: 'delivered', expiresAt: WORLD_NOW + 7 * 24 * 3_600_000 })
    expect(JSON.parse(server.received[0]?.body ?? '').data).toEqual([
      {
        event_name: 'Purchase',
        event_time: WORLD_NOW / 1_000,
        event_id: answer.conversion,
        action_source: 'website',
        event_source_url: 'https://shop.example/',
        user_data: {
          fbc: `fb.1.${WORLD_NOW - 60_000}.CLICK-1`,
          fbp: 'fb.1.1.2',
          client_ip_address: '203.0.113.7',
          client_user_agent: 'Firefox',
        },
        custom_data: { value: 12.5, currency: 'USD', order_id: 'T1' },
      },
    ])
    expect(attempts).toMatchObject([{ responseStatus: 200, error: '' }])
    expect(JSON.stringify({ delivery, attempts })).not.toContain(TOKEN)
  })

  it('name the person hashed, with consent alone', async () => {
    const server = await openSystem(answerAsMeta)
    const target = {
      system: 'meta',
      url: server.url,
      settings: SETTINGS,
      secrets: { accessToken: TOKEN },
    } as const
    const way = await openWay(await stores.open(), target)
    const cid = visitFrom(way.world, { fbclid: 'CLICK-1' })
    await way.hit({ cid, em: 'Ann@example.com', ph: '+1 555 010 0100', consent: '1' })
    await way.told()
    expect(JSON.parse(server.received[0]?.body ?? '').data[0].user_data).toMatchObject({
      em: [sha256Hex('ann@example.com')],
      ph: [sha256Hex('15550100100')],
    })
  })

  it('are told once: a second status counts no second sale', async () => {
    const server = await openSystem(answerAsMeta)
    const target = {
      system: 'meta',
      url: server.url,
      settings: SETTINGS,
      secrets: { accessToken: TOKEN },
    } as const
    const way = await openWay(await stores.open(), target)
    const cid = visitFrom(way.world, { fbclid: 'CLICK-1' })
    await way.hit({ cid, txid: 'T1', status: 'pending' })
    await way.told()
    way.world.time.now += 1_000
    await way.hit({ cid, txid: 'T1', status: 'approved' })
    expect((await way.told()).delivery).toMatchObject({ state: 'skipped', reason: 'told already' })
    way.world.time.now += 1_000
    await way.hit({ cid, txid: 'T1', status: 'rejected' })
    expect((await way.told()).delivery).toMatchObject({ state: 'skipped', reason: 'status filter' })
    expect(server.received).toHaveLength(1)
  })

  it('that Meta refuses in its answer are dead with what it said, which the attempt tells too', async () => {
    const server = await openSystem(() => error(400, { message: 'Invalid parameter', code: 100 }))
    const target = {
      system: 'meta',
      url: server.url,
      settings: SETTINGS,
      secrets: { accessToken: TOKEN },
    } as const
    const way = await openWay(await stores.open(), target)
    await way.hit({ cid: visitFrom(way.world, { fbclid: 'CLICK-1' }) })
    const said = 'refused_by_system: Invalid parameter (code 100)'
    expect(await way.told()).toMatchObject({
      delivery: { state: 'dead', reason: said, attempts: 1 },
      attempts: [{ error: said, responseStatus: 400 }],
    })
  })

  it('of a visit without a Meta id are skipped with the reason', async () => {
    const server = await openSystem(answerAsMeta)
    const target = {
      system: 'meta',
      url: server.url,
      settings: SETTINGS,
      secrets: { accessToken: TOKEN },
    } as const
    const way = await openWay(await stores.open(), target)
    await way.hit({ cid: way.world.visit() })
    expect((await way.told()).delivery).toMatchObject({
      state: 'skipped',
      reason: 'no Meta click id (fbclid), browser id (fbp), e-mail or phone',
    })
    expect(server.received).toEqual([])
  })
})

describe('an event for Meta', () => {
  useSystemServers()

  const open = async (settings: Record<string, string> = {}, answer = answerAsMeta) => {
    const server = await openSystem(answer)
    const target = {
      system: 'meta',
      url: server.url,
      settings: { ...SETTINGS, ...settings },
      secrets: { accessToken: TOKEN },
    } as const
    return { target, eventOf: () => JSON.parse(server.received[0]?.body ?? ''), server }
  }

  it('without the visitor, who may not be shared, is none of a website', async () => {
    const { target, eventOf } = await open({ shareVisitor: 'no', eventNames: 'lead=Lead' })
    const told = await tellSystem(target, conversionFrom({ fbclid: 'C' }, { event: 'LEAD' }))
    expect(told).toMatchObject({ verdict: { kind: 'taken' } })
    expect(eventOf().data[0]).toMatchObject({ event_name: 'Lead', action_source: 'other' })
    expect(Object.keys(eventOf().data[0].user_data)).toEqual(['fbc'])
  })

  it('has the cookie that Meta set before one that is built', async () => {
    const { target, eventOf } = await open()
    await tellSystem(target, conversionFrom({ fbclid: 'C', _fbc: 'fb.1.1772366300000.D' }))
    expect(eventOf().data[0].user_data.fbc).toBe('fb.1.1772366300000.D')
  })

  it('of a test carries the test event code, and without one is not sent', async () => {
    const test = conversionFrom({ fbclid: 'C' }, { isTest: true })
    const { target, eventOf } = await open({ testEventCode: 'TEST123' })
    expect(await tellSystem(target, test)).toMatchObject({ verdict: { kind: 'taken' } })
    expect(eventOf().test_event_code).toBe('TEST123')
    const other = await open()
    expect(await tellSystem(other.target, test)).toMatchObject({ kind: 'skipped' })
    expect(other.server.received).toEqual([])
  })

  it.each([
    [{ code: 190, message: 'expired' }, false],
    [{ code: 100, message: 'Invalid parameter' }, true],
    [{ code: 100, message: 'later', is_transient: true }, false],
    [{ code: 4, message: 'limit' }, false],
    [{ code: 200, message: 'permission' }, false],
    [{ code: 2804019, message: 'Server Side Api Parameter Error' }, true],
  ])('refused with %o is so for good: %s', async (fields, forGood) => {
    const { target } = await open({}, () => error(400, fields))
    expect(await tellSystem(target, conversionFrom({ fbclid: 'C' }))).toMatchObject({
      verdict: { kind: 'refused', reason: `${fields.message} (code ${fields.code})`, forGood },
    })
  })

  it('never tells the token, also where Meta quotes it', async () => {
    const { target } = await open()
    const wrong = { ...target, secrets: { accessToken: 'EAAB-ANOTHER-TOKEN-OF-META' } }
    const told = await tellSystem(wrong, conversionFrom({ fbclid: 'C' }))
    expect(told).toMatchObject({ verdict: { kind: 'refused', forGood: false } })
    expect(JSON.stringify(told)).not.toContain('ANOTHER-TOKEN')
    expect(JSON.stringify(told)).toContain('Malformed access token ***')
  })

  it('needs something to tell the person by', async () => {
    const { target } = await open()
    expect(await tellSystem(target, conversionOf())).toMatchObject({ kind: 'skipped' })
  })
})
