import type { ConversionStatus, StatusMap } from './conversion-types.ts'
import { LIMITS } from './limits.ts'
import { parseAmount, parseCurrency } from './money.ts'
import { isUnfilledMacro } from './unfilled-macro.ts'

/** What a hit says, under our names; '' where it says nothing. */
export type HitFields = {
  /** The click id as sent, not verified. */
  readonly cid: string
  /** Undefined when no amount was sent, or it is unreadable (then the hit is malformed). */
  readonly payoutMicros: number | undefined
  /** ISO 4217. */
  readonly currency: string
  readonly txid: string
  readonly event: string
  /** The sender's word; mapStatus tells what it means. */
  readonly status: string
  /** Status words mapped in the URL. */
  readonly statusMap: StatusMap
  readonly offer: string
  readonly coupon: string
  /** Whose conversion it is, when the sender tells it by the affiliate instead of a click id. */
  readonly affiliate: string
  /** Of the person who converted, plain or as SHA-256 in hex; taken over with `consent` alone (person.ts). */
  readonly email: string
  readonly phone: string
  /** A number of which only the hash with its plus is known (person.ts). */
  readonly phoneSha256: string
  /** Whether the person agrees that they are passed on: `consent=1`. */
  readonly consent: boolean
  /** p1…p10, those given. */
  readonly values: Readonly<Record<string, string>>
  readonly token: string
  /** Unix seconds. */
  readonly ts: number | undefined
  readonly sig: string
  readonly test: boolean
  /** `disable_postback=1` (Binom's name for it): nobody is notified of what this hit does. */
  readonly silent: boolean
}

export type ParsedHit =
  | { readonly ok: true; readonly fields: HitFields }
  /** Malformed; the fields that could be read are there for the log. */
  | { readonly ok: false; readonly reason: string; readonly fields: HitFields }

/** PROTOCOL section 6; given under several names, the first in the list that is not empty wins. */
export const HIT_PARAM_NAMES = {
  cid: names('cid clickid click_id subid cnv_id hit transaction_id s2s'),
  payout: names('payout amount sum revenue rev price'),
  currency: names('currency cnv_currency'),
  txid: names('txid tid tx transactionid order_id oid conversion_id adv_sub'),
  event: names('event et type goal goal_id event_id'),
  status: names('status cnv_status conv_status'),
  offer: names('offer offer_id'),
  coupon: names('coupon coupon_code promo_code'),
  affiliate: names('affiliate aff_id affiliate_id pid'),
  email: names('email em'),
  phone: names('phone ph'),
  phoneSha256: names('phone_sha256'),
  consent: names('consent gdpr_consent'),
  token: names('token security_token verification_token'),
  ts: names('ts'),
  sig: names('sig'),
  test: names('test'),
  silent: names('disable_postback'),
} as const

/** What senders call the click id, in lower case; the first that has a value counts. */
export const CLICK_ID_PARAMS: readonly string[] = HIT_PARAM_NAMES.cid

/** Names that address a hit or say how it is answered: no values of the visit. */
const CONTROL_PARAMS: ReadonlySet<string> = new Set([
  ...HIT_PARAM_NAMES.cid,
  ...HIT_PARAM_NAMES.token,
  ...HIT_PARAM_NAMES.ts,
  ...HIT_PARAM_NAMES.sig,
  ...HIT_PARAM_NAMES.test,
  ...HIT_PARAM_NAMES.silent,
  ...HIT_PARAM_NAMES.email,
  ...HIT_PARAM_NAMES.phone,
  ...HIT_PARAM_NAMES.phoneSha256,
  ...HIT_PARAM_NAMES.consent,
  // The first-party click id of tp.js, and Binom's key of updates.
  'format',
  'fp',
  'upd_key',
])

/** @param name in lower case. */
export function isControlParam(name: string): boolean {
  return CONTROL_PARAMS.has(name)
}

const VALUE_COUNT = 10

const CONSENT_WORDS: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'granted'])

/** A word listed twice means the first of these. Keitaro says sale and lead. */
const STATUS_LISTS: readonly (readonly [string, ConversionStatus | 'ignore'])[] = [
  ['approved_status', 'approved'],
  ['sale_status', 'approved'],
  ['rejected_status', 'rejected'],
  ['trash_status', 'trash'],
  ['pending_status', 'pending'],
  ['lead_status', 'pending'],
  ['ignore_status', 'ignore'],
]

/** Parameters that translate the sender's status words in the URL itself. */
export const STATUS_LIST_PARAMS: readonly string[] = STATUS_LISTS.map(([name]) => name)

/** Left in place by users of Voluum's and Binom's pixels: "take it from the cookie". */
const LITERALLY_EMPTY = 'OPTIONAL'

type Given = ReadonlyMap<string, string>

/**
 * Reads a hit's decoded parameters. Names ignore case; an unfilled macro, a literal OPTIONAL and an empty value
 * count as absent; a name given twice has its first value (the query goes before the body).
 */
export function parseHit(params: readonly (readonly [name: string, value: string])[]): ParsedHit {
  const given = givenValues(params)
  const amountText = pick(given, HIT_PARAM_NAMES.payout)
  const amount = amountText === '' ? undefined : parseAmount(amountText)
  const currencyText = pick(given, HIT_PARAM_NAMES.currency)
  const tsText = pick(given, HIT_PARAM_NAMES.ts)
  const fields: HitFields = {
    cid: pick(given, HIT_PARAM_NAMES.cid),
    payoutMicros: amount?.ok === true ? amount.micros : undefined,
    currency: parseCurrency(currencyText) ?? '',
    txid: pick(given, HIT_PARAM_NAMES.txid),
    event: pick(given, HIT_PARAM_NAMES.event),
    status: pick(given, HIT_PARAM_NAMES.status),
    statusMap: parseStatusMap(given),
    offer: pick(given, HIT_PARAM_NAMES.offer),
    coupon: pick(given, HIT_PARAM_NAMES.coupon),
    affiliate: pick(given, HIT_PARAM_NAMES.affiliate),
    email: pick(given, HIT_PARAM_NAMES.email),
    phone: pick(given, HIT_PARAM_NAMES.phone),
    phoneSha256: pick(given, HIT_PARAM_NAMES.phoneSha256),
    consent: saysConsent(pick(given, HIT_PARAM_NAMES.consent)),
    values: freeValues(given),
    token: pick(given, HIT_PARAM_NAMES.token),
    ts: /^\d{1,12}$/.test(tsText) ? Number(tsText) : undefined,
    sig: pick(given, HIT_PARAM_NAMES.sig),
    test: pick(given, HIT_PARAM_NAMES.test) === '1',
    silent: pick(given, HIT_PARAM_NAMES.silent) === '1',
  }
  const reason =
    (amount?.ok === false ? `payout "${shown(amountText)}": ${amount.reason}` : '') ||
    (currencyText !== '' && fields.currency === '' ? `unknown currency "${shown(currencyText)}"` : '') ||
    (tsText !== '' && fields.ts === undefined ? `ts "${shown(tsText)}" is not Unix seconds` : '') ||
    textProblem('txid', fields.txid, LIMITS.txidCharsMax) ||
    textProblem('event', fields.event, LIMITS.eventCharsMax)
  return reason === '' ? { ok: true, fields } : { ok: false, reason, fields }
}

/** @param word of the parameter `consent`. */
export function saysConsent(word: string): boolean {
  return CONSENT_WORDS.has(word.trim().toLowerCase())
}

function names(list: string): readonly string[] {
  return list.split(' ')
}

function givenValues(params: readonly (readonly [name: string, value: string])[]): Given {
  const given = new Map<string, string>()
  for (const [name, value] of params) {
    const key = name.toLowerCase()
    const text = value.trim()
    if (text === '' || text === LITERALLY_EMPTY || given.has(key) || isUnfilledMacro(text)) continue
    given.set(key, text)
  }
  return given
}

function pick(given: Given, aliases: readonly string[]): string {
  for (const name of aliases) {
    const value = given.get(name)
    if (value !== undefined) return value
  }
  return ''
}

/** p1…p10; Voluum and BeMob call them param1…param5. */
function freeValues(given: Given): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  for (let n = 1; n <= VALUE_COUNT; n++) {
    const value = given.get(`p${n}`) ?? given.get(`param${n}`)
    if (value !== undefined) values[`p${n}`] = value
  }
  return values
}

/** `approved_status=sale,confirmed`; some senders encode the commas once more (`2%2C5`). */
function parseStatusMap(given: Given): StatusMap {
  const words = new Map<string, ConversionStatus | 'ignore'>()
  for (const [name, status] of STATUS_LISTS) {
    for (const word of (given.get(name) ?? '').split(/,|%2C/i)) {
      const key = word.trim().toLowerCase()
      if (key !== '' && !words.has(key)) words.set(key, status)
    }
  }
  return Object.fromEntries(words)
}

function textProblem(name: string, text: string, charsMax: number): string {
  if (text.length > charsMax) return `${name} is longer than ${charsMax} characters`
  return /\p{Cc}/u.test(text) ? `${name} holds a control character` : ''
}

/** Enough of a bad value to recognise it by. */
function shown(text: string): string {
  return text.slice(0, 40)
}
