import { eventNamesField } from './ad-fields.ts'
import { asObject, firstText, parseAnswerBody, refusal, verdictByStatus } from './answer-body.ts'
import { eventNameFor } from './event-names.ts'
import { jsonCall } from './json-call.ts'
import { platformClickId } from './platform-click-id.ts'
import {
  accessTokenField,
  hashesOf,
  orderOf,
  pageUrlField,
  stampOf,
  TEST_EVENT_CODE_FIELD,
  withTokenInQuery,
} from './site-events.ts'
import type {
  BuiltCall,
  SystemConversion,
  SystemRules,
  SystemSettings,
  SystemVerdict,
} from './target-system.ts'
import { SHARE_VISITOR_FIELD, sharedVisitor } from './visitor-sharing.ts'

const BASE_URL = 'https://graph.facebook.com'
const VERSION = 'v25.0'
/** "The event_time can be up to 7 days before you send an event" ("Server Event Parameters"). */
const EXPIRE_HOURS = 7 * 24
const CLICK_ID_PARAMS = ['fbclid']
const CLICK_COOKIE_PARAMS = ['fbc', '_fbc']
const BROWSER_ID_PARAMS = ['fbp', '_fbp']
const DEFAULT_EVENT = 'Purchase'
/** Standard events are words, custom ones any text of up to 50 characters. */
const EVENT_FORM = /^[^\p{Cc}]{1,50}$/u
/**
 * By "Handling Errors" of the Graph API: 1, 2 and 341 are downtime, 4, 17, 32 and 613 limits, 368 a pause; 10, 102, 190
 * and 200 to 299 are a token or a permission, which its owner may mend while the call waits.
 */
const PASSING_CODES: ReadonlySet<number> = new Set([1, 2, 4, 10, 17, 32, 102, 190, 341, 368, 613])
const PERMISSION_CODES = { from: 200, to: 299 } as const

/**
 * Meta, Conversions API of the Graph API v25.0 (developers.facebook.com/docs/marketing-api/conversions-api: "Using the
 * API", "Server Event Parameters" of February 2026, "Customer Information Parameters", "fbp and fbc Parameters"): JSON by
 * POST to /{version}/{pixel}/events, the token in the query. Events of a website need action_source, event_source_url
 * and client_user_agent. One with a test_event_code is shown under Test Events. Answers {events_received}, or
 * {error: {message, code, is_transient}}.
 */
export const metaRules: SystemRules = {
  label: 'Meta Conversions API',
  documentation: 'https://developers.facebook.com/docs/marketing-api/conversions-api',
  settings: [
    {
      name: 'pixelId',
      label: 'Pixel (dataset) id',
      help: 'Digits; in Events Manager under Settings.',
      isRequired: true,
      pattern: '\\d{5,20}',
      choices: [],
    },
    pageUrlField('Meta asks for it with every event of a website.'),
    eventNamesField(
      'Your event = theirs, e.g. lead=Lead, sale=Purchase. Events without one are Purchase.',
      EVENT_FORM,
    ),
    {
      ...SHARE_VISITOR_FIELD,
      help: 'IP address and user agent are personal data. Meta asks for them with events of a website; with "no", events are sent as of another kind, and match less often.',
      choices: ['yes', 'no'],
    },
    TEST_EVENT_CODE_FIELD,
    {
      name: 'apiVersion',
      label: 'Version of the API',
      help: `Of the Graph API, each of which lives about two years; empty for ${VERSION}.`,
      isRequired: false,
      pattern: 'v\\d{2,3}\\.\\d',
      choices: [],
    },
  ],
  secrets: [
    accessTokenField({
      label: 'Access token',
      help: 'In Events Manager under Settings, Conversions API, Generate access token.',
      pattern: '[\\x21-\\x7e]{20,4000}',
    }),
  ],
  baseUrl: BASE_URL,
  expireHours: EXPIRE_HOURS,
  isToldOnce: true,
  needs: {
    visitParams: [...CLICK_ID_PARAMS, ...CLICK_COOKIE_PARAMS, ...BROWSER_ID_PARAMS],
    person: 'instead',
    besides: [],
  },
  build: buildCall,
  authorize: withTokenInQuery,
  readAnswer: ({ status, body }) => readMetaAnswer(status, body),
}

function buildCall(conversion: SystemConversion, { settings, baseUrl }: SystemSettings): BuiltCall {
  const testEventCode = settings.testEventCode ?? ''
  if (conversion.isTest && testEventCode === '') {
    return { kind: 'skip', reason: 'Meta would count the test: set a test event code first' }
  }
  const user = toUser(conversion)
  if (Object.keys(user).length === 0) {
    return { kind: 'skip', reason: 'no Meta click id (fbclid), browser id (fbp), e-mail or phone' }
  }
  const version = settings.apiVersion || VERSION
  const url = `${baseUrl || BASE_URL}/${version}/${encodeURIComponent(settings.pixelId ?? '')}/events`
  return jsonCall(url, {
    data: [toEvent(conversion, settings, user)],
    ...(testEventCode === '' ? {} : { test_event_code: testEventCode }),
  })
}

/** What a person can be told by; {} when nothing is known: an address and a browser alone are refused. */
function toUser({ visit, visitAt, person }: SystemConversion): Readonly<Record<string, unknown>> {
  const clickId = platformClickId(visit, CLICK_ID_PARAMS)
  // "fb.subdomainIndex.creationTime.fbclid", in milliseconds: for servers the index is 1.
  const built = clickId === '' ? '' : `fb.1.${visitAt}.${clickId}`
  const fbc = platformClickId(visit, CLICK_COOKIE_PARAMS) || built
  const fbp = platformClickId(visit, BROWSER_ID_PARAMS)
  return {
    ...hashesOf(person),
    ...(fbc === '' ? {} : { fbc }),
    ...(fbp === '' ? {} : { fbp }),
  }
}

function toEvent(
  conversion: SystemConversion,
  settings: Readonly<Record<string, string>>,
  user: object,
): object {
  const { event, amount, currency, visit } = conversion
  const visitor = sharedVisitor(visit, { shareVisitor: settings.shareVisitor || 'yes' })
  const isWebsite = visitor.client_user_agent !== undefined
  return {
    event_name: eventNameFor(settings.eventNames ?? '', event) || DEFAULT_EVENT,
    ...stampOf(conversion),
    action_source: isWebsite ? 'website' : 'other',
    event_source_url: settings.pageUrl ?? '',
    user_data: { ...user, ...visitor },
    custom_data: { value: Number(amount), currency, ...orderOf(conversion) },
  }
}

function readMetaAnswer(status: number, body: string): SystemVerdict {
  const answer = parseAnswerBody(body)
  const error = asObject(answer?.error)
  if (error === undefined) return verdictByStatus(status, '')
  const code = typeof error.code === 'number' ? error.code : undefined
  const said = firstText(error.error_user_msg, error.message)
  const reason = code === undefined ? said : `${said} (code ${code})`
  if (status >= 500) return refusal(reason, false)
  const isPassing = error.is_transient === true || (code !== undefined && isPassingCode(code))
  return refusal(reason, !isPassing)
}

function isPassingCode(code: number): boolean {
  return PASSING_CODES.has(code) || (code >= PERMISSION_CODES.from && code <= PERMISSION_CODES.to)
}
