import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sha256Hex } from '../../src/domain/sha256.ts'
import { rulesOf } from '../../src/domain/target-systems/system-rules.ts'
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

const SECRETS = {
  developerToken: 'DEVELOPER-TOKEN',
  clientId: 'a1b2c3d4-0000-0000-0000-000000000000',
  refreshToken: 'REFRESH-TOKEN-1',
}
const PERSON = { ...JANE, emailMicrosoftSha256: sha256Hex('jane@microsoft-form.example') }
const utc = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
const goal = z.enum(['Sales', 'Leads'])
const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** OfflineConversion and OfflineConversionAdjustment, Campaign Management v13. */
const conversions = z.strictObject({
  OfflineConversions: z
    .array(
      z.strictObject({
        MicrosoftClickId: z.string().min(1),
        ConversionName: goal,
        ConversionTime: utc,
        ConversionValue: z.number(),
        ConversionCurrencyCode: z.string().length(3),
        HashedEmailAddress: hash.optional(),
        HashedPhoneNumber: hash.optional(),
      }),
    )
    .length(1),
})
const adjustments = z.strictObject({
  OfflineConversionAdjustments: z
    .array(
      z.strictObject({
        MicrosoftClickId: z.string().min(1),
        ConversionName: goal,
        ConversionTime: utc,
        AdjustmentType: z.literal('Retract'),
        AdjustmentTime: utc,
      }),
    )
    .length(1),
})

function answerAsMicrosoft(call: Received): SystemAnswer {
  const { path, headers, body } = call
  if (path.endsWith('/oauth2/v2.0/token')) return answerToken(call)
  const isAllowed =
    headers.authorization === 'Bearer ACCESS-TOKEN-1' &&
    headers.developertoken === SECRETS.developerToken &&
    headers.customerid === '111' &&
    headers.customeraccountid === '222'
  if (!isAllowed) return fault(401, 105, 'InvalidCredentials')
  const schema = path.includes('Adjustments') ? adjustments : conversions
  const name = path.includes('Adjustments') ? 'OfflineConversionAdjustments' : 'OfflineConversions'
  if (path !== `/CampaignManagement/v13/${name}/Apply`) return { status: 404, body: '' }
  if (!schema.safeParse(JSON.parse(body)).success) return fault(400, 100, 'NullRequest')
  return { status: 200, body: '{"PartialErrors":[]}' }
}

/** RFC 6749, section 6. */
function answerToken({ path, headers, body }: Received): SystemAnswer {
  const form = new URLSearchParams(body)
  const isRight =
    path === '/common/oauth2/v2.0/token' &&
    headers['content-type'] === 'application/x-www-form-urlencoded' &&
    form.get('grant_type') === 'refresh_token' &&
    form.get('client_id') === SECRETS.clientId &&
    form.get('refresh_token') === SECRETS.refreshToken &&
    form.get('scope') === 'https://ads.microsoft.com/msads.manage offline_access'
  return isRight
    ? { status: 200, body: '{"token_type":"Bearer","expires_in":3600,"access_token":"ACCESS-TOKEN-1"}' }
    : { status: 400, body: '{"error":"invalid_grant","error_description":"AADSTS70000: expired"}' }
}

function fault(status: number, code: number, errorCode: string): SystemAnswer {
  const Errors = [{ Code: code, ErrorCode: errorCode, Message: `${errorCode}.` }]
  return { status, body: JSON.stringify({ TrackingId: 't', Type: 'AdApiFaultDetail', Errors }) }
}

describe('offline conversions of Microsoft Advertising', () => {
  useSystemServers()

  const open = async (settings: Record<string, string> = {}, respond = answerAsMicrosoft) => {
    const server = await openSystem(respond)
    const target = {
      system: 'microsoft_ads',
      settings: { customerId: '111', accountId: '222', conversionName: 'Sales', ...settings },
      secrets: SECRETS,
      url: server.url,
    } as const
    const applied = () => server.received.filter(({ path }) => path.endsWith('/Apply'))
    return { server, target, applied, bodyOf: (n: number) => JSON.parse(applied()[n]?.body ?? '') }
  }

  it('get click id, time, value and hashed person, with a token got for the refresh token', async () => {
    const { target, bodyOf } = await open()
    const told = await tellSystem(target, conversionFrom({ msclkid: 'MS-1' }, { person: PERSON }))
    expect(told).toMatchObject({ kind: 'told', verdict: { kind: 'taken' } })
    expect(bodyOf(0)).toEqual({
      OfflineConversions: [
        {
          MicrosoftClickId: 'MS-1',
          ConversionName: 'Sales',
          ConversionTime: '2026-03-01T12:00:00.000Z',
          ConversionValue: 12.5,
          ConversionCurrencyCode: 'EUR',
          HashedEmailAddress: PERSON.emailMicrosoftSha256,
          HashedPhoneNumber: PERSON.phonePlusSha256,
        },
      ],
    })
    expect(JSON.stringify(told)).not.toMatch(/DEVELOPER-TOKEN|REFRESH-TOKEN|ACCESS-TOKEN/)
  })

  it('are taken back by the click, goal and time under which they were sent', async () => {
    const { target, applied, bodyOf } = await open({ eventNames: 'lead=Leads' })
    await tellSystem(target, conversionFrom({ msclkid: 'MS-1' }, { event: 'lead' }))
    const changes = {
      event: 'lead',
      status: 'rejected',
      statusBefore: 'approved',
      at: SYSTEM_NOW + 3_600_000,
    } as const
    expect(await tellSystem(target, conversionFrom({ msclkid: 'MS-1' }, changes))).toMatchObject({
      verdict: { kind: 'taken' },
    })
    const [sent] = bodyOf(0).OfflineConversions
    expect(bodyOf(1)).toEqual({
      OfflineConversionAdjustments: [
        {
          MicrosoftClickId: sent.MicrosoftClickId,
          ConversionName: 'Leads',
          ConversionTime: sent.ConversionTime,
          AdjustmentType: 'Retract',
          AdjustmentTime: '2026-03-01T13:00:00.000Z',
        },
      ],
    })
    expect(applied()).toHaveLength(2)
  })

  it('are not told of a visit without its click id, nor of a test, which would count', async () => {
    const { target, server } = await open()
    const reason = 'no Microsoft click id (msclkid)'
    expect(await tellSystem(target, conversionOf({ person: PERSON }))).toEqual({ kind: 'skipped', reason })
    const test = await tellSystem(target, conversionFrom({ msclkid: 'MS-1' }, { isTest: true }))
    expect(test).toMatchObject({ kind: 'skipped' })
    expect(server.received).toEqual([])
  })

  it.each([
    ['OfflineConversionNameNotFound', true],
    ['InternalError', false],
  ])('with the partial error %s were refused, though the status is 200', async (errorCode, forGood) => {
    const PartialErrors = [{ Code: 1, ErrorCode: errorCode, Index: 0, Message: 'Why.', Type: 'BatchError' }]
    const { target } = await open({}, (call) =>
      call.path.endsWith('/Apply')
        ? { status: 200, body: JSON.stringify({ PartialErrors }) }
        : answerAsMicrosoft(call),
    )
    expect(await tellSystem(target, conversionFrom({ msclkid: 'MS-1' }))).toMatchObject({
      verdict: { kind: 'refused', reason: `${errorCode}: Why.`, forGood },
    })
  })

  it('wait for better credentials when these are refused', async () => {
    const { target } = await open({ customerId: '999' })
    expect(await tellSystem(target, conversionFrom({ msclkid: 'MS-1' }))).toMatchObject({
      verdict: {
        kind: 'refused',
        reason: 'status 401: InvalidCredentials: InvalidCredentials.',
        forGood: false,
      },
    })
    const expired = { ...target, secrets: { ...SECRETS, refreshToken: 'ANOTHER-TOKEN' } }
    expect(await tellSystem(expired, conversionFrom({ msclkid: 'MS-1' }))).toMatchObject({
      kind: 'told',
      result: { kind: 'failed', code: 'credentials', forGood: false },
    })
  })

  it('ask the identity platform of Microsoft for tokens unless the target has an address of its own', () => {
    const request = rulesOf('microsoft_ads')?.tokenRequest?.({
      secrets: { ...SECRETS, clientSecret: 'CLIENT-SECRET' },
      settings: { tenant: 'contoso.example' },
      baseUrl: '',
    })
    expect(request).toMatchObject({
      url: 'https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token',
      form: { client_secret: 'CLIENT-SECRET' },
    })
  })
})
