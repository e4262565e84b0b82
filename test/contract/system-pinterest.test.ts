import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  conversionFrom,
  conversionOf,
  JANE,
  openSystem,
  type Received,
  SYSTEM_NOW,
  type SystemAnswer,
  tellSystem,
  useSystemServers,
} from './system-rig.ts'

const TOKEN = 'pina_AMAAAAAAAAAAAAAAAAAA'
const SHARED = { shareVisitor: 'yes' }
const hashes = z.array(z.string().regex(/^[0-9a-f]{64}$/))

/** ConversionEvents of Pinterest's OpenAPI 5.13.0, as far as a tracker fills it; it allows nothing else. */
const conversionEvents = z.strictObject({
  data: z
    .array(
      z.strictObject({
        event_name: z.string().regex(/^[a-z_]+$/),
        action_source: z.enum(['app_android', 'app_ios', 'web', 'offline']),
        event_time: z.int().max(10_000_000_000),
        event_id: z.string(),
        event_source_url: z.url().optional(),
        user_data: z
          .strictObject({
            em: hashes.optional(),
            ph: hashes.optional(),
            client_ip_address: z.string().optional(),
            client_user_agent: z.string().optional(),
            click_id: z.string().optional(),
          })
          .refine(
            (user) =>
              user.em !== undefined ||
              (user.client_ip_address !== undefined && user.client_user_agent !== undefined),
            'required at least one of em, hashed_maids or client_ip_address + client_user_agent',
          ),
        custom_data: z.strictObject({
          currency: z.string().regex(/^[A-Z]{3}$/),
          value: z.string().regex(/^\d+(\.\d+)?$/),
          order_id: z.string().optional(),
        }),
      }),
    )
    .min(1)
    .max(1_000),
})

function answerAsPinterest({ method, path, headers, body }: Received): SystemAnswer {
  const error = (status: number, code: number, message: string) => ({
    status,
    body: JSON.stringify({ code, message }),
  })
  if (headers.authorization !== `Bearer ${TOKEN}`) return error(401, 2, 'Authentication failed.')
  if (method !== 'POST' || path !== '/v5/ad_accounts/549755885175/events') return error(404, 1, 'Not found')
  const parsed = conversionEvents.safeParse(JSON.parse(body))
  if (!parsed.success) return error(400, 4196, 'The request was invalid.')
  return processed({ status: 'processed', error_message: '', warning_message: '' })
}

function processed(event: object): SystemAnswer {
  const isGood = 'status' in event && event.status === 'processed'
  const events = { num_events_received: 1, num_events_processed: isGood ? 1 : 0, events: [event] }
  return { status: 200, body: JSON.stringify(events) }
}

describe('the API for Conversions of Pinterest', () => {
  useSystemServers()

  const open = async (settings: Record<string, string> = {}, respond = answerAsPinterest, token = TOKEN) => {
    const server = await openSystem(respond)
    const target = {
      system: 'pinterest',
      settings: { adAccountId: '549755885175', ...settings },
      secrets: { accessToken: token },
      url: server.url,
    } as const
    const eventOf = (n: number) => JSON.parse(server.received[n]?.body ?? '').data[0]
    return { server, target, eventOf }
  }

  it('gets click id, hashed person and amount in its schema; the token is in no log', async () => {
    const { target, eventOf } = await open({ pageUrl: 'https://shop.example/' })
    const told = await tellSystem(target, conversionFrom({ epik: 'dj0yJnU9' }, { person: JANE }))
    expect(told).toMatchObject({ kind: 'told', verdict: { kind: 'taken' } })
    expect(eventOf(0)).toEqual({
      event_name: 'checkout',
      action_source: 'web',
      event_time: SYSTEM_NOW / 1_000,
      event_id: '01JCONVERSION0000000000001',
      event_source_url: 'https://shop.example/',
      user_data: { em: [JANE.emailSha256], ph: [JANE.phoneSha256], click_id: 'dj0yJnU9' },
      custom_data: { currency: 'EUR', value: '12.50', order_id: 'ORDER-1' },
    })
    expect(JSON.stringify(told)).not.toContain(TOKEN)
  })

  it('gets address and browser of the visitor only when these may be shared', async () => {
    const { target, eventOf } = await open(SHARED)
    expect(await tellSystem(target, conversionFrom({ epik: 'E' }))).toMatchObject({
      verdict: { kind: 'taken' },
    })
    const visitor = { client_ip_address: '203.0.113.7', client_user_agent: 'Firefox', click_id: 'E' }
    expect(eventOf(0).user_data).toEqual(visitor)
    const unshared = await open()
    expect(await tellSystem(unshared.target, conversionFrom({ epik: 'E' }))).toEqual({
      kind: 'skipped',
      reason: 'neither e-mail nor shared visitor, which Pinterest asks for',
    })
  })

  it('is not told of a visit that did not come from it', async () => {
    const { target } = await open(SHARED)
    const reason = 'no Pinterest click id (epik)'
    expect(await tellSystem(target, conversionOf({ person: JANE }))).toEqual({ kind: 'skipped', reason })
  })

  it('only checks what is a test, and knows events by their names there', async () => {
    const { target, server, eventOf } = await open({ ...SHARED, eventNames: 'lead=signup' })
    await tellSystem(target, conversionFrom({ epik: 'E' }, { isTest: true, event: 'lead' }))
    await tellSystem(target, conversionFrom({ epik: 'E' }))
    const always = await open({ ...SHARED, testMode: 'yes' })
    await tellSystem(always.target, conversionFrom({ epik: 'E' }))
    const tests = [...server.received, ...always.server.received].map(({ query }) => query.get('test'))
    expect(tests).toEqual(['true', null, 'true'])
    expect(eventOf(0).event_name).toBe('signup')
  })

  it('that failed the event in an answer of status 200, or of 422, has refused for good', async () => {
    const failed = { status: 'failed', error_message: 'event_time is too old' }
    const refusal = { kind: 'refused', reason: 'event_time is too old', forGood: true }
    const inBody = await open(SHARED, () => processed(failed))
    expect(await tellSystem(inBody.target, conversionFrom({ epik: 'E' }))).toMatchObject({ verdict: refusal })
    const detailed = { code: 0, message: 'Not all events were processed', details: { events: [failed] } }
    const byStatus = await open(SHARED, () => ({ status: 422, body: JSON.stringify(detailed) }))
    expect(await tellSystem(byStatus.target, conversionFrom({ epik: 'E' }))).toMatchObject({
      verdict: refusal,
    })
  })

  it('may take later what it refused for a wrong token or its own state', async () => {
    const { target } = await open(SHARED, answerAsPinterest, 'another-token')
    expect(await tellSystem(target, conversionFrom({ epik: 'E' }))).toMatchObject({
      verdict: { kind: 'refused', reason: 'status 401: Authentication failed.', forGood: false },
    })
    const down = await open(SHARED, () => ({ status: 503, body: '{"code":4197,"message":"ramped down"}' }))
    expect(await tellSystem(down.target, conversionFrom({ epik: 'E' }))).toMatchObject({
      verdict: { kind: 'refused', reason: 'status 503: ramped down', forGood: false },
    })
  })
})
