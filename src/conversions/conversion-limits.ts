/** Every bound of judging, by name. */
export const CONVERSION_LIMITS = {
  /** Hits of one SQL transaction: the more a commit carries the fewer syncs, the longer the first one waits. */
  hitsPerCommitMax: 256,
  /** Hits waiting for a commit; more are refused, and the edge answers `queued`. */
  hitsWaitingMax: 10_000,
  /** Runs of a transaction that PostgreSQL chose as a deadlock's victim, or that lacked a visit's lock. */
  commitTriesMax: 4,
  /** Conversions that one visit may have: upsells and renewals, not a loop. */
  perVisitMax: 500,
  /** Conversions of one order that are looked through: its events, and clicks that share its number. */
  perOrderMax: 100,
  /** Updates that one visit may have: they are read with every conversion of it. */
  updatesPerVisitMax: 200,
  /**
   * How long a signature is remembered after its hit was judged. It is good for ten minutes; hits that waited in a
   * journal are judged later, repetitions with them.
   */
  signatureKeptMs: 24 * 3_600_000,
  /** Named numbers of one visit. */
  numbersPerVisitMax: 100,
  /**
   * A pixel hit judged later than this after its arrival shows nothing: its edge gives up at LIMITS.judgeWaitMs, and
   * what nobody saw must not be recorded as shown.
   */
  pixelShownMs: 1_500,
  /** Pixels that one answer shows; with their text it stays within what an edge takes (EDGE_LIMITS.answerBytesMax). */
  pixelsShownMax: 20,
  pixelCharsShownMax: 24_576,
  /** Body of POST /internal/hits. */
  internalBodyBytesMax: 16 * 1024 * 1024,
  /** How long GET /internal/snapshot waits for a newer one. */
  snapshotWaitMs: 25_000,
  snapshotPollMs: 250,
  /** A hit read from the journal waits this long for the edge's own request to judge it. */
  judgedByEdgeMs: 3_000,
  /** Records the consumer takes from a journal at once. */
  journalRecordsMax: 4_096,
  journalBytesMax: 8 * 1024 * 1024,
  journalIdleMs: 200,
  /** While it has much to read, the consumer writes its checkpoint down this often. */
  checkpointMs: 1_000,
  /** Pauses between tries while the store or the ledger is away. */
  retryMinMs: 100,
  retryMaxMs: 10_000,
  /** An unmatched hit with a genuine click id is judged again, ever more rarely, for two weeks. */
  rematchMinMs: 30_000,
  rematchMaxMs: 6 * 3_600_000,
  rematchAgeMaxMs: 14 * 86_400_000,
  rematchBatchMax: 200,
  rematchIdleMs: 5_000,
} as const
