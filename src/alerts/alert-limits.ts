const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const ALERT_LIMITS = {
  /** Between two looks. */
  roundMs: MINUTE_MS,
  /** A process that died leaves the work to another one after so long. */
  leaseMs: 3 * MINUTE_MS,
  retryMinMs: 1_000,
  retryMaxMs: MINUTE_MS,
  reportTimeoutMs: 30_000,
  /** For the reports of all workspaces in one look: less than the lease, that no other process looks meanwhile. */
  reportsTimeoutMs: MINUTE_MS,
  /** Of one kind in one workspace; more than anybody reads. */
  findingsMax: 200,
  /** Hours of hits that one look counts for a workspace, so that a start is spread over some minutes. */
  hitHoursPerRound: 24,
  /** What is usual for a sender is what it did in so many hours: 14 days. */
  usualHitHours: 14 * 24,
  /** What came in the last minutes of an hour is on its way to the ledger still. */
  settleMs: 5 * MINUTE_MS,
  hourMs: HOUR_MS,
} as const
