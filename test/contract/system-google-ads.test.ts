import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { toPerson } from '../../src/domain/person.ts'
import { sha256Hex } from '../../src/domain/sha256.ts'
import { rulesOf } from '../../src/domain/target-systems/system-rules.ts'
import { updateTrafficSource } from '../../src/store/traffic-sources.ts'
import { WORLD_NOW } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
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
import { openWay, visitFrom } from './system-way.ts'

const SECRETS = {
  developerToken: 'DEVELOPER-TOKEN',
  clientId: '1-a.apps.googleusercontent.com',
  clientSecret: 'CLIENT-SECRET',
  refreshToken: '1//REFRESH-TOKEN',
}
const SETTINGS = { customerId: '1112223333', conversionActionId: '987', loginCustomerId: '4445556666' }
const PERSON = toPerson({ email: 'jane.doe@gmail.com', phone: '+49 170 1234567' })
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const time = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d$/)
const action = z.string().regex(/^customers\/1112223333\/conversionActions\/\d+$/)
const options = { partialFailure: z.literal(true), validateOnly: z.boolean() }

/** UploadClickConversionsRequest and ClickConversion; a conversion has one click id, or people to be told by. */
const uploads = z.strictObject({
  ...options,
  conversions: z
    .array(
      z
        .strictObject({
          gclid: z.string().optional(),
          gbraid: z.string().optional(),
          wbraid: z.string().optional(),
          conversionAction: action,
          conversionDateTime: time,
          conversionValue: z.number(),
          currencyCode: z.string().length(3),
          orderId: z.string().min(1),
          userIdentifiers: z
            .array(
              z.union([z.strictObject({ hashedEmail: hash }), z.strictObject({ hashedPhoneNumber: hash })]),
            )
            .min(1)
            .max(5)
            .optional(),
          consent: z.strictObject({ adUserData: z.literal('GRANTED') }).optional(),
        })
        .refine(({ gclid, gbraid, wbraid, userIdentifiers }) => {
          const clicks = [gclid, gbraid, wbraid].filter((id) => id !== undefined).length
          return clicks === 1 || (clicks === 0 && userIdentifiers !== undefined)
        }),
    )
    .length(1),
})
/** UploadConversionAdjustmentsRequest and ConversionAdjustment. */
const adjustments = z.strictObject({
  ...options,
  conversionAdjustments: z
    .array(
      z.strictObject({
        conversionAction: action,
        adjustmentType: z.literal('RETRACTION'),
        orderId: z.string().min(1),
        adjustmentDateTime: time,
      }),
    )
    .length(1),
})

function answerAsGoogle(call: Received): SystemAnswer {
  const { method, path, headers, body } = call
  if (path === '/token') return answerToken(call)
  if (headers.authorization !== 'Bearer ACCESS-TOKEN-1') return status(401, 'UNAUTHENTICATED')
  const isAllowed =
    headers['developer-token'] === SECRETS.developerToken && headers['login-customer-id'] === '4445556666'
  if (!isAllowed) return status(403, 'PERMISSION_DENIED')
  const [, base, verb = ''] = /^(\/v26\/customers\/1112223333):(\w+)$/.exec(path) ?? []
  const schema = verb === 'uploadClickConversions' ? uploads : adjustments
  if (method !== 'POST' || base === undefined || !verb.startsWith('upload')) return status(404, 'NOT_FOUND')
  if (!schema.safeParse(JSON.parse(body)).success) return status(400, 'INVALID_ARGUMENT')
  return { status: 200, body: JSON.stringify({ results: [{}], jobId: '1' }) }
}

/** RFC 6749, section 6. */
function answerToken({ headers, body }: Received): SystemAnswer {
  const isRight =
    headers['content-type'] === 'application/x-www-form-urlencoded' &&
    new URLSearchParams(body).toString() ===
      new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: SECRETS.clientId,
        client_secret: SECRETS.clientSecret,
        refresh_token: SECRETS.refreshToken,
      }).toString()
  return isRight
    ? { status: 200, body: '{"access_token":"ACCESS-TOKEN-1","expires_in":3599,"token_type":"Bearer"}' }
    : {
        status: 400,
        body: '{"error":"invalid_grant","error_description":"Token has been expired or revoked."}',
      }
}

function status(code: number, name: string): SystemAnswer {
  return {
    status: code,
    body: JSON.stringify({ error: { code, status: name, message: `${name}.`, details: [] } }),
  }
}

/** A 200 with what was refused in it. */
function partialFailure(kind: string, code: string): SystemAnswer {
  const errors = [{ errorCode: { [kind]: code }, message: 'Why.', location: {} }]
  const details = [
    { '@type': 'type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure', errors },
  ]
  const partialFailureError = { code: 3, message: 'Multiple errors in details.', details }
  return { status: 200, body: JSON.stringify({ partialFailureError, results: [{}] }) }
}

describe.each(SQL_ENGINES)('conversions told to Google Ads on %s', (engine) => {
  const stores = useStores(engine)
  useSystemServers()

  it('go from the hit to the API with a token got for the refresh token, and are taken back when rejected', async () => {
    const server = await openSystem(answerAsGoogle)
    const target = { system: 'google_ads', url: server.url, settings: SETTINGS, secrets: SECRETS } as const
    const way = await openWay(await stores.open(), target)
    const { world } = way
    // As the catalogue sets a source of Google Ads up: its external id is the gclid.
    const key = { workspace: world.workspaceId, id: world.sourceId }
    await updateTrafficSource(world.store.db, key, { externalIdParam: 'gclid' }, WORLD_NOW)
    const cid = world.visit({ external_id: 'GCLID-1' })
    const answer = await way.hit({ cid, payout: '12.5', txid: 'T1' })
    const { delivery, attempts } = await way.told()
    expect(delivery).toMatchObject({ state: 'delivered', expiresAt: WORLD_NOW + 90 * 24 * 3_600_000 })
    const [, upload] = server.received
    expect(JSON.parse(upload?.body ?? '')).toEqual({
      conversions: [
        {
          gclid: 'GCLID-1',
          conversionAction: 'customers/1112223333/conversionActions/987',
          conversionDateTime: '2026-11-22 10:00:00+00:00',
          conversionValue: 12.5,
          currencyCode: 'USD',
          orderId: answer.conversion,
        },
      ],
      partialFailure: true,
      validateOnly: false,
    })
    expect(JSON.stringify({ delivery, attempts })).not.toMatch(
      /REFRESH-TOKEN|ACCESS-TOKEN|CLIENT-SECRET|DEVELOPER/,
    )
    world.time.now += 3_600_000
    await way.hit({ cid, txid: 'T1', status: 'rejected' })
    expect((await way.told()).delivery).toMatchObject({ state: 'delivered' })
    expect(JSON.parse(server.received.at(-1)?.body ?? '').conversionAdjustments).toEqual([
      {
        conversionAction: 'customers/1112223333/conversionActions/987',
        adjustmentType: 'RETRACTION',
        orderId: answer.conversion,
        adjustmentDateTime: '2026-11-22 11:00:00+00:00',
      },
    ])
  })

  it('name the person hashed, with consent alone', async () => {
    const server = await openSystem(answerAsGoogle)
    const target = { system: 'google_ads', url: server.url, settings: SETTINGS, secrets: SECRETS } as const
    const way = await openWay(await stores.open(), target)
    const cid = visitFrom(way.world, { gclid: 'GCLID-1' })
    await way.hit({ cid, email: 'Jane.Doe@gmail.com', phone: '+49 170 1234567', consent: 'yes' })
    expect((await way.told()).delivery.state).toBe('delivered')
    expect(JSON.parse(server.received[1]?.body ?? '').conversions[0]).toMatchObject({
      userIdentifiers: [
        { hashedEmail: sha256Hex('janedoe@gmail.com') },
        { hashedPhoneNumber: sha256Hex('+491701234567') },
      ],
      consent: { adUserData: 'GRANTED' },
    })
  })

  it('wait, unsent, while the refresh token is refused, which the attempt tells', async () => {
    const server = await openSystem(answerAsGoogle)
    const secrets = { ...SECRETS, refreshToken: '1//REVOKED-TOKEN' }
    const target = { system: 'google_ads', url: server.url, settings: SETTINGS, secrets } as const
    const way = await openWay(await stores.open(), target)
    await way.hit({ cid: visitFrom(way.world, { gclid: 'GCLID-1' }) })
    const { delivery, attempts } = await way.told()
    expect(delivery).toMatchObject({ state: 'pending', attempts: 1 })
    expect(attempts).toMatchObject([
      {
        error:
          'credentials: the refresh token was refused: invalid_grant: Token has been expired or revoked.',
        responseStatus: null,
      },
    ])
    expect(JSON.stringify(attempts)).not.toContain('REVOKED-TOKEN')
    expect(server.received.map(({ path }) => path)).toEqual(['/token'])
  })

  it('that are refused in a 200 are dead with what Google said', async () => {
    const server = await openSystem((call) =>
      call.path === '/token'
        ? answerAsGoogle(call)
        : partialFailure('conversionUploadError', 'UNPARSEABLE_GCLID'),
    )
    const target = { system: 'google_ads', url: server.url, settings: SETTINGS, secrets: SECRETS } as const
    const way = await openWay(await stores.open(), target)
    await way.hit({ cid: visitFrom(way.world, { gclid: 'x' }) })
    const reason = 'refused_by_system: UNPARSEABLE_GCLID: Why.'
    expect(await way.told()).toMatchObject({
      delivery: { state: 'dead', reason },
      attempts: [{ responseStatus: 200, error: reason }],
    })
  })
})

describe('a conversion for Google Ads', () => {
  useSystemServers()

  const open = async (settings: Record<string, string> = {}, answer = answerAsGoogle) => {
    const server = await openSystem(answer)
    const target = {
      system: 'google_ads',
      url: server.url,
      settings: { ...SETTINGS, ...settings },
      secrets: SECRETS,
    } as const
    return { target, server, sent: () => JSON.parse(server.received.at(-1)?.body ?? '') }
  }

  it.each(['gclid', 'gbraid', 'wbraid'])('is told by its %s', async (name) => {
    const { target, sent } = await open({ eventNames: 'lead=555' })
    const conversion = conversionFrom({ [name]: 'ID-1' }, { person: PERSON, event: 'Lead' })
    expect(await tellSystem(target, conversion)).toMatchObject({ verdict: { kind: 'taken' } })
    const [told] = sent().conversions
    expect(told).toMatchObject({
      [name]: 'ID-1',
      conversionAction: 'customers/1112223333/conversionActions/555',
    })
    expect('userIdentifiers' in told).toBe(name === 'gclid')
  })

  it('without a click id is told by its person, and without either not at all', async () => {
    const { target, sent } = await open()
    expect(await tellSystem(target, conversionOf({ person: PERSON }))).toMatchObject({
      verdict: { kind: 'taken' },
    })
    expect(sent().conversions[0].userIdentifiers).toHaveLength(2)
    expect(await tellSystem(target, conversionOf())).toEqual({
      kind: 'skipped',
      reason: 'no Google click id (gclid, gbraid or wbraid), e-mail or phone',
    })
  })

  it('of a click of more than 90 days ago, or to be taken back from a wbraid, is not told', async () => {
    const { target, server } = await open()
    const old = conversionFrom({ gclid: 'G' }, { visitAt: SYSTEM_NOW - 91 * 24 * 3_600_000 })
    expect(await tellSystem(target, old)).toMatchObject({ kind: 'skipped' })
    const back = conversionFrom({ wbraid: 'W' }, { status: 'rejected', statusBefore: 'approved' })
    expect(await tellSystem(target, back)).toMatchObject({ kind: 'skipped' })
    expect(server.received).toEqual([])
  })

  it('whose click is older only by now is told, and taken back: the time of the conversion counts', async () => {
    const { target, sent } = await open()
    const day = 24 * 3_600_000
    const late = {
      visitAt: SYSTEM_NOW - 95 * day,
      recordedAt: SYSTEM_NOW - 10 * day,
      statusBefore: 'pending',
    } as const
    expect(await tellSystem(target, conversionFrom({ gclid: 'G' }, late))).toMatchObject({ kind: 'told' })
    expect(sent().conversions).toHaveLength(1)
    const rejected = { ...late, status: 'rejected', statusBefore: 'approved' } as const
    expect(await tellSystem(target, conversionFrom({ gclid: 'G' }, rejected))).toMatchObject({ kind: 'told' })
  })

  it('is only checked in test mode and of a test, which is told by its person', async () => {
    const { target, sent } = await open()
    const test = conversionFrom({ gclid: 'test-gclid' }, { isTest: true, person: PERSON })
    expect(await tellSystem(target, test)).toMatchObject({ verdict: { kind: 'taken' } })
    expect(sent()).toMatchObject({ validateOnly: true, conversions: [{ userIdentifiers: [{}, {}] }] })
    expect(sent().conversions[0]).not.toHaveProperty('gclid')
    const mode = await open({ testMode: 'yes' })
    await tellSystem(mode.target, conversionFrom({ gclid: 'G' }))
    expect(mode.sent()).toMatchObject({ validateOnly: true })
  })

  it.each([
    ['conversionUploadError', 'UNPARSEABLE_GCLID', { kind: 'refused', forGood: true }],
    ['conversionUploadError', 'TOO_RECENT_EVENT', { kind: 'refused', forGood: false }],
    ['quotaError', 'RESOURCE_TEMPORARILY_EXHAUSTED', { kind: 'refused', forGood: false }],
    ['conversionUploadError', 'ORDER_ID_ALREADY_IN_USE', { kind: 'taken' }],
    ['conversionAdjustmentUploadError', 'CONVERSION_ALREADY_RETRACTED', { kind: 'taken' }],
  ])('answered with %s %s is read as that', async (kind, code, verdict) => {
    const { target } = await open({}, (call) =>
      call.path === '/token' ? answerAsGoogle(call) : partialFailure(kind, code),
    )
    expect(await tellSystem(target, conversionFrom({ gclid: 'G' }))).toMatchObject({ verdict })
  })

  it('waits for better credentials when these are refused', async () => {
    const { target } = await open({ loginCustomerId: '1' })
    expect(await tellSystem(target, conversionFrom({ gclid: 'G' }))).toMatchObject({
      verdict: { kind: 'refused', reason: 'status 403: PERMISSION_DENIED.', forGood: false },
    })
  })

  it('asks Google for tokens unless the target has an address of its own', () => {
    const request = rulesOf('google_ads')?.tokenRequest?.({ secrets: SECRETS, settings: {}, baseUrl: '' })
    expect(request?.url).toBe('https://oauth2.googleapis.com/token')
  })
})
