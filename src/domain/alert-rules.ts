import type { AlertFinding, AlertSettings } from './alert.ts'
import { countText, durationText } from './alert-text.ts'
import type { OwnerType } from './target-types.ts'

const MINUTE_MS = 60_000
const SECOND_MS = 1_000
/** Calls that are refused for good are news for so long after the last one, when nothing waits. */
const REFUSED_MS = 12 * 60 * MINUTE_MS

/** A target whose calls fail, or that was switched off by itself. */
export type UnwellTarget = {
  readonly id: string
  readonly ownerType: OwnerType
  readonly ownerId: string
  /** What people know it by: its host, or the system's name. */
  readonly label: string
  /** Why the system switched it off; '' while it is on. */
  readonly disabledReason: string
  /** Unix milliseconds; null when its last call went well. */
  readonly failingSince: number | null
  readonly lastFailureAt: number | null
  readonly failuresInRow: number
  readonly lastError: string
  readonly waiting: WaitingCalls
}

/** What waits for a target whose calls fail. */
export type WaitingCalls = {
  /** A call that failed is tried again. */
  readonly isRetried: boolean
  /** Since when the first of them is due, Unix milliseconds; null when none is. */
  readonly dueSince: number | null
}

/**
 * A target fails when something waits for it, or when calls were refused again and again: a single call that is refused
 * for good says nothing of those that come, and stands in the log.
 */
export function findUnwellTargets(
  targets: readonly UnwellTarget[],
  { targetFailingMinutes }: Pick<AlertSettings, 'targetFailingMinutes'>,
  now: number,
): readonly AlertFinding[] {
  return targets.flatMap((target) => {
    if (target.disabledReason !== '') return [disabledFinding(target)]
    const failure = failureOf(target, targetFailingMinutes * MINUTE_MS, now)
    return failure === undefined ? [] : [failingFinding(target, failure)]
  })
}

type Failure = { readonly forMs: number; readonly isWaitedFor: boolean }

/** @returns undefined when it does not fail, or not for so long. */
function failureOf(target: UnwellTarget, newsMs: number, now: number): Failure | undefined {
  const { failingSince, lastFailureAt, waiting } = target
  if (failingSince === null || lastFailureAt === null || now - failingSince < newsMs) return undefined
  const { isRetried, dueSince } = waiting
  const isWaitedFor = isRetried || (dueSince !== null && now - dueSince >= newsMs)
  if (isWaitedFor) return { forMs: now - failingSince, isWaitedFor }
  const forMs = lastFailureAt - failingSince
  return forMs >= newsMs && now - lastFailureAt < REFUSED_MS ? { forMs, isWaitedFor } : undefined
}

function disabledFinding(target: UnwellTarget): AlertFinding {
  const text = [
    `It was switched off by itself: ${target.disabledReason}.`,
    'Nothing is sent to it until somebody switches it on again.',
  ]
  return {
    kind: 'target_disabled',
    subjectId: target.id,
    title: `Notifications to ${target.label} are switched off`,
    detail: { text: lines(text), path: pathOf(target) },
  }
}

function failingFinding(target: UnwellTarget, { forMs, isWaitedFor }: Failure): AlertFinding {
  const failures = `${countText(target.failuresInRow, 'call', 'calls')} failed in a row`
  const text = [
    isWaitedFor
      ? `No call has succeeded for ${durationText(forMs)}; ${failures}.`
      : `${failures} within ${durationText(forMs)}, and none has succeeded since.`,
    ...(target.lastError === '' ? [] : [`The last one: ${target.lastError}.`]),
    isWaitedFor
      ? 'Calls that wait are kept, and tried until their time is over.'
      : 'None of them is tried again by itself: replay them when the cause is mended.',
  ]
  return {
    kind: 'target_failing',
    subjectId: target.id,
    title: `Notifications to ${target.label} fail`,
    detail: { text: lines(text), path: pathOf(target) },
  }
}

/** The place of the dashboard where a target is changed. */
function pathOf({ ownerType, ownerId }: UnwellTarget): string {
  const paths: Readonly<Record<OwnerType, string>> = {
    traffic_source: `/traffic-sources/${ownerId}`,
    campaign: `/campaigns/${ownerId}`,
    affiliate: `/affiliates/${ownerId}`,
    workspace: '/settings/webhooks',
    alerts: '/settings/alerts',
  }
  return paths[ownerType]
}

/** What has waited longest of what nothing holds back but the queue itself. */
export type LateDelivery = {
  /** Unix milliseconds. */
  readonly dueAt: number
  /** host:port that it goes to; '' for e-mail. */
  readonly host: string
  readonly targetId: string
}

/** @param late undefined when nothing is due. */
export function findDeliveryLag(
  late: LateDelivery | undefined,
  { deliveryLagMinutes }: Pick<AlertSettings, 'deliveryLagMinutes'>,
  now: number,
): readonly AlertFinding[] {
  if (late === undefined || now - late.dueAt < deliveryLagMinutes * MINUTE_MS) return []
  const text = [
    `The oldest one has waited for ${durationText(now - late.dueAt)}, to ${late.host === '' ? 'e-mail' : late.host}.`,
    'It is neither paused nor failing: the delivery worker does not keep up, or does not run.',
  ]
  const title = 'Notifications are sent late'
  const detail = { text: lines(text), path: '/deliveries?state=pending' }
  return [{ kind: 'delivery_lag', subjectId: '', title, detail }]
}

export function findJournalLag(
  lagMs: number,
  { journalLagSeconds }: Pick<AlertSettings, 'journalLagSeconds'>,
): readonly AlertFinding[] {
  if (lagMs < journalLagSeconds * SECOND_MS) return []
  const text = [
    `What visitors do reaches the reports ${durationText(lagMs)} late.`,
    'Nothing is lost: it is on disk in the journals, and redirects go on.',
  ]
  const title = 'Reports are behind'
  return [{ kind: 'journal_lag', subjectId: '', title, detail: { text: lines(text), path: '/report' } }]
}

export type UsedUpCap = {
  readonly offerId: string
  readonly offerName: string
  readonly kind: 'daily' | 'monthly' | 'total'
  /** Words for what it counts, e.g. 'conversions'. */
  readonly measure: string
  /** As people write them. */
  readonly used: string
  readonly max: string
}

/** One finding for an offer, however many of its caps are used up. */
export function findUsedUpCaps(caps: readonly UsedUpCap[]): readonly AlertFinding[] {
  return [...Map.groupBy(caps, ({ offerId }) => offerId)].map(([offerId, of]) => {
    const text = [
      ...of.map(
        ({ kind, measure, used, max }) => `The ${kind} cap is used up: ${used} of ${max} ${measure}.`,
      ),
      'Visitors are sent to the overflow offer, or to the fallback.',
    ]
    const title = `The cap of ${of[0]?.offerName ?? offerId} is reached`
    const detail = { text: lines(text), path: `/offers/${offerId}` }
    return { kind: 'cap_reached', subjectId: offerId, title, detail }
  })
}

function lines(texts: readonly string[]): string {
  return texts.join('\n')
}
