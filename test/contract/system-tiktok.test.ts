import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sha256Hex } from '../../src/domain/sha256.ts'
import { WORLD_NOW } from '../support/conversion-world.ts'
import { useStores } from '../support/databases.ts'
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

const TOKEN = 'TIKTOK-ACCESS-TOKEN'
const SETTINGS = { pixelCode: 'C0PIXEL0CODE', pageUrl: 'https://shop.example/' }
const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** "Events API for Web" and "Supported Events" of the Business API v1.3. */
const requestSchema = z.strictObject({
  event_source: z.literal('web'),
  event_source_id: z.literal(SETTINGS.pixelCode),
  test_event_code: z.string().optional(),
  data: z
    .array(
      z.strictObject({
        event: z.enum(['Purchase', 'Lead']),
        event_time: z.int().min(1_000_000_000).max(9_999_999_999),
        event_id: z.string().min(1),
        user: z.strictObject({
          email: hash.optional(),
          phone: hash.optional(),
          ttclid: z.string().optional(),
          ttp: z.string().optional(),
          ip: z.ipv4().optional(),
          user_agent: z.string().optional(),
        }),
        properties: z.strictObject({
          value: z.number(),
          currency: z.string().length(3),
          order_id: z.string().optional(),
        }),
        page: z.strictObject({ url: z.url() }),
      }),
    )
    .length(1),
})

/** Every answer is a 200: what it means is in its code. */
function answerAsTiktok({ method, path, query, headers, body }: Received): SystemAnswer {
  if (headers['access-token'] !== TOKEN || query.size > 0) return said(40105, 'Access token is incorrect')
  if (method !== 'POST' || path !== '/open_api/v1.3/event/track/') return said(40007, 'no such path')
  const isRight = requestSchema.safeParse(JSON.parse(body)).success
  return isRight ? said(0, 'OK') : said(40002, 'Invalid parameters')
}

function said(code: number, message: string): SystemAnswer {
  return { status: 200, body: JSON.stringify({ code, message, request_id: '2026', data: {} }) }
}

describe('conversions told to TikTok', () => {
  const stores = useStores('sqlite')
  useSystemServers()

  const open = async (settings: Record<string, string> = {}, answer = answerAsTiktok) => {
    const server = await openSystem(answer)
    const target = {
      system: 'tiktok',
      url: server.url,
      settings: { ...SETTINGS, ...settings },
      secrets: { accessToken: TOKEN },
    } as const
    return { target, server, sent: () => JSON.parse(server.received[0]?.body ?? '') }
  }

  it('go from the hit to the API with click id, browser id, amount, id and time', async () => {
    const { target, sent } = await open()
    const way = await openWay(await stores.open(), target)
    const cid = visitFrom(way.world, { ttclid: 'E.C.P.1', _ttp: '2F7h' })
    const answer = await way.hit({ cid, payout: '9.99', txid: 'T1' })
    const { delivery, attempts } = await way.told()
    expect(delivery).toMatchObject({ state: 'delivered', expiresAt: WORLD_NOW + 28 * 24 * 3_600_000 })
    expect(sent().data).toEqual([
      {
        event: 'Purchase',
        event_time: WORLD_NOW / 1_000,
        event_id: answer.conversion,
        user: { ttclid: 'E.C.P.1', ttp: '2F7h' },
        properties: { value: 9.99, currency: 'USD', order_id: 'T1' },
        page: { url: 'https://shop.example/' },
      },
    ])
    expect(JSON.stringify({ delivery, attempts })).not.toContain(TOKEN)
  })

  it('name the person hashed with consent alone, and the visitor when it may be shared', async () => {
    const { target, server } = await open({ shareVisitor: 'yes' })
    const way = await openWay(await stores.open(), target)
    const person = { email: 'Ann@example.com', phone: '+1 555 010 0100' }
    await way.hit({ cid: visitFrom(way.world, { ttclid: 'A' }), ...person, consent: 'granted' })
    await way.told()
    await way.hit({ cid: visitFrom(way.world, { ttclid: 'B' }), ...person })
    await way.told()
    const shared = { ip: '203.0.113.7', user_agent: 'Firefox' }
    const users = server.received.map(({ body }) => JSON.parse(body).data[0].user)
    const [agreed] = users.filter(({ ttclid }) => ttclid === 'A')
    expect(agreed).toEqual({
      email: sha256Hex('ann@example.com'),
      phone: sha256Hex('+15550100100'),
      ttclid: 'A',
      ...shared,
    })
    expect(users.find(({ ttclid }) => ttclid === 'B')).toEqual({ ttclid: 'B', ...shared })
  })

  it('that are refused in a 200 are dead with what TikTok said', async () => {
    const { target } = await open({ pixelCode: 'C0ANOTHER000' })
    const way = await openWay(await stores.open(), target)
    await way.hit({ cid: visitFrom(way.world, { ttclid: 'A' }) })
    const reason = 'refused_by_system: Invalid parameters (code 40002)'
    expect(await way.told()).toMatchObject({
      delivery: { state: 'dead', reason },
      attempts: [{ responseStatus: 200, error: reason }],
    })
  })

  it('wait while the access token is wrong', async () => {
    const { target } = await open()
    const way = await openWay(await stores.open(), { ...target, secrets: { accessToken: 'WRONG-TOKEN' } })
    await way.hit({ cid: visitFrom(way.world, { ttclid: 'A' }) })
    expect(await way.told()).toMatchObject({
      delivery: { state: 'pending', attempts: 1 },
      attempts: [{ error: 'refused_by_system: Access token is incorrect (code 40105)' }],
    })
  })

  it.each([
    [40002, true],
    [40100, false],
    [40001, false],
    [50000, false],
  ])('refused with code %i are so for good: %s', async (code, forGood) => {
    const { target } = await open({}, () => said(code, 'Why'))
    expect(await tellSystem(target, conversionFrom({ ttclid: 'A' }))).toMatchObject({
      verdict: { kind: 'refused', reason: `Why (code ${code})`, forGood },
    })
  })

  it('of a test carry the test event code, and without one are not sent', async () => {
    const test = conversionFrom({ ttclid: 'A' }, { isTest: true, event: 'lead' })
    const { target, sent } = await open({ testEventCode: 'TEST1', eventNames: 'lead=Lead' })
    expect(await tellSystem(target, test)).toMatchObject({ verdict: { kind: 'taken' } })
    expect(sent()).toMatchObject({ test_event_code: 'TEST1', data: [{ event: 'Lead' }] })
    const other = await open()
    expect(await tellSystem(other.target, test)).toMatchObject({ kind: 'skipped' })
    expect(other.server.received).toEqual([])
  })

  it('are not told of a visit that TikTok can not know', async () => {
    const { target, server } = await open()
    expect(await tellSystem(target, conversionOf())).toEqual({
      kind: 'skipped',
      reason: 'no TikTok click id (ttclid), browser id (_ttp), e-mail or phone',
    })
    expect(server.received).toEqual([])
  })
})
