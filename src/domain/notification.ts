import { earns } from './conversion.ts'
import type { ConversionStatus } from './conversion-types.ts'
import type { MacroValues } from './macro-names.ts'
import { buildVisitMacroValues, type MacroVisit, type VisitNames, visitTime } from './macro-values.ts'
import { formatMicros } from './money.ts'
import { kindsAllowed } from './pixel-kinds.ts'
import { routePoint } from './routing.ts'
import type { SystemRules } from './target-systems/target-system.ts'
import type { DeliveryState, NotificationTarget } from './target-types.ts'

/** What a target is told about. */
export type NotifiedConversion = {
  readonly id: string
  readonly event: string
  readonly txid: string
  readonly status: ConversionStatus
  /** In `currency`, which is the workspace's. */
  readonly revenueMicros: number
  /** What is owed to the affiliate, when the target is an affiliate's: it goes out as {payout}. */
  readonly payoutMicros?: number
  readonly currency: string
  /** p1…p10. */
  readonly values?: Readonly<Record<string, string>>
}

/** That the target was to hear of an earlier transition: the conversion's status after it, and what became of it. */
export type Telling = { readonly status: ConversionStatus; readonly state: DeliveryState }

export type NotificationQuestion = {
  readonly target: Pick<
    NotificationTarget,
    | 'id'
    | 'type'
    | 'status'
    | 'events'
    | 'statuses'
    | 'onlyFirst'
    | 'onlyWithPayout'
    | 'delaySeconds'
    | 'percent'
    | 'url'
    | 'ownerType'
    | 'code'
    | 'moderation'
  >
  /** Whether the target's text names the status (TargetTemplates.tellsStatus). */
  readonly tellsStatus: boolean
  /** Of the target's system; undefined for a plain URL. */
  readonly rules?: Pick<SystemRules, 'isToldOnce' | 'retracts'> | undefined
  /** Whether the offer takes affiliates' pixels (OfferTerms.allowsPixels). */
  readonly allowsPixels: boolean
  readonly conversion: NotifiedConversion
  /** The conversion's status before this transition; undefined when it is new. */
  readonly statusBefore: ConversionStatus | undefined
  /** All statuses that it has had before this transition. */
  readonly pastStatuses: readonly ConversionStatus[]
  /** What the target was to hear of the conversion, the oldest first; of a system that is told once alone. */
  readonly toldBefore?: readonly Telling[]
  /** Whether it is the first conversion of its visit. */
  readonly isFirst: boolean
  /** Host names of this installation, lower case, without port. */
  readonly ownHosts: readonly string[]
  /** The pixel whose answer the visitor's browser waits for; undefined when none does. */
  readonly browser: BrowserPixel | undefined
  /** The sender of the hit wants nobody notified. */
  readonly silent: boolean
}

/** How the browser reports a conversion, which decides what the answer can show it (PROTOCOL section 4). */
export type BrowserPixel = 'image' | 'iframe' | 'script'

/**
 * disabled          the target is switched off
 * loop              it points at this installation: its postbacks would come back as hits, for ever
 * moderation rejected, moderation pending
 *                   an affiliate's text is sent or shown once exactly this text is approved
 * muted             the hit carries disable_postback=1, or a member chose not to notify
 * event filter      the event is none of the target's
 * status filter     the status is none of the target's
 * status unchanged  only the amount changed, and the target has heard of this status
 * status told before
 *                   the conversion had another status meanwhile: this one would count as one more conversion
 * told already      its system takes each call for one more conversion, and has been told of this one
 * not told          there is nothing to take back: its system has not been told of this one
 * correction        a negative amount of its own corrects another conversion, and its system would count one more
 * payout 0          it wants conversions with a payout, and this one has none, or takes one back
 * not first         it wants the first conversion of a visit, and this is a later one
 * percent           it wants a share of the conversions, and this one is not in it
 * offer allows no pixels
 *                   it is for postbacks only, and this is a pixel of an affiliate
 * not new           a pixel is shown when the conversion is made, and never again
 * no browser        a pixel is shown by a visitor's browser, and none waits for the answer: the conversion came from a
 *                   server, by hand or by upload, or was judged later than the browser was answered
 * images only       the browser asked for an image: it can be sent on to an image, and to nothing else
 * one image only    it was sent on to another image already
 * too many pixels   one answer shows no more of them
 */
export type SkipReason =
  | 'disabled'
  | 'loop'
  | 'moderation rejected'
  | 'moderation pending'
  | 'muted'
  | 'event filter'
  | 'status filter'
  | 'status unchanged'
  | 'status told before'
  | 'told already'
  | 'not told'
  | 'correction'
  | 'payout 0'
  | 'not first'
  | 'percent'
  | 'offer allows no pixels'
  | 'not new'
  | 'no browser'
  | 'images only'
  | 'one image only'
  | 'too many pixels'

export type NotificationDecision =
  | { readonly kind: 'send'; readonly delayMs: number }
  /** A pixel: the answer to the browser shows it. */
  | { readonly kind: 'show' }
  | { readonly kind: 'skip'; readonly reason: SkipReason }

/**
 * Whether a target hears of a transition. It hears of a conversion at most once per status: a corrected amount alone
 * would count as one more conversion at most receivers. A pixel is shown at most once per conversion.
 */
export function decideNotification(question: NotificationQuestion): NotificationDecision {
  const { target } = question
  const reason = skipReason(question) ?? (target.type === 'postback' ? undefined : pixelSkipReason(question))
  if (reason !== undefined) return { kind: 'skip', reason }
  if (target.type !== 'postback') return { kind: 'show' }
  return { kind: 'send', delayMs: target.delaySeconds * 1_000 }
}

/**
 * Whether a URL leads to one of our own hosts: its postbacks would come back as hits, for ever. A host made of macros
 * is known only once it is rendered: ask again then.
 */
export function isLoop(url: string, ownHosts: readonly string[]): boolean {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(url)?.[1] ?? ''
  const plain = host.toLowerCase().replace(/\.$/, '')
  return plain !== '' && ownHosts.includes(plain)
}

/** The same for URLs within markup, as far as they stand there in full; a moderator looks for the others. */
export function holdsLoop(markup: string, ownHosts: readonly string[]): boolean {
  // A string of a script may write its slashes as \/.
  const addresses = markup.replaceAll('\\/', '/').match(/(?:https?:)?\/\/[^\s"'`<>\\)]+/gi) ?? []
  return addresses.some((address) => isLoop(address.replace(/^(?:https?:)?/i, 'https:'), ownHosts))
}

/**
 * The macros of a conversion: the visit's, and the conversion's own. {payout} is what the receiver is interested in:
 * the affiliate's payout for an affiliate, what came in for a traffic source. An affiliate is not told the revenue.
 */
export function buildMacroValues(of: {
  readonly conversion: NotifiedConversion
  readonly visit: MacroVisit
  readonly names?: VisitNames
  /** When the transition happened, Unix milliseconds: {datetime} and {timestamp}. */
  readonly at: number
  /** Digits, made by the caller. */
  readonly random?: string
}): MacroValues {
  const { conversion } = of
  const forAffiliate = conversion.payoutMicros !== undefined
  return {
    ...buildVisitMacroValues({ ...of.visit, at: of.at }, of.names, of.random),
    'click.datetime': visitTime(of.visit),
    ...conversion.values,
    payout: formatMicros(conversion.payoutMicros ?? conversion.revenueMicros),
    revenue: forAffiliate ? '' : formatMicros(conversion.revenueMicros),
    currency: conversion.currency,
    txid: conversion.txid,
    event: conversion.event,
    status: conversion.status,
    conversionid: conversion.id,
  }
}

/** The first reason not to send; the order is that of how much the user can do about it. */
function skipReason(question: NotificationQuestion): SkipReason | undefined {
  const { target, conversion } = question
  if (target.status === 'disabled') return 'disabled'
  if (isLoop(target.url, question.ownHosts) || holdsLoop(target.code, question.ownHosts)) return 'loop'
  if (target.moderation !== 'approved') return `moderation ${target.moderation}`
  if (question.silent) return 'muted'
  if (!allowsEvent(target.events, conversion.event)) return 'event filter'
  const reason = statusReason(question)
  if (reason !== undefined) return reason
  // What was told is taken back, however small the amount has become.
  if (isTakenBack(question)) return undefined
  if (target.onlyWithPayout && amountOf(conversion) <= 0) return 'payout 0'
  if (target.onlyFirst && !question.isFirst) return 'not first'
  return isInShare(conversion.id, target) ? undefined : 'percent'
}

function statusReason(question: NotificationQuestion): SkipReason | undefined {
  const { conversion, statusBefore, pastStatuses } = question
  if (question.rules?.isToldOnce === true) return onceReason(question, question.rules)
  if (!allowsStatus(question)) return 'status filter'
  if (statusBefore === conversion.status) return 'status unchanged'
  return pastStatuses.includes(conversion.status) ? 'status told before' : undefined
}

/**
 * For a system that counts every call: one status that earns, and, if the system can take a conversion back, one after
 * it that does not. What counts is what this target has heard or is about to hear, whatever statuses the conversion
 * had: it may be younger than the conversion, and a call may have been muted or given up.
 *
 * ```
 *               earns                                  does not
 *  untold  ───────────────▶  told (pending, delivered)  ──────▶  taken back
 *     ▲      dead, cancelled │
 *     └──────────────────────┘
 * ```
 */
function onceReason(
  { target, conversion, statusBefore, pastStatuses, toldBefore = [] }: NotificationQuestion,
  { retracts }: Pick<SystemRules, 'retracts'>,
): SkipReason | undefined {
  const counts = (status: ConversionStatus) =>
    earns(status) && (target.statuses.length === 0 || target.statuses.includes(status))
  const heard = toldBefore.filter(({ state }) => state === 'pending' || state === 'delivered')
  const isTold = heard.some(({ status }) => earns(status))
  if (counts(conversion.status)) {
    if (isTold) return 'told already'
    if (conversion.status === statusBefore) return 'status unchanged'
    return amountOf(conversion) < 0 ? 'correction' : undefined
  }
  if (earns(conversion.status) || retracts === undefined) return 'status filter'
  if (!isTold) return pastStatuses.some(counts) ? 'not told' : 'status filter'
  return heard.some(({ status }) => !earns(status)) ? 'told already' : undefined
}

function isTakenBack({ rules, conversion }: NotificationQuestion): boolean {
  return rules?.isToldOnce === true && !earns(conversion.status)
}

/** In the eyes of the target's owner. */
function amountOf({ payoutMicros, revenueMicros }: NotifiedConversion): number {
  return payoutMicros ?? revenueMicros
}

function pixelSkipReason(question: NotificationQuestion): SkipReason | undefined {
  const { target, statusBefore, browser } = question
  if (target.ownerType === 'affiliate' && !question.allowsPixels) return 'offer allows no pixels'
  if (statusBefore !== undefined) return 'not new'
  if (browser === undefined) return 'no browser'
  return kindsAllowed(browser, true).includes(target.type) ? undefined : 'images only'
}

/** The same conversion is always in or always out; a larger share holds all of a smaller one. */
function isInShare(conversionId: string, target: Pick<NotificationTarget, 'id' | 'percent'>): boolean {
  return target.percent >= 100 || routePoint(conversionId, target.id) * 100 < target.percent
}

function allowsEvent(events: readonly string[], event: string): boolean {
  const lower = event.toLowerCase()
  return events.length === 0 || events.some((allowed) => allowed.toLowerCase() === lower)
}

/**
 * Without a filter a source or campaign hears of what earns. An affiliate hears of every status when its target says
 * which, and of approved ones otherwise: it could not tell a reversal from a sale.
 */
function allowsStatus({ target, conversion, tellsStatus }: NotificationQuestion): boolean {
  const { status } = conversion
  if (target.statuses.length > 0) return target.statuses.includes(status)
  if (target.ownerType !== 'affiliate') return earns(status)
  return tellsStatus || status === 'approved'
}
