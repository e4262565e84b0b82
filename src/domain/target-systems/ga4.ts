import { earns } from '../conversion.ts'
import { asObject, firstText, parseAnswerBody, refusal, verdictByStatus } from './answer-body.ts'
import { eventNameFor, findEventNamesProblem } from './event-names.ts'
import { platformClickId } from './platform-click-id.ts'
import type {
  BuiltCall,
  SystemConversion,
  SystemRules,
  SystemSettings,
  SystemVerdict,
} from './target-system.ts'
import { TEST_MODE_FIELD } from './visitor-sharing.ts'

const BASE_URL = 'https://www.google-analytics.com'
/** "Used to backdate events up to 72 hours" (timestamp_micros). */
const EXPIRE_HOURS = 72
const DEFAULT_EVENT = 'purchase'
/** "Event names must be 40 characters or fewer", letters, digits and underscores, a letter first. */
const EVENT_FORM = /^[A-Za-z]\w{0,39}$/
/** What the visit's link carries the client id by. */
const CLIENT_ID_PARAMS = ['_ga', 'ga_client_id']
/** The cookie _ga, e.g. GA1.1.1234567890.1612345678, holds the client id behind its version. */
const CLIENT_ID = /^(?:GA\d+\.\d+\.)?(\d+\.\d+)$/
/** The cookie _ga_<stream>: GS1.1.1612345678.… or, since 2025, GS2.1.s1612345678$…; the session is the time. */
const SESSION_ID = /^(?:GS\d+\.\d+\.s?)?(\d+)(?:[.$].*)?$/

/**
 * Google Analytics 4, Measurement Protocol (developers.google.com/analytics/devguides/collection/protocol/ga4/reference):
 * JSON by POST to /mp/collect with measurement_id and api_secret in the query. It adds to what the site's own tag has
 * measured: without that tag's client id there is nothing to add to. A conversion that is taken back is the event
 * `refund` of its transaction. Every answer is 2xx, whatever was sent; /debug/mp/collect checks, and counts nothing.
 */
export const ga4Rules: SystemRules = {
  label: 'Google Analytics 4',
  documentation: 'https://developers.google.com/analytics/devguides/collection/protocol/ga4',
  settings: [
    {
      name: 'measurementId',
      label: 'Measurement id',
      help: 'Under Admin, Data streams, your web stream, e.g. G-AB12CD34EF.',
      isRequired: true,
      pattern: 'G-[A-Z0-9]{4,20}',
      choices: [],
    },
    {
      name: 'eventNames',
      label: 'Names of events',
      help: 'Your event = theirs, e.g. lead=generate_lead. Events without one are purchase.',
      isRequired: false,
      pattern: '',
      choices: [],
      findProblem: (value) => findEventNamesProblem(value, EVENT_FORM),
    },
    TEST_MODE_FIELD,
  ],
  secrets: [
    {
      name: 'apiSecret',
      label: 'API secret',
      help: 'Under Admin, Data streams, your web stream, Measurement Protocol API secrets.',
      isRequired: true,
      pattern: '[\\w-]{10,100}',
      choices: [],
    },
  ],
  baseUrl: BASE_URL,
  expireHours: EXPIRE_HOURS,
  isToldOnce: true,
  retracts: { datedBy: 'rejection' },
  needs: { visitParams: CLIENT_ID_PARAMS, person: 'none', besides: [] },
  build: buildCall,
  authorize: (call, { secrets }) => ({
    ...call,
    url: `${call.url}&api_secret=${encodeURIComponent(secrets.apiSecret ?? '')}`,
    headers: {},
  }),
  readAnswer: ({ status, body }) => readGa4Answer(status, body),
}

function buildCall(conversion: SystemConversion, { settings, baseUrl }: SystemSettings): BuiltCall {
  const measurementId = settings.measurementId ?? ''
  const clientId = CLIENT_ID.exec(platformClickId(conversion.visit, CLIENT_ID_PARAMS))?.[1]
  if (clientId === undefined) return { kind: 'skip', reason: 'no client id of Google Analytics (_ga)' }
  const base = baseUrl === '' ? BASE_URL : baseUrl
  const path = conversion.isTest || settings.testMode === 'yes' ? '/debug/mp/collect' : '/mp/collect'
  const url = `${base}${path}?measurement_id=${encodeURIComponent(measurementId)}`
  const isTakenBack = !earns(conversion.status)
  const body = JSON.stringify({
    client_id: clientId,
    timestamp_micros: (isTakenBack ? conversion.at : conversion.recordedAt) * 1_000,
    events: [
      {
        name: isTakenBack
          ? 'refund'
          : eventNameFor(settings.eventNames ?? '', conversion.event) || DEFAULT_EVENT,
        params: toParams(conversion, `_ga_${measurementId.slice('G-'.length)}`),
      },
    ],
  })
  return { kind: 'call', call: { method: 'POST', url, body, contentType: 'application/json' } }
}

/**
 * The value is a number there, and a double on their side. Session and engagement time let the event show in reports of
 * users ("Send events to Google Analytics"); the time is the least there is.
 */
function toParams({ id, visit, amount, currency }: SystemConversion, sessionCookie: string): object {
  const session = SESSION_ID.exec(platformClickId(visit, ['ga_session_id', sessionCookie]))?.[1]
  return {
    transaction_id: id,
    currency,
    value: Number(amount),
    engagement_time_msec: 1,
    ...(session === undefined ? {} : { session_id: session }),
  }
}

function readGa4Answer(status: number, body: string): SystemVerdict {
  const messages = parseAnswerBody(body)?.validationMessages
  const first = Array.isArray(messages) ? asObject(messages[0]) : undefined
  if (first === undefined) return verdictByStatus(status, '')
  const reason = [firstText(first.fieldPath), firstText(first.description)].filter((part) => part !== '')
  return refusal(reason.join(': ') || 'the event is not valid', true)
}
