/** Every bound of retention, by name. */
export const RETENTION_LIMITS = {
  /** Rows of one transaction: some ten milliseconds, which judging and delivery wait for on SQLite. */
  stepRowsMax: 200,
  /** Between two transactions, so that others get their turn. */
  breathMs: 20,
  /** How often open erasures are looked for. */
  idleMs: 5_000,
  /** How often ages and sizes are looked at. */
  passMs: 60 * 60 * 1000,
  /** How often every erasure is applied to what came since. */
  sweepMs: 60 * 60 * 1000,
  /** Personal data and parameters are treated once a day; how far behind the last time each walk begins again, for late rows. */
  overlapMs: 3 * 24 * 60 * 60 * 1000,
  /** Longer than any step; without a sign of life for so long another process takes over. */
  leaseMs: 10 * 60 * 1000,
  /** Erasures that one mutation of the ledger is for. */
  erasuresMax: 500,
  /** Workspaces that one mutation treats: about 1.5 kB of its text each, of which ClickHouse reads 256 KiB. */
  policiesMax: 50,
  /** Pauses after a failure. */
  retryFirstMs: 1_000,
  retryMaxMs: 60_000,
} as const
