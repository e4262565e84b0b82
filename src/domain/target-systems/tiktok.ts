import { eventNamesField } from './ad-fields.ts'
import { firstText, parseAnswerBody, refusal, verdictByStatus } from './answer-body.ts'
import { eventNameFor } from './event-names.ts'
import { jsonCall } from './json-call.ts'
import { platformClickId } from './platform-click-id.ts'
import { accessTokenField, orderOf, pageUrlField, stampOf, TEST_EVENT_CODE_FIELD } from './site-events.ts'
import type {
  BuiltCall,
  SystemConversion,
  SystemRules,
  SystemSettings,
  SystemVerdict,
} from './target-system.ts'
import { SHARE_VISITOR_FIELD, sharedVisitor } from './visitor-sharing.ts'

const BASE_URL = 'https://business-api.tiktok.com'
/** TikTok attributes a conversion to a click of the last 28 days at most; later ones count for nobody. */
const EXPIRE_HOURS = 28 * 24
const CLICK_ID_PARAMS = ['ttclid']
const BROWSER_ID_PARAMS = ['ttp', '_ttp']
const DEFAULT_EVENT = 'Purchase'
/** Standard events are words such as Purchase and Lead, custom ones up to 50 characters. */
const EVENT_FORM = /^[^\p{Cc}]{1,50}$/u
const CODE_OK = 0
/** 40001 and 40100 to 40199 are limits, tokens and permissions, 50000 and above faults of the service. */
const CODE_NO_PERMISSION = 40_001
const ACCESS_CODES = { from: 40_100, to: 40_199 } as const
const SERVICE_CODES_FROM = 50_000

/**
 * TikTok, Events API 2.0 of the Business API v1.3 (business-api.tiktok.com/portal/docs, ids 1771100865818625 "Events API
 * for Web" and 1771101303285761 "Supported Events"; fields checked against TikTok's own gtm-template-eapi): JSON by POST
 * to /open_api/v1.3/event/track/ with the header Access-Token. E-mail and phone (E.164 with the plus) as SHA-256. Events
 * with a test_event_code are shown under Test Events. Answers 200 with {code, message}; any code but 0 is a refusal.
 */
export const tiktokRules: SystemRules = {
  label: 'TikTok Events API',
  documentation: 'https://business-api.tiktok.com/portal/docs?id=1771100865818625',
  settings: [
    {
      name: 'pixelCode',
      label: 'Pixel code',
      help: 'Letters and digits; in Events Manager under the name of the pixel.',
      isRequired: true,
      pattern: '[A-Za-z0-9]{8,40}',
      choices: [],
    },
    pageUrlField('TikTok asks for it with events of the web.'),
    eventNamesField(
      'Your event = theirs, e.g. lead=Lead, sale=Purchase. Events without one are Purchase.',
      EVENT_FORM,
    ),
    SHARE_VISITOR_FIELD,
    TEST_EVENT_CODE_FIELD,
  ],
  secrets: [
    accessTokenField({
      label: 'Access token',
      help: 'In Events Manager under Settings of the pixel, Events API, Generate access token.',
      pattern: '[\\x21-\\x7e]{10,4000}',
    }),
  ],
  baseUrl: BASE_URL,
  expireHours: EXPIRE_HOURS,
  isToldOnce: true,
  needs: { visitParams: [...CLICK_ID_PARAMS, ...BROWSER_ID_PARAMS], person: 'instead', besides: [] },
  build: buildCall,
  authorize: (call, { secrets }) => ({
    ...call,
    headers: { 'access-token': secrets.accessToken ?? '' },
  }),
  readAnswer: ({ status, body }) => readTiktokAnswer(status, body),
}

function buildCall(conversion: SystemConversion, { settings, baseUrl }: SystemSettings): BuiltCall {
  const testEventCode = settings.testEventCode ?? ''
  if (conversion.isTest && testEventCode === '') {
    return { kind: 'skip', reason: 'TikTok would count the test: set a test event code first' }
  }
  const user = toUser(conversion)
  if (Object.keys(user).length === 0) {
    return { kind: 'skip', reason: 'no TikTok click id (ttclid), browser id (_ttp), e-mail or phone' }
  }
  const visitor = sharedVisitor(conversion.visit, settings)
  const { client_ip_address: ip, client_user_agent: userAgent } = visitor
  const shared = ip === undefined ? {} : { ip, user_agent: userAgent }
  const url = `${baseUrl || BASE_URL}/open_api/v1.3/event/track/`
  return jsonCall(url, {
    event_source: 'web',
    event_source_id: settings.pixelCode ?? '',
    ...(testEventCode === '' ? {} : { test_event_code: testEventCode }),
    data: [toEvent(conversion, settings, { ...user, ...shared })],
  })
}

/** What a person can be told by; {} when nothing is known. */
function toUser({ visit, person }: SystemConversion): Readonly<Record<string, string>> {
  const email = person?.emailSha256 ?? ''
  const phone = person?.phonePlusSha256 ?? ''
  const clickId = platformClickId(visit, CLICK_ID_PARAMS)
  const browserId = platformClickId(visit, BROWSER_ID_PARAMS)
  return {
    ...(email === '' ? {} : { email }),
    ...(phone === '' ? {} : { phone }),
    ...(clickId === '' ? {} : { ttclid: clickId }),
    ...(browserId === '' ? {} : { ttp: browserId }),
  }
}

function toEvent(
  conversion: SystemConversion,
  settings: Readonly<Record<string, string>>,
  user: object,
): object {
  const { event, amount, currency } = conversion
  return {
    event: eventNameFor(settings.eventNames ?? '', event) || DEFAULT_EVENT,
    ...stampOf(conversion),
    user,
    properties: { value: Number(amount), currency, ...orderOf(conversion) },
    page: { url: settings.pageUrl ?? '' },
  }
}

function readTiktokAnswer(status: number, body: string): SystemVerdict {
  const answer = parseAnswerBody(body)
  const code = answer?.code
  if (typeof code !== 'number' || code === CODE_OK) return verdictByStatus(status, firstText(answer?.message))
  const reason = `${firstText(answer?.message)} (code ${code})`
  return refusal(reason, status < 500 && !isPassingCode(code))
}

function isPassingCode(code: number): boolean {
  const isOfAccess = code >= ACCESS_CODES.from && code <= ACCESS_CODES.to
  return isOfAccess || code === CODE_NO_PERMISSION || code >= SERVICE_CODES_FROM
}
