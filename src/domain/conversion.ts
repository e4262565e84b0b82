import {
  CONVERSION_STATUSES,
  type ConversionStatus,
  type DuplicatePolicy,
  type StatusMap,
} from './conversion-types.ts'
import { LIMITS } from './limits.ts'

/** What a decision needs of a known conversion. */
export type KnownConversion = {
  readonly id: string
  readonly event: string
  readonly txid: string
  readonly status: ConversionStatus
  /** What its sender says it is worth, in the workspace's currency: a tracker's revenue, a network's sale. */
  readonly amountMicros: number
  /** The amount that was sent last, in its own currency. */
  readonly originalMicros: number
}

/** What a hit reports, its words mapped and its amount in the workspace's currency. */
export type ReportedConversion = {
  readonly event: string
  readonly txid: string
  readonly status: ConversionStatus
  /** Undefined when the hit names no amount: a new conversion then has the default, a known one keeps its own. */
  readonly amountMicros: number | undefined
  /** The amount as sent, in its own currency; what is assumed when none was sent. */
  readonly originalMicros: number
  /** What a new conversion is worth when the hit names no amount. */
  readonly defaultAmountMicros: number
}

export type ConversionDecision =
  /** The first of its identity. */
  | { readonly kind: 'record'; readonly status: ConversionStatus; readonly amountMicros: number }
  /** One more beside the known one (an upsell): it needs an identity of its own, `addedIdentity`. */
  | { readonly kind: 'add'; readonly status: ConversionStatus; readonly amountMicros: number }
  /** Amount or status of the known one changes, with history. */
  | { readonly kind: 'update'; readonly status: ConversionStatus; readonly amountMicros: number }
  /** The known one takes over all that the hit says, its free values too. */
  | { readonly kind: 'replace'; readonly status: ConversionStatus; readonly amountMicros: number }
  | { readonly kind: 'duplicate'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string }

export type StatusTransition =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string }

/**
 * ```
 *             ╭───────────────────────╮
 *             │                       ▼
 *  (new) ─▶ pending ──▶ approved ◀─▶ rejected
 *             │            │          │
 *             ╰────────────┴──────────┴──▶ trash
 * ```
 * approved → rejected is a chargeback; rejected → approved corrects one. Nothing goes back to pending: a late
 * 'pending' is an old message overtaken by a newer one. Trash is final.
 */
const ALLOWED: Readonly<Record<ConversionStatus, readonly ConversionStatus[]>> = {
  pending: ['approved', 'rejected', 'trash'],
  approved: ['rejected', 'trash'],
  rejected: ['approved', 'trash'],
  trash: [],
}

/** Words that mean the same wherever they are used; numbers and the rest are the network's own map's. */
const COMMON_WORDS: Readonly<Record<ConversionStatus, readonly string[]>> = {
  approved: words(
    'approve approved accept accepted confirm confirmed complete completed paid sale success ok',
  ),
  pending: words('pending hold onhold on_hold lead new open wait waiting processing initial unconfirmed'),
  rejected: [
    ...words('reject rejected decline declined cancel canceled cancelled'),
    ...words('chargeback refund refunded reversed reversal'),
  ],
  trash: words('trash spam fake invalid fraud duplicate'),
}

/** Whether a known conversion may change its status. */
export function decideTransition(from: ConversionStatus, to: ConversionStatus): StatusTransition {
  if (from === to || ALLOWED[from].includes(to)) return { allowed: true }
  const why = from === 'trash' ? 'trash is final' : `what was ${from} does not become ${to} again`
  return { allowed: false, reason: `status ${from} → ${to} is not allowed: ${why}` }
}

/**
 * The meaning of a sender's status word: by the maps given, first the hit's own, then the network's; then by common
 * words. No word means approved, since most senders report only what is paid.
 * @returns undefined for a word that nothing explains.
 */
export function mapStatus(
  word: string,
  ...maps: readonly StatusMap[]
): ConversionStatus | 'ignore' | undefined {
  const key = word.trim().toLowerCase()
  if (key === '') return 'approved'
  const map = maps.find((candidate) => Object.hasOwn(candidate, key))
  if (map !== undefined) return map[key]
  return CONVERSION_STATUSES.find((status) => COMMON_WORDS[status].includes(key))
}

/** The event in the spelling that the offer knows it by; undefined when it knows others. No list: any event. */
export function matchEvent(event: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return event
  const lower = event.toLowerCase()
  return known.find((candidate) => candidate.toLowerCase() === lower)
}

/**
 * What makes it the same conversion: visit, event (case aside) and txid; unique within a workspace. Parts are
 * encoded, so that no txid can pretend to be another event's.
 */
export function conversionIdentity(of: {
  readonly clickId: string
  readonly event: string
  readonly txid: string
}): string {
  return [of.clickId, of.event.toLowerCase(), of.txid].map(encodePart).join(':')
}

/**
 * What makes a conversion without a visit the same: whose it is, at which offer, its event and txid. Begins as no
 * identity of a visit does.
 */
export function clicklessIdentity(of: {
  readonly offerId: string
  readonly affiliateId: string
  readonly event: string
  readonly txid: string
}): string {
  return ['', of.offerId, of.affiliateId, of.event.toLowerCase(), of.txid].map(encodePart).join(':')
}

/** The identity of a conversion added beside known ones, which shares visit, event and txid with them. */
export function addedIdentity(identity: string, hitId: string): string {
  return `${identity}:${encodePart(hitId)}`
}

/**
 * Which of a visit's conversions a hit speaks of. With a txid: the one of that event and txid. Without: the one of
 * that event recorded without a txid, else the event's latest, since a status report often omits the txid.
 * @param known the visit's conversions, oldest first.
 */
export function findSameConversion<Known extends Pick<KnownConversion, 'event' | 'txid'>>(
  known: readonly Known[],
  reported: { readonly event: string; readonly txid: string },
): Known | undefined {
  const event = reported.event.toLowerCase()
  const sameEvent = known.filter((conversion) => conversion.event.toLowerCase() === event)
  const sameTxid = sameEvent.findLast((conversion) => conversion.txid === reported.txid)
  return sameTxid ?? (reported.txid === '' ? sameEvent.at(-1) : undefined)
}

/**
 * What becomes of a reported conversion, given the one it repeats.
 *
 * A changed status is an update under every policy, or refused when the transition is illegal: that is how a refund or
 * chargeback comes that says so in a word. An unchanged status leaves it to the policy:
 *
 * ```
 *  policy             amount ≥ 0                          amount < 0, a correction
 *  ignore             duplicate                           duplicate
 *  update, replace    the conversion has this amount now  it is added to the conversion's amount
 *  add, other txid    one more conversion (an upsell)     one more, negative
 *  add, same txid     as update: a retry, no second sale  as update
 * ```
 * So a refund of 5 takes 5 away from the sale that it names. The same correction twice in a row is a retry and counts
 * once; two equal refunds of one sale need a txid each. A correction of nothing known is recorded with its negative
 * amount, and counts as an event (`countsOf`): money is taken back, no conversion is added.
 */
export function decideConversion(
  existing: KnownConversion | undefined,
  reported: ReportedConversion,
  policy: DuplicatePolicy,
): ConversionDecision {
  const { status } = reported
  if (existing === undefined) return { kind: 'record', status, amountMicros: newAmount(reported) }
  const transition = decideTransition(existing.status, status)
  if (!transition.allowed) return { kind: 'refuse', reason: transition.reason }
  if (existing.status !== status) {
    return { kind: 'update', status, amountMicros: amountAfterStatusChange(existing, reported) }
  }
  return decideRepeated(existing, reported, policy)
}

function decideRepeated(
  existing: KnownConversion,
  reported: ReportedConversion,
  policy: DuplicatePolicy,
): ConversionDecision {
  const { status } = reported
  if (policy === 'ignore') return { kind: 'duplicate', reason: 'already recorded' }
  const sameTransaction = reported.txid !== '' && reported.txid === existing.txid
  if (policy === 'add' && !sameTransaction) return { kind: 'add', status, amountMicros: newAmount(reported) }
  if (isCorrection(reported) && reported.originalMicros === existing.originalMicros)
    return { kind: 'duplicate', reason: 'this correction is recorded already' }
  const amountMicros = changedAmount(existing, reported)
  if (amountMicros === existing.amountMicros)
    return { kind: 'duplicate', reason: 'already recorded, unchanged' }
  if (Math.abs(amountMicros) > LIMITS.amountMicrosMax)
    return { kind: 'refuse', reason: 'the corrected amount is too large' }
  return { kind: policy === 'replace' ? 'replace' : 'update', status, amountMicros }
}

/**
 * A rejection often says payout=0. The amount is kept all the same: it shows what was lost, and comes back when the
 * rejection is corrected; rejected conversions earn nothing anyway.
 */
function amountAfterStatusChange(existing: KnownConversion, reported: ReportedConversion): number {
  return earns(reported.status) ? changedAmount(existing, reported) : existing.amountMicros
}

/** A negative amount takes back; any other is the amount from now on. */
function changedAmount(existing: KnownConversion, reported: ReportedConversion): number {
  if (reported.amountMicros === undefined) return existing.amountMicros
  return isCorrection(reported) ? existing.amountMicros + reported.amountMicros : reported.amountMicros
}

function isCorrection(
  reported: ReportedConversion,
): reported is ReportedConversion & { amountMicros: number } {
  return reported.amountMicros !== undefined && reported.amountMicros < 0
}

/** Whether conversions of the status count as revenue. */
export function earns(status: ConversionStatus): boolean {
  return status === 'pending' || status === 'approved'
}

function newAmount(reported: ReportedConversion): number {
  return reported.amountMicros ?? reported.defaultAmountMicros
}

function words(list: string): readonly string[] {
  return list.split(' ')
}

function encodePart(part: string): string {
  return encodeURIComponent(part.toWellFormed())
}
