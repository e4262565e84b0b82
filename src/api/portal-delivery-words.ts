import type { SkipReason } from '../domain/notification.ts'

/** Why a postback was not sent, or a pixel not shown, to its affiliate. */
const WORDS: Readonly<Record<SkipReason, string>> = {
  disabled: 'It is switched off.',
  loop: 'It leads back to this network.',
  'moderation pending': 'It waits for approval by the network.',
  'moderation rejected': 'The network rejected it.',
  muted: 'Nobody was notified of this conversion, as its sender asked.',
  'event filter': 'It is not set to hear of this event.',
  'status filter':
    'It is not set to hear of this status. Without a choice of statuses, a URL that does not name {status} hears of approved conversions alone.',
  'status unchanged': 'It was told of this status before: only the amount changed.',
  'status told before': 'The conversion had this status before: each one is told once.',
  'told already': 'It counts every call as one more conversion, and was told of this one.',
  'not told': 'It was not told of this conversion, so that there is nothing to take back.',
  correction: 'It counts every call as one more conversion, and this one corrects another.',
  'payout 0': 'It is set to hear of conversions with a payout, and this one has none.',
  'not first': 'It is set to hear of the first conversion of a visit, and this is a later one.',
  percent: 'It is set to hear of a share of the conversions.',
  'offer allows no pixels': 'This offer allows postbacks only.',
  'not new': 'A pixel is shown when the conversion is made, and never again.',
  'no browser':
    "A pixel is shown by the visitor's browser, and none was there: the conversion came from a server or was entered by hand.",
  'images only': "The advertiser's page carries an image pixel, which can show one image and nothing else.",
  'one image only': "The advertiser's image pixel had shown another image already.",
  'too many pixels': 'One page shows no more pixels than it did.',
}

/** What became of a delivery, in words for its affiliate; other reasons are clear enough as they are. */
export function whyNotSent(reason: string): string {
  return isSkipReason(reason) ? WORDS[reason] : reason
}

function isSkipReason(reason: string): reason is SkipReason {
  return Object.hasOwn(WORDS, reason)
}
