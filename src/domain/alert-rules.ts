import type { AlertFinding, AlertSettings } from './alert.ts'
import { countText, durationText } from './alert-text.ts'
import type { OwnerType } from './target-types.ts'

const MINUTE_MS = 60_000
const SECOND_MS = 1_000

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
  readonly failuresInRow: number
  readonly lastError: string
}

/**
 * An affiliate's own postbacks are not here: they are the affiliate's affair, who sees their log in the portal, and a
 * network has thousands of them.
 */
export function findUnwellTargets(
  targets: readonly UnwellTarget[],
  { targetFailingMinutes }: Pick<AlertSettings, 'targetFailingMinutes'>,
  now: number,
): readonly AlertFinding[] {
  return targets
    .filter(({ ownerType }) => ownerType !== 'affiliate')
    .flatMap((target) => {
      if (target.disabledReason !== '') return [disabledFinding(target)]
      const { failingSince } = target
      if (failingSince === null || now - failingSince < targetFailingMinutes * MINUTE_MS) return []
      return [failingFinding(target, now - failingSince)]
    })
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

function failingFinding(target: UnwellTarget, forMs: number): AlertFinding {
  const failures = countText(target.failuresInRow, 'call', 'calls')
  const text = [
    `No call has succeeded for ${durationText(forMs)}; ${failures} failed in a row.`,
    ...(target.lastError === '' ? [] : [`The last one: ${target.lastError}.`]),
    'Calls are kept and tried again.',
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
