import { eventNamesField } from './ad-fields.ts'
import { asObject, firstText, parseAnswerBody, refusal, verdictByStatus } from './answer-body.ts'
import { eventNameFor } from './event-names.ts'
import { jsonCall } from './json-call.ts'
import { platformClickId } from './platform-click-id.ts'
import { accessTokenField, hashesOf, orderOf, pageUrlField, stampOf } from './site-events.ts'
import type {
  BuiltCall,
  SystemConversion,
  SystemRules,
  SystemSettings,
  SystemVerdict,
} from './target-system.ts'
import { SHARE_VISITOR_FIELD, sharedVisitor, TEST_MODE_FIELD } from './visitor-sharing.ts'

const BASE_URL = 'https://api.pinterest.com'
const EXPIRE_HOURS = 7 * 24
const CLICK_ID_PARAMS = ['epik', '_epik', '_epq']
const DEFAULT_EVENT = 'checkout'
/** Standard and custom events alike are words in lower case, e.g. checkout, lead, add_to_cart. */
const EVENT_FORM = /^[a-z][a-z0-9_]*$/

/**
 * Pinterest, API v5 (developers.pinterest.com/docs/api/v5/events-create, OpenAPI 5.13.0): JSON by POST to
 * /v5/ad_accounts/{id}/events with a bearer token; ?test=true checks and records nothing. An event needs event_name,
 * action_source, event_time, event_id and user_data with at least one of em, hashed_maids, or client_ip_address with
 * client_user_agent. Answers 200 with events[].status processed or failed, or 422 with the same under details.
 */
export const pinterestRules: SystemRules = {
  label: 'Pinterest API for Conversions',
  documentation: 'https://developers.pinterest.com/docs/api/v5/events-create',
  settings: [
    {
      name: 'adAccountId',
      label: 'Ad account id',
      help: 'Digits; in the address of Ads Manager behind /advertiser/.',
      isRequired: true,
      pattern: '\\d{1,18}',
      choices: [],
    },
    { ...pageUrlField('Empty for none.'), isRequired: false },
    eventNamesField(
      'Your event = theirs, e.g. registration=signup, sale=checkout. Events without one are checkout.',
      EVENT_FORM,
    ),
    SHARE_VISITOR_FIELD,
    TEST_MODE_FIELD,
  ],
  secrets: [
    accessTokenField({
      label: 'Conversion access token',
      help: 'In Ads Manager under Conversions, Conversion access token.',
      pattern: '[\\x21-\\x7e]{10,4000}',
    }),
  ],
  baseUrl: BASE_URL,
  expireHours: EXPIRE_HOURS,
  isToldOnce: true,
  needs: { visitParams: CLICK_ID_PARAMS, person: 'besides', besides: ['email', 'visitor'] },
  build: buildCall,
  authorize: (call, { secrets }) => ({
    ...call,
    headers: { authorization: `Bearer ${secrets.accessToken ?? ''}` },
  }),
  readAnswer: ({ status, body }) => readPinterestAnswer(status, body),
}

function buildCall(conversion: SystemConversion, { settings, baseUrl }: SystemSettings): BuiltCall {
  const { visit, person } = conversion
  const clickId = platformClickId(visit, CLICK_ID_PARAMS)
  if (clickId === '') return { kind: 'skip', reason: 'no Pinterest click id (epik)' }
  const hashes = hashesOf(person)
  const visitor = sharedVisitor(visit, settings)
  if (hashes.em === undefined && visitor.client_ip_address === undefined) {
    return { kind: 'skip', reason: 'neither e-mail nor shared visitor, which Pinterest asks for' }
  }
  const user = { ...hashes, ...visitor, click_id: clickId }
  const query = conversion.isTest || settings.testMode === 'yes' ? '?test=true' : ''
  const account = encodeURIComponent(settings.adAccountId ?? '')
  const url = `${baseUrl || BASE_URL}/v5/ad_accounts/${account}/events${query}`
  return jsonCall(url, { data: [toEvent(conversion, settings, user)] })
}

function toEvent(
  conversion: SystemConversion,
  settings: Readonly<Record<string, string>>,
  user: object,
): object {
  const { event, amount, currency } = conversion
  const page = settings.pageUrl ?? ''
  return {
    event_name: eventNameFor(settings.eventNames ?? '', event) || DEFAULT_EVENT,
    action_source: 'web',
    ...stampOf(conversion),
    ...(page === '' ? {} : { event_source_url: page }),
    user_data: user,
    custom_data: { currency, value: amount, ...orderOf(conversion) },
  }
}

/** Of one event, which is all that a call holds. */
function readPinterestAnswer(status: number, body: string): SystemVerdict {
  const answer = parseAnswerBody(body)
  const events = answer?.events ?? asObject(answer?.details)?.events
  const event = Array.isArray(events) ? asObject(events[0]) : undefined
  const reason = firstText(event?.error_message, answer?.message)
  if (event?.status === 'failed') return refusal(reason === '' ? 'the event failed' : reason, true)
  return verdictByStatus(status, reason)
}
