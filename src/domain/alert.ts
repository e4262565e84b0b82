/**
 * target_failing     calls to a notification target fail
 * target_disabled    a target was switched off by itself: 410, or five days of failure
 * delivery_lag       notifications wait longer than they should
 * journal_lag        what the edges wrote reaches the ledger late: the installation's, told to every workspace
 * unmatched_rate     more hits than usual find no visit
 * conversion_rate    a campaign converts unlike it did the weeks before
 * cap_reached        an offer's cap is full
 */
export const ALERT_KINDS = [
  ...(['target_failing', 'target_disabled', 'delivery_lag', 'journal_lag'] as const),
  ...(['unmatched_rate', 'conversion_rate', 'cap_reached'] as const),
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** These are either so or not: one look tells that they are over. The others are measured, and may swing. */
export const STATED_KINDS: ReadonlySet<AlertKind> = new Set(['target_disabled', 'cap_reached'])

/** What a workspace wants to be told of. */
export type AlertSettings = {
  /** Kinds that nobody is told of. */
  readonly muted: readonly AlertKind[]
  /** HH:MM in the workspace's time zone; nothing is sent between them and everything after. '' for no quiet hours. */
  readonly quietFrom: string
  readonly quietTo: string
  /** A target fails for so long before it is news. */
  readonly targetFailingMinutes: number
  readonly deliveryLagMinutes: number
  readonly journalLagSeconds: number
}

export const DEFAULT_ALERT_SETTINGS: AlertSettings = {
  muted: [],
  quietFrom: '',
  quietTo: '',
  targetFailingMinutes: 15,
  deliveryLagMinutes: 10,
  journalLagSeconds: 60,
}

/** That something is wrong now, as a rule says it. */
export type AlertFinding = {
  readonly kind: AlertKind
  /** The target, campaign, offer or sender that it is about; '' for the whole workspace. */
  readonly subjectId: string
  /** One line. */
  readonly title: string
  readonly detail: AlertDetail
}

export type AlertDetail = {
  /** Plain text with the numbers; lines end with \n. */
  readonly text: string
  /** Where in the dashboard to look closer, e.g. `/offers/ID`. */
  readonly path: string
}

/** One that is kept: found, and told of in turns. */
export type Alert = AlertFinding & {
  readonly id: string
  readonly workspace: string
  readonly state: AlertState
  /** Unix milliseconds, as all times here. */
  readonly openedAt: number
  /** When it was last found to hold. */
  readonly seenAt: number
  /** Since when it is found to hold no more; null while it holds. */
  readonly clearedAt: number | null
  readonly resolvedAt: number | null
  /** When channels were last told of it; null when never. */
  readonly toldAt: number | null
  /** Turns so far (opened, reminded, resolved): channels hear of each once. */
  readonly transitions: number
  /** The last turn that channels were told of; less while one waits. */
  readonly toldTransition: number
}

export const ALERT_STATES = ['open', 'resolved'] as const
export type AlertState = (typeof ALERT_STATES)[number]
