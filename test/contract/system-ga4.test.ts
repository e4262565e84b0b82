import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  conversionFrom,
  conversionOf,
  openSystem,
  type Received,
  SYSTEM_NOW,
  type SystemAnswer,
  tellSystem,
  useSystemServers,
} from './system-rig.ts'

const SECRET = 'Abc_def-123456789012ab'
const COOKIES = { _ga: 'GA1.1.1234567890.1612345678', _ga_AB12CD34EF: 'GS2.1.s1612345999$o1$g0$t1612345999' }

/** The payload of the reference, as far as a conversion fills it; numbers and texts are told apart. */
const payload = z.strictObject({
  client_id: z.string().regex(/^\d+\.\d+$/),
  timestamp_micros: z.int().min(1_000_000_000_000_000),
  events: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z]\w{0,39}$/),
        params: z.strictObject({
          transaction_id: z.string().max(100),
          currency: z.string().regex(/^[A-Z]{3}$/),
          value: z.number(),
          engagement_time_msec: z.number().positive(),
          session_id: z.string().regex(/^\d+$/).optional(),
        }),
      }),
    )
    .min(1)
    .max(25),
})

/** Whatever it gets, /mp/collect answers 204; /debug/mp/collect says what is wrong with it. */
function answerAsGoogle({ path, query, body }: Received): SystemAnswer {
  const isKnown = query.get('measurement_id') === 'G-AB12CD34EF' && query.get('api_secret') === SECRET
  const parsed = payload.safeParse(JSON.parse(body))
  if (path === '/mp/collect') return { status: 204, body: '' }
  const wrong =
    isKnown && parsed.success
      ? []
      : [{ fieldPath: 'events', description: 'wrong', validationCode: 'VALUE_INVALID' }]
  return { status: 200, body: JSON.stringify({ validationMessages: wrong }) }
}

describe('the Measurement Protocol of Google Analytics', () => {
  useSystemServers()

  const open = async (settings: Record<string, string> = {}, respond = answerAsGoogle) => {
    const server = await openSystem(respond)
    const target = {
      system: 'ga4',
      settings: { measurementId: 'G-AB12CD34EF', ...settings },
      secrets: { apiSecret: SECRET },
      url: server.url,
    } as const
    const bodyOf = (n: number) => payload.parse(JSON.parse(server.received[n]?.body ?? ''))
    return { server, target, bodyOf }
  }

  it('adds a purchase to the client and session of the tag; the secret is in no log', async () => {
    const { target, server, bodyOf } = await open()
    const told = await tellSystem(target, conversionFrom(COOKIES))
    expect(told).toMatchObject({ kind: 'told', verdict: { kind: 'taken' } })
    expect(server.received[0]?.query.get('api_secret')).toBe(SECRET)
    expect(bodyOf(0)).toEqual({
      client_id: '1234567890.1612345678',
      timestamp_micros: SYSTEM_NOW * 1_000,
      events: [
        {
          name: 'purchase',
          params: {
            transaction_id: '01JCONVERSION0000000000001',
            currency: 'EUR',
            value: 12.5,
            engagement_time_msec: 1,
            session_id: '1612345999',
          },
        },
      ],
    })
    expect(JSON.stringify(told)).not.toContain(SECRET)
  })

  it.each([
    ['GS1.1.1612345999.3.1.1612346000.0', '1612345999'],
    ['1612345999', '1612345999'],
    ['nonsense', undefined],
  ])('reads the session from %s', async (cookie, session) => {
    const { target, bodyOf } = await open()
    await tellSystem(target, conversionFrom({ ga_client_id: '12.34', _ga_AB12CD34EF: cookie }))
    expect(bodyOf(0).events[0]?.params.session_id).toBe(session)
  })

  it('is not told of a visit whose client it does not know', async () => {
    const { target } = await open()
    const reason = 'no client id of Google Analytics (_ga)'
    expect(await tellSystem(target, conversionOf())).toEqual({ kind: 'skipped', reason })
    expect(await tellSystem(target, conversionFrom({ _ga: 'made up' }))).toEqual({ kind: 'skipped', reason })
  })

  it('hears that a conversion was taken back as a refund of its transaction', async () => {
    const { target, bodyOf } = await open({ eventNames: 'sale=my_sale' })
    await tellSystem(target, conversionFrom(COOKIES))
    const at = SYSTEM_NOW + 60_000
    await tellSystem(target, conversionFrom(COOKIES, { status: 'rejected', statusBefore: 'approved', at }))
    expect([0, 1].map((n) => bodyOf(n).events[0]?.name)).toEqual(['my_sale', 'refund'])
    expect(bodyOf(1).timestamp_micros).toBe(at * 1_000)
    expect(bodyOf(1).events[0]?.params.transaction_id).toBe(bodyOf(0).events[0]?.params.transaction_id)
  })

  it('checks what is a test by its own rules', async () => {
    const { target, server } = await open({ testMode: 'yes' })
    expect(await tellSystem(target, conversionFrom(COOKIES))).toMatchObject({ verdict: { kind: 'taken' } })
    expect(server.received[0]?.path).toBe('/debug/mp/collect')
    const wrong = { ...target, secrets: { apiSecret: 'another-secret-0000000' } }
    expect(await tellSystem(wrong, conversionFrom(COOKIES, { isTest: true }))).toMatchObject({
      verdict: { kind: 'refused', reason: 'events: wrong', forGood: true },
    })
  })

  it('may take later what it could not take now', async () => {
    const { target } = await open({}, () => ({ status: 503, body: '' }))
    expect(await tellSystem(target, conversionFrom(COOKIES))).toMatchObject({
      verdict: { kind: 'refused', reason: 'status 503', forGood: false },
    })
  })
})
