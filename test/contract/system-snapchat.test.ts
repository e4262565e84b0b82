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

const PIXEL = '5bf81ee1-15b1-4dc1-b636-d7dae49b950e'
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.token/with+signs=='
const hashes = z.array(z.string().regex(/^[0-9a-f]{64}$/))
const SHARED = { shareVisitor: 'yes' }

/** What the documentation asks of an event ("Using the API", "Parameters"), as far as a tracker fills it. */
const events = z.strictObject({
  data: z
    .array(
      z.strictObject({
        event_name: z.string().regex(/^[A-Z_]+[1-5]?$/),
        event_time: z.int().max(10_000_000_000),
        event_id: z.string(),
        action_source: z.enum(['WEB', 'MOBILE_APP', 'OFFLINE']),
        event_source_url: z.url(),
        user_data: z
          .strictObject({
            em: hashes.optional(),
            ph: hashes.optional(),
            client_ip_address: z.string().optional(),
            client_user_agent: z.string().optional(),
            sc_click_id: z.string().optional(),
            sc_cookie1: z.string().optional(),
          })
          .refine(
            ({ em, ph, client_ip_address: ip, client_user_agent: userAgent }) =>
              em !== undefined || ph !== undefined || (ip !== undefined && userAgent !== undefined),
            'em, ph, or client_ip_address with client_user_agent',
          ),
        custom_data: z.strictObject({
          currency: z.string().regex(/^[A-Z]{3}$/),
          value: z.string().regex(/^\d+(\.\d+)?$/),
          order_id: z.string().optional(),
        }),
      }),
    )
    .min(1)
    .max(2_000),
})

function answerAsSnapchat({ method, path, query, headers, body }: Received): SystemAnswer {
  if (query.get('access_token') !== TOKEN) return answer(401, 'ERROR', 'Invalid access token')
  const isPath = path === `/v3/${PIXEL}/events` || path === `/v3/${PIXEL}/events/validate`
  if (method !== 'POST' || !isPath || headers['content-type'] !== 'application/json')
    return answer(404, 'ERROR', 'path')
  const parsed = events.safeParse(JSON.parse(body))
  if (!parsed.success) return answer(400, 'INVALID', parsed.error.issues[0]?.message ?? '')
  return answer(200, 'VALID', 'Events have been processed successfully.')
}

function answer(status: number, word: string, reason: string): SystemAnswer {
  return { status, body: JSON.stringify({ status: word, reason }) }
}

describe('the Conversions API of Snapchat', () => {
  useSystemServers()

  const open = async (settings: Record<string, string> = {}, respond = answerAsSnapchat, token = TOKEN) => {
    const server = await openSystem(respond)
    const target = {
      system: 'snapchat',
      settings: { pixelId: PIXEL, pageUrl: 'https://shop.example/', ...settings },
      secrets: { accessToken: token },
      url: server.url,
    } as const
    const eventOf = (n: number) => JSON.parse(server.received[n]?.body ?? '').data[0]
    return { server, target, eventOf }
  }

  it('gets click id, hashed person and amount in its schema; the token is in no log', async () => {
    const { target, eventOf } = await open()
    const told = await tellSystem(target, conversionFrom({ ScCid: 'SC-1', _scid: 'SC-2' }, { person: JANE }))
    expect(told).toMatchObject({ kind: 'told', verdict: { kind: 'taken' } })
    expect(eventOf(0)).toEqual({
      event_name: 'PURCHASE',
      event_time: SYSTEM_NOW / 1_000,
      event_id: '01JCONVERSION0000000000001',
      action_source: 'WEB',
      event_source_url: 'https://shop.example/',
      user_data: {
        em: [JANE.emailSha256],
        ph: [JANE.phoneSha256],
        sc_click_id: 'SC-1',
        sc_cookie1: 'SC-2',
      },
      custom_data: { currency: 'EUR', value: '12.50', order_id: 'ORDER-1' },
    })
    expect(JSON.stringify(told)).not.toContain('eyJhbGci')
  })

  it('gets address and browser of the visitor only when these may be shared', async () => {
    const { target, eventOf } = await open(SHARED)
    await tellSystem(target, conversionFrom({ ScCid: 'SC-1' }))
    const visitor = { client_ip_address: '203.0.113.7', client_user_agent: 'Firefox', sc_click_id: 'SC-1' }
    expect(eventOf(0).user_data).toEqual(visitor)
    const unshared = await open()
    expect(await tellSystem(unshared.target, conversionFrom({ ScCid: 'SC-1' }))).toEqual({
      kind: 'skipped',
      reason: 'neither e-mail, phone nor shared visitor, which Snapchat asks for',
    })
  })

  it('is not told of a visit that did not come from it', async () => {
    const { target, server } = await open(SHARED)
    const reason = 'no Snapchat click id (ScCid)'
    expect(await tellSystem(target, conversionOf({ person: JANE }))).toEqual({ kind: 'skipped', reason })
    expect(server.received).toEqual([])
  })

  it('is told events by their names there', async () => {
    const { target, eventOf } = await open({ ...SHARED, eventNames: 'lead=SIGN_UP\nSale=CUSTOM_EVENT_3' })
    for (const event of ['LEAD', 'sale', 'other'])
      await tellSystem(target, conversionFrom({ ScCid: 'SC' }, { event }))
    expect([0, 1, 2].map((n) => eventOf(n).event_name)).toEqual(['SIGN_UP', 'CUSTOM_EVENT_3', 'PURCHASE'])
  })

  it('only checks what is a test', async () => {
    const { target, server } = await open(SHARED)
    await tellSystem(target, conversionFrom({ ScCid: 'SC' }, { isTest: true }))
    const always = await open({ ...SHARED, testMode: 'yes' })
    expect(await tellSystem(always.target, conversionFrom({ ScCid: 'SC' }))).toMatchObject({
      verdict: { kind: 'taken' },
    })
    const paths = [...server.received, ...always.server.received].map(({ path }) => path)
    expect(new Set(paths)).toEqual(new Set([`/v3/${PIXEL}/events/validate`]))
  })

  it('that refuses in a body of status 200 has refused for good; a wrong token may be mended', async () => {
    const refusing = await open(SHARED, () => answer(200, 'INVALID', 'event_time is too old'))
    expect(await tellSystem(refusing.target, conversionFrom({ ScCid: 'SC' }))).toMatchObject({
      verdict: { kind: 'refused', reason: 'event_time is too old', forGood: true },
    })
    const { target } = await open(SHARED, answerAsSnapchat, 'another-token')
    expect(await tellSystem(target, conversionFrom({ ScCid: 'SC' }))).toMatchObject({
      verdict: { kind: 'refused', reason: 'status 401: Invalid access token', forGood: false },
    })
  })
})
