import { eventNamesField } from './ad-fields.ts'
import { firstText, parseAnswerBody, refusal, verdictByStatus } from './answer-body.ts'
import { eventNameFor } from './event-names.ts'
import { jsonCall } from './json-call.ts'
import { platformClickId } from './platform-click-id.ts'
import {
  accessTokenField,
  hashesOf,
  orderOf,
  pageUrlField,
  stampOf,
  withTokenInQuery,
} from './site-events.ts'
import type {
  BuiltCall,
  SystemConversion,
  SystemRules,
  SystemSettings,
  SystemVerdict,
} from './target-system.ts'
import { SHARE_VISITOR_FIELD, sharedVisitor, TEST_MODE_FIELD } from './visitor-sharing.ts'

const BASE_URL = 'https://tr.snapchat.com'
/** "Events can have a date of maximum 37 days back" (developers.snap.com, "Conversions API"). */
const EXPIRE_HOURS = 37 * 24
const CLICK_ID_PARAMS = ['ScCid', 'sccid', 'sc_click_id']
const COOKIE_PARAMS = ['_scid', 'scid', 'sc_cookie1']
const DEFAULT_EVENT = 'PURCHASE'
/** Event names are words in upper case, custom ones CUSTOM_EVENT_1 to CUSTOM_EVENT_5 ("Parameters"). */
const EVENT_FORM = /^[A-Z][A-Z_]*[1-5]?$/

/**
 * Snapchat, Conversions API v3 (developers.snap.com/api/marketing-api/Conversions-API: "Using the API", "Parameters",
 * "Verify Set Up"): JSON by POST to /v3/{pixel}/events, the token in the query; /events/validate checks and counts
 * nothing. Answers {status, reason}. An event needs a hashed e-mail address or phone number, or the visitor's address
 * with the user agent.
 */
export const snapchatRules: SystemRules = {
  label: 'Snapchat Conversions API',
  documentation: 'https://developers.snap.com/api/marketing-api/Conversions-API/Introduction',
  settings: [
    {
      name: 'pixelId',
      label: 'Pixel id',
      help: 'In Ads Manager under Events Manager, e.g. 5bf81ee1-15b1-4dc1-b636-d7dae49b950e.',
      isRequired: true,
      pattern: '[0-9A-Fa-f-]{36}',
      choices: [],
    },
    pageUrlField('Snapchat asks for it with every event of the web.'),
    eventNamesField(
      'Your event = theirs, e.g. lead=SIGN_UP, sale=PURCHASE. Events without one are PURCHASE.',
      EVENT_FORM,
    ),
    SHARE_VISITOR_FIELD,
    TEST_MODE_FIELD,
  ],
  secrets: [
    accessTokenField({
      label: 'Conversions API token',
      help: 'In Ads Manager under Business Details, Conversions API Tokens.',
      pattern: '\\S{10,4000}',
    }),
  ],
  baseUrl: BASE_URL,
  expireHours: EXPIRE_HOURS,
  isToldOnce: true,
  needs: {
    visitParams: [...CLICK_ID_PARAMS, ...COOKIE_PARAMS],
    person: 'besides',
    besides: ['email', 'phone', 'visitor'],
  },
  build: buildCall,
  authorize: withTokenInQuery,
  readAnswer: ({ status, body }) => readSnapchatAnswer(status, body),
}

function buildCall(conversion: SystemConversion, { settings, baseUrl }: SystemSettings): BuiltCall {
  const { visit, person } = conversion
  const clickId = platformClickId(visit, CLICK_ID_PARAMS)
  const cookie = platformClickId(visit, COOKIE_PARAMS)
  if (clickId === '' && cookie === '') return { kind: 'skip', reason: 'no Snapchat click id (ScCid)' }
  const hashes = hashesOf(person)
  const visitor = sharedVisitor(visit, settings)
  if (Object.keys(hashes).length === 0 && visitor.client_ip_address === undefined) {
    return { kind: 'skip', reason: 'neither e-mail, phone nor shared visitor, which Snapchat asks for' }
  }
  const user = {
    ...hashes,
    ...visitor,
    ...(clickId === '' ? {} : { sc_click_id: clickId }),
    ...(cookie === '' ? {} : { sc_cookie1: cookie }),
  }
  const isTest = conversion.isTest || settings.testMode === 'yes'
  const path = `/v3/${encodeURIComponent(settings.pixelId ?? '')}/events${isTest ? '/validate' : ''}`
  return jsonCall(`${baseUrl || BASE_URL}${path}`, { data: [toEvent(conversion, settings, user)] })
}

/** The value is a text in the documentation's own example. */
function toEvent(
  conversion: SystemConversion,
  settings: Readonly<Record<string, string>>,
  user: object,
): object {
  const { event, amount, currency } = conversion
  return {
    event_name: eventNameFor(settings.eventNames ?? '', event) || DEFAULT_EVENT,
    ...stampOf(conversion),
    action_source: 'WEB',
    event_source_url: settings.pageUrl ?? '',
    user_data: user,
    custom_data: { currency, value: amount, ...orderOf(conversion) },
  }
}

/** A success is "VALID" for events and "OK" or "SUCCESS" elsewhere; whatever else a 2xx says is a refusal. */
const GOOD_STATUSES: ReadonlySet<string> = new Set(['VALID', 'OK', 'SUCCESS'])

function readSnapchatAnswer(status: number, body: string): SystemVerdict {
  const answer = parseAnswerBody(body)
  const word = firstText(answer?.status)
  const reason = firstText(answer?.reason, answer?.error_message, word)
  if (status >= 200 && status < 300 && word !== '' && !GOOD_STATUSES.has(word.toUpperCase())) {
    return refusal(reason, true)
  }
  return verdictByStatus(status, reason)
}
