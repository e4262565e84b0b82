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
