import type { SkipReason } from '../../src/domain/notification.ts'
import { RETRY } from './retry-words.ts'

/** The words of what is sent to others: deliveries, their attempts, and doing something about many of them. */
export const deliveryTexts = {
  title: 'Deliveries',
  lead: 'Every call to traffic sources, affiliates, webhooks and alert channels, newest first.',
  emptyTitle: 'Nothing has been sent yet',
  emptyText:
    'A delivery is one call about one change of a conversion. Give a traffic source or a campaign a target to call.',
  toTargets: 'Open notification targets',
  time: 'Time',
  state: 'State',
  anyState: 'Any state',
  target: 'Target',
  anyTarget: 'Any target',
  about: 'About',
  clickId: 'Click id',
  conversion: 'Conversion',
  alert: 'Alert',
  why: 'Reason',
  attempts: 'Attempts',
  nextAt: (time: string) => `Next: ${time}`,
  reason: 'Reason has',
  text: 'URL or body has',
  affiliate: 'Affiliate',
  anyAffiliate: 'Any affiliate',
  system: 'System',
  anySystem: 'Any system',
  plainUrl: 'A plain URL',
  type: 'Kind',
  anyType: 'Any kind',
  host: 'Host',
  conversionId: 'Conversion id',
  event: 'Conversion’s event',
  status: 'Conversion’s status',
  responseStatus: 'An answer was',
  error: 'An attempt failed by',
  anyError: 'Anything',
  attemptsMin: 'Attempts, at least',
  from: 'Queued from',
  to: 'Queued until',
  updatedFrom: 'Last change from',
  updatedTo: 'Last change until',
  dueFrom: 'Next attempt from',
  dueTo: 'Next attempt until',
  lookedTo: (time: string) => `Looked back to ${time}. “Load more” looks further.`,
  gone: 'A target that was removed',
} as const

export const targetTypes = {
  postback: 'Postback',
  image: 'Image pixel',
  iframe: 'Iframe pixel',
  script: 'Script or HTML',
} as const

/** Whom a delivery goes to, by what kind of thing it is. */
export const receiverTexts = {
  kinds: {
    target: (name: string) => name,
    webhook: (name: string) => `Webhook · ${name}`,
    channel: (name: string) => `Alerts · ${name}`,
  },
} as const

export const oneDeliveryTexts = {
  title: 'Delivery',
  targetLog: 'Its deliveries',
  created: 'Queued',
  updated: 'Last change',
  due: 'Next attempt',
  open: 'Open the visit’s story',
  request: 'What is sent',
  attempts: 'Attempts',
  noAttempts: 'It has not been sent yet.',
  neverSent: 'It was never sent.',
  replay: 'Send again',
  replayed: 'Queued again',
  replayAsk: {
    pending: 'It waits already. Sending again makes it due now, with all attempts anew.',
    delivered: 'It has arrived. The receiver gets it a second time, under the same id.',
    dead: 'It goes out under the same id, with all attempts anew.',
    cancelled: 'It was cancelled. It goes out under the same id, with all attempts anew.',
  },
  cancel: 'Cancel',
  cancelTitle: 'Cancel the delivery',
  cancelAsk: 'It is not sent any more, until somebody sends it again. An attempt under way still ends.',
  keep: 'Keep it',
  states: {
    pending: 'It waits to be sent.',
    retrying: `The last attempt failed. It is tried again by itself, up to ${RETRY.attempts} times: after ${RETRY.waits}. When its host fails ${RETRY.hostFailures} times in a row, it waits for that host first.`,
    delivered: 'The receiver has taken it.',
    dead: 'It was given up. Mend the receiver, then send it again.',
    cancelled: 'It was cancelled and is not sent.',
    skipped: 'A rule of its target says not to send it. Change the target for those that follow.',
    rendered: 'It was put into the page of the visitor’s browser.',
  },
  headers: 'Secret values are masked as ***.',
  answer: 'Answer',
  noAnswer: 'No answer came',
  emptyAnswer: '(no body)',
} as const

/** Where the time of one attempt went. */
export const attemptTimesTexts = {
  title: 'Where the time went',
  phases: {
    queued: 'Waiting for a free connection',
    resolve: 'Name resolution',
    connect: 'Connect',
    tls: 'TLS',
    answer: 'Until the first byte',
    read: 'Reading the answer',
  },
  connection: 'Connection',
  reused: 'Reused connection',
  under: 'under 1 ms',
  waited: (time: string) => `It waited ${time} for its turn before.`,
} as const

/** What failed, in words; keys are the API's codes. */
export const failureTexts = {
  refused_url: 'The URL can not be called: its form, scheme, port, or a password in it.',
  refused_address: 'The host leads to an address that is not public, which is never called.',
  refused_redirect: 'It was redirected to where the target’s credentials must not go.',
  bad_request: 'The request is no valid HTTP, e.g. a header with a line break in it.',
  dns: 'The name of the host is not known.',
  connect: 'The host refused or broke the connection.',
  tls: 'The certificate or the encryption of the host is not acceptable.',
  timeout: 'The host did not answer in time.',
  protocol: 'What came back is no valid HTTP answer.',
  too_many_redirects: 'It was redirected too often.',
  credentials: 'Nothing was sent: the target’s credentials can not be read, or were not accepted.',
  not_prepared: 'Nothing was sent: the call could not be put together.',
  no_smtp: 'Nothing was sent: the operator has set no mail server.',
  smtp_auth: 'The mail server did not accept the user and password of this installation.',
  smtp_deferred: 'The mail server did not take the e-mail yet.',
  smtp_refused: 'The mail server will never take the e-mail.',
} as const

/** The same, each as a choice. */
export const failureNames: Readonly<Record<keyof typeof failureTexts, string>> = {
  timeout: 'No answer in time',
  dns: 'Unknown host',
  connect: 'No connection',
  tls: 'Certificate or encryption',
  protocol: 'No valid answer',
  too_many_redirects: 'Too many redirects',
  refused_url: 'URL not allowed',
  refused_address: 'Address not public',
  refused_redirect: 'Redirect not allowed',
  bad_request: 'Request not valid',
  credentials: 'Credentials',
  not_prepared: 'Call not put together',
  no_smtp: 'No mail server',
  smtp_auth: 'Mail server: sign-in',
  smtp_deferred: 'Mail server: not yet',
  smtp_refused: 'Mail server: never',
}

const skipTexts: Readonly<Record<SkipReason, string>> = {
  disabled: 'The target is switched off.',
  loop: 'Its URL leads back to this installation.',
  'moderation pending': 'The affiliate’s text waits for approval.',
  'moderation rejected': 'The affiliate’s text was rejected.',
  muted: 'Nobody is told of this conversion, as whoever reported it asked.',
  'event filter': 'The target does not hear of this event.',
  'status filter': 'The target does not hear of this status.',
  'status unchanged': 'It was told of this status before; only the amount has changed.',
  'status told before': 'The conversion had this status before, and each status is told once.',
  'told already': 'It counts each call as one more conversion, and was told of this one.',
  'not told': 'It was never told of this conversion, so there is nothing to take back.',
  correction: 'It counts each call as one more conversion, and this one corrects another.',
  'payout 0': 'The target hears only of conversions with an amount, and this one has none.',
  'not first': 'The target hears only of the first conversion of a visit, and this is a later one.',
  percent: 'The target hears of a share of the conversions, and this one is not in it.',
  'offer allows no pixels': 'The offer allows postbacks only.',
  'not new': 'A pixel is shown when the conversion is made, and never again.',
  'no browser': 'A pixel is shown by the visitor’s browser, and none was there.',
  'images only': 'The advertiser’s page has an image pixel, which can show one image and nothing else.',
  'one image only': 'The advertiser’s image pixel had shown another image already.',
  'too many pixels': 'One page shows no more pixels than it did.',
}

/** Why a delivery stands where it stands; keys are the API's. */
export const reasonTexts = {
  ...skipTexts,
  attempts_used_up: 'Every attempt failed, and there are no more.',
  expired: 'It did not arrive within the time that its target allows.',
  cancelled_by_hand: 'Somebody cancelled it.',
  target_gone: 'The receiver said that it is gone for good (410), so the target was switched off.',
  'target deleted': 'Its target was deleted.',
  not_storable: 'The receiver’s answer can not be stored.',
  'the system takes no news of a conversion as old as this':
    'The system takes no news of a conversion as old as this.',
} as const

export const attemptTexts = {
  accepted: (status: number) => `The receiver took it: ${status}`,
  refused: (status: number) => `The receiver did not take it: ${status}`,
  noAnswer: 'No answer came',
  other: (code: string) => `It failed: ${code}`,
} as const

export const bulkTexts = {
  replay: 'Send all that match again…',
  replayTitle: 'Send again all that match',
  replayDo: (count: string) => `Send ${count} again`,
  replayNothing: 'Nothing that matches can be sent again.',
  replayHint: 'Unless a state is chosen in the filter, these are the ones that were given up.',
  cancel: 'Cancel all that match…',
  cancelTitle: 'Cancel all that match and wait',
  cancelDo: (count: string) => `Cancel ${count}`,
  cancelNothing: 'Nothing that matches waits to be sent.',
  cancelHint: 'They are not sent any more, until somebody sends them again.',
  jobs: {
    replay: { working: 'Queueing again…', done: 'Queued again' },
    cancel: { working: 'Cancelling…', done: 'Cancelled' },
  },
  matching: 'Match',
  byTarget: 'By target',
  moreTargets: (count: number) => `… and ${count} more targets`,
  countedTo: (time: string) => `Only the newest were counted, back to ${time}. All that match are meant.`,
  close: 'Close',
} as const
