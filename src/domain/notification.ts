import { earns } from './conversion.ts'
import type { ConversionStatus } from './conversion-types.ts'
import type { MacroValues } from './macro-names.ts'
import { buildVisitMacroValues, type MacroVisit, type VisitNames } from './macro-values.ts'
import { formatMicros } from './money.ts'
import type { NotificationTarget } from './target-types.ts'

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

export type NotificationQuestion = {
  readonly target: Pick<
    NotificationTarget,
    'status' | 'events' | 'statuses' | 'onlyFirst' | 'onlyWithPayout' | 'delaySeconds' | 'url'
  >
  readonly conversion: NotifiedConversion
  /** The conversion's status before this transition; undefined when it is new. */
  readonly statusBefore: ConversionStatus | undefined
  /** Whether it is the first conversion of its visit. */
  readonly isFirst: boolean
  /** Host names of this installation, lower case, without port. */
  readonly ownHosts: readonly string[]
}

export type SkipReason =
  | 'disabled'
  | 'loop'
  | 'event filter'
  | 'status filter'
  | 'status unchanged'
  | 'payout 0'
  | 'not first'

export type NotificationDecision =
  | { readonly kind: 'send'; readonly delayMs: number }
  | { readonly kind: 'skip'; readonly reason: SkipReason }

/**
 * Whether a target hears of a transition. It hears of a conversion at most once per status: a corrected amount alone
 * would count as one more conversion at most receivers.
 */
export function decideNotification(question: NotificationQuestion): NotificationDecision {
  const reason = skipReason(question)
  if (reason !== undefined) return { kind: 'skip', reason }
  return { kind: 'send', delayMs: question.target.delaySeconds * 1_000 }
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
  if (isLoop(target.url, question.ownHosts)) return 'loop'
  if (!allowsEvent(target.events, conversion.event)) return 'event filter'
  if (!allowsStatus(target.statuses, conversion.status)) return 'status filter'
  if (question.statusBefore === conversion.status) return 'status unchanged'
  if (target.onlyWithPayout && (conversion.payoutMicros ?? conversion.revenueMicros) <= 0) return 'payout 0'
  return target.onlyFirst && !question.isFirst ? 'not first' : undefined
}

function allowsEvent(events: readonly string[], event: string): boolean {
  const lower = event.toLowerCase()
  return events.length === 0 || events.some((allowed) => allowed.toLowerCase() === lower)
}

function allowsStatus(statuses: readonly ConversionStatus[], status: ConversionStatus): boolean {
  return statuses.length === 0 ? earns(status) : statuses.includes(status)
}
