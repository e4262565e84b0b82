import { earns } from '../conversion.ts'
import type { Person } from '../person.ts'
import { credentialField, digitsField, eventNamesField } from './ad-fields.ts'
import { asObject, firstText, parseAnswerBody, refusal, verdictByStatus } from './answer-body.ts'
import { eventNameFor } from './event-names.ts'
import { jsonCall } from './json-call.ts'
import { refreshForm } from './oauth-refresh.ts'
import { platformClickId } from './platform-click-id.ts'
import type {
  BuiltCall,
  SystemConversion,
  SystemCredentials,
  SystemRules,
  SystemSettings,
  SystemVerdict,
  TokenRequest,
} from './target-system.ts'
import { TEST_MODE_FIELD } from './visitor-sharing.ts'

const BASE_URL = 'https://googleads.googleapis.com'
const TOKEN_URL = 'https://oauth2.googleapis.com/token'
const VERSION = 'v26'
/**
 * Of the click-through window of a conversion action, the longest that can be set. Judged by conversion_date_time: when
 * it is told, or taken back, does not matter (ConversionUploadError, EXPIRED_EVENT).
 */
const EXPIRE_HOURS = 90 * 24
const CLICK_ID_PARAMS = ['gclid', 'gbraid', 'wbraid'] as const
const HOUR_MS = 3_600_000
const ACTION_FORM = /^\d{1,20}$/
/** Faults of the moment, and clicks that Google does not know for six hours yet (ConversionUploadError): retried. */
const PASSING_ERROR =
  /^(?:TOO_RECENT_\w+|INTERNAL_ERROR|TRANSIENT_ERROR|DEADLINE_EXCEEDED|RESOURCE_(?:TEMPORARILY_)?EXHAUSTED|CONCURRENT_MODIFICATION)$/
/** What a repeated call is told that had arrived before. */
const DONE_ERROR =
  /^(?:ORDER_ID_ALREADY_IN_USE|CLICK_CONVERSION_ALREADY_EXISTS|CONVERSION_ALREADY_RETRACTED)$/

/**
 * Google Ads API v26 by REST (developers.google.com/google-ads/api: "Upload click conversions", "Import conversion
 * adjustments", reference of UploadClickConversionsRequest, ClickConversion and ConversionAdjustment; the v23 protos in
 * googleapis/googleapis have the same fields): POST /{version}/customers/{id}:uploadClickConversions, and
 * :uploadConversionAdjustments with RETRACTION, by order id, for one that is taken back; partialFailure always true.
 * Bearer token by OAuth 2.0, developer-token, and login-customer-id under a manager account. A call with validateOnly is
 * checked and not counted. Answers 200 with partialFailureError for what was refused.
 */
export const googleAdsRules: SystemRules = {
  label: 'Google Ads',
  documentation: 'https://developers.google.com/google-ads/api/docs/conversions/upload-offline',
  settings: [
    digitsField(
      'customerId',
      'Customer id',
      'Of the account that owns the conversion action, digits without dashes.',
    ),
    digitsField(
      'conversionActionId',
      'Conversion action',
      'Digits behind ctId= in the address of its details.',
    ),
    {
      ...eventNamesField(
        'Your event = id of its action, e.g. lead=123456789. Events without one go to the action above.',
        ACTION_FORM,
      ),
      label: 'Actions of events',
    },
    {
      ...digitsField(
        'loginCustomerId',
        'Manager account',
        'Its customer id, when access is by a manager account.',
      ),
      isRequired: false,
    },
    TEST_MODE_FIELD,
    {
      name: 'apiVersion',
      label: 'Version of the API',
      help: `Each lives about a year; empty for ${VERSION}.`,
      isRequired: false,
      pattern: 'v\\d{2,3}',
      choices: [],
    },
  ],
  secrets: [
    credentialField('developerToken', 'Developer token', 'In the API Center of the manager account.'),
    credentialField('clientId', 'OAuth client id', 'Of the Google Cloud project.'),
    credentialField('clientSecret', 'OAuth client secret', 'Of the same client.'),
    credentialField('refreshToken', 'Refresh token', 'Granted to the client with the scope auth/adwords.'),
  ],
  baseUrl: BASE_URL,
  expireHours: EXPIRE_HOURS,
  isToldOnce: true,
  retracts: { datedBy: 'conversion' },
  needs: { visitParams: CLICK_ID_PARAMS, person: 'instead', besides: [] },
  build: buildCall,
  authorize: (call, { secrets, settings, accessToken }) => {
    const manager = settings.loginCustomerId ?? ''
    return {
      ...call,
      headers: {
        authorization: `Bearer ${accessToken}`,
        'developer-token': secrets.developerToken ?? '',
        ...(manager === '' ? {} : { 'login-customer-id': manager }),
      },
    }
  },
  tokenRequest: buildTokenRequest,
  readAnswer: ({ status, body }) => readGoogleAnswer(status, body),
}

function buildCall(conversion: SystemConversion, { settings, baseUrl }: SystemSettings): BuiltCall {
  const target = { settings, baseUrl, isTest: conversion.isTest }
  const click = clickOf(conversion)
  const people = toIdentifiers(conversion, click)
  if (click === undefined && people.length === 0) {
    return { kind: 'skip', reason: 'no Google click id (gclid, gbraid or wbraid), e-mail or phone' }
  }
  if (conversion.recordedAt - conversion.visitAt > EXPIRE_HOURS * HOUR_MS) {
    return { kind: 'skip', reason: 'the click was more than 90 days earlier, which Google does not take' }
  }
  if (!earns(conversion.status)) {
    if (click?.name === 'wbraid')
      return { kind: 'skip', reason: 'Google takes back no conversion of a wbraid' }
    const adjustment = toRetraction(conversion, settings)
    return toCall('uploadConversionAdjustments', { conversionAdjustments: [adjustment] }, target)
  }
  const upload = toConversion(conversion, settings, { click, people })
  return toCall('uploadClickConversions', { conversions: [upload] }, target)
}

function toCall(
  method: string,
  content: object,
  { settings, baseUrl, isTest }: SystemSettings & { readonly isTest: boolean },
): BuiltCall {
  const customer = encodeURIComponent(settings.customerId ?? '')
  const url = `${baseUrl || BASE_URL}/${settings.apiVersion || VERSION}/customers/${customer}:${method}`
  const validateOnly = isTest || settings.testMode === 'yes'
  return jsonCall(url, { ...content, partialFailure: true, validateOnly })
}

type Click = { readonly name: (typeof CLICK_ID_PARAMS)[number]; readonly value: string }

/** One of them: Google refuses gbraid beside wbraid. A test has none that is genuine, and is told by its person. */
function clickOf({ visit, isTest }: SystemConversion): Click | undefined {
  if (isTest) return undefined
  for (const name of CLICK_ID_PARAMS) {
    const value = platformClickId(visit, [name])
    if (value !== '') return { name, value }
  }
  return undefined
}

/** Enhanced conversions; gbraid and wbraid stand for no person, and go without. */
function toIdentifiers({ person }: SystemConversion, click: Click | undefined): readonly object[] {
  if (person === null || (click !== undefined && click.name !== 'gclid')) return []
  const { emailGoogleSha256, phonePlusSha256 }: Person = person
  return [
    ...(emailGoogleSha256 === '' ? [] : [{ hashedEmail: emailGoogleSha256 }]),
    ...(phonePlusSha256 === '' ? [] : [{ hashedPhoneNumber: phonePlusSha256 }]),
  ]
}

/** The order id is the conversion's: it stays the same when the transaction's is corrected, and the retraction needs it. */
function toConversion(
  conversion: SystemConversion,
  settings: Readonly<Record<string, string>>,
  { click, people }: { readonly click: Click | undefined; readonly people: readonly object[] },
): object {
  const { id, recordedAt, amount, currency } = conversion
  return {
    ...(click === undefined ? {} : { [click.name]: click.value }),
    conversionAction: actionOf(conversion, settings),
    conversionDateTime: toGoogleTime(recordedAt),
    conversionValue: Number(amount),
    currencyCode: currency,
    orderId: id,
    ...(people.length === 0 ? {} : { userIdentifiers: people, consent: { adUserData: 'GRANTED' } }),
  }
}

function toRetraction(conversion: SystemConversion, settings: Readonly<Record<string, string>>): object {
  return {
    conversionAction: actionOf(conversion, settings),
    adjustmentType: 'RETRACTION',
    orderId: conversion.id,
    adjustmentDateTime: toGoogleTime(conversion.at),
  }
}

function actionOf({ event }: SystemConversion, settings: Readonly<Record<string, string>>): string {
  const action = eventNameFor(settings.eventNames ?? '', event) || (settings.conversionActionId ?? '')
  return `customers/${settings.customerId ?? ''}/conversionActions/${action}`
}

/** "yyyy-mm-dd hh:mm:ss+|-hh:mm", in UTC. @param at Unix milliseconds. */
function toGoogleTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}+00:00`
}

/** A target with an address of its own has the token endpoint there too: a gateway holds the whole of the way. */
function buildTokenRequest({ secrets, baseUrl }: Omit<SystemCredentials, 'accessToken'>): TokenRequest {
  return {
    url: baseUrl === '' ? TOKEN_URL : `${baseUrl}/token`,
    form: refreshForm(secrets),
  }
}

/** Errors of the item are in a 200, under partialFailureError; those of the call under error. Both are Status messages. */
function readGoogleAnswer(status: number, body: string): SystemVerdict {
  const answer = parseAnswerBody(body)
  const failure = asObject(answer?.partialFailureError) ?? asObject(answer?.error)
  if (failure === undefined) {
    // One that was cut when it was kept can not be parsed.
    const isCut = answer === undefined && body.includes('partialFailureError')
    return isCut ? refusal('partialFailureError', true) : verdictByStatus(status, '')
  }
  const { code, message } = firstError(failure)
  if (DONE_ERROR.test(code)) return { kind: 'taken' }
  const reason = [code, message || firstText(failure.message)].filter((part) => part !== '').join(': ')
  if (PASSING_ERROR.test(code)) return refusal(reason, false)
  return status >= 200 && status < 300 ? refusal(reason, true) : verdictByStatus(status, reason)
}

/** Of a GoogleAdsFailure: details[].errors[] with errorCode {kind: code}. */
function firstError(failure: Readonly<Record<string, unknown>>): {
  readonly code: string
  readonly message: string
} {
  const details = Array.isArray(failure.details) ? failure.details : []
  const lists = details.map((detail) => asObject(detail)?.errors)
  const error = asObject(lists.flat().find((each) => asObject(each) !== undefined))
  return {
    code: firstText(...Object.values(asObject(error?.errorCode) ?? {})),
    message: firstText(error?.message),
  }
}
