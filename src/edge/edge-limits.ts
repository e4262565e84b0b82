/** Every limit and wait of the edge that is no part of the public protocol (those are in domain/limits.ts). */
export const EDGE_LIMITS = {
  /** Request line and headers together. Leaves room for a full-length URL beside a full cookie jar. */
  headerBytesMax: 32_768,
  headersCountMax: 100,
  /** A slow sender of headers. */
  headersTimeoutMs: 10_000,
  /** A slow sender of a whole request, body included. */
  requestTimeoutMs: 15_000,
  /** Longer than the usual 60 s of load balancers, so that they close idle connections first. */
  keepAliveTimeoutMs: 65_000,
  timeoutCheckMs: 5_000,
  /** Of a body over the limit, read and thrown away before the connection is closed. */
  bodyDiscardedBytesMax: 1_048_576,
  connectionsMax: 50_000,
  backlog: 4_096,

  /** While stopping: how long idle keep-alive connections may still send a request. */
  drainGraceMs: 300,
  drainSweepMs: 50,
  /** While stopping: how long requests in flight may take. Judging waits up to 2 s. */
  drainMs: 5_000,

  /** Second hop of a double meta refresh: the browser follows at once. */
  hopLifetimeMs: 120_000,
  /** Of where a visitor was sent, what is recorded with the visit or click. */
  locationCharsMax: 2_048,
  /** Longest target that fits into a hop URL of LIMITS.urlBytesMax after base64url. */
  hopTargetBytesMax: 5_800,

  /** Hits waiting for core; beyond it they are answered `queued` at once. */
  hitsWaitingMax: 10_000,
  hitsPerRequestMax: 500,
  /** Requests with hits under way to core; more hits wait and share the next request. */
  hitRequestsMax: 4,
  coreLookupTimeoutMs: 1_000,
  /** A visitor waits for the answer whether it converted already: no longer than people notice. */
  convertedTimeoutMs: 300,
  peerLookupTimeoutMs: 250,
  peerSocketsMax: 16,
  /** Largest answer taken from core or a peer, other than a snapshot: hitsPerRequestMax hits with all their pixels. */
  answerBytesMax: 33_554_432,
  /** After so many failures in a row nothing is asked for circuitOpenMs. */
  circuitFailuresMax: 3,
  circuitOpenMs: 500,

  /** Core answers a long-poll within 25 s. */
  snapshotPollTimeoutMs: 35_000,
  snapshotRetryMs: 250,
  /** Core starts a few seconds after the edges: that long its silence is nothing to report. */
  snapshotFailuresQuiet: 20,
  /** How long visitors wait at most while a snapshot's campaigns are parsed. */
  snapshotSliceMs: 5,
  snapshotBytesMax: 268_435_456,

  visitsRememberedMax: 20_000,
  addressesCachedMax: 20_000,
  /** Addresses by link whose visits are counted. */
  addressWindowsMax: 50_000,
  /** Impressions of one address that an offer pays one affiliate for within the window. */
  paidImpressionsPerAddressMax: 20,
  paidImpressionsWindowMs: 86_400_000,
  placesCachedMax: 10_000,
  devicesCachedMax: 5_000,
  languagesCachedMax: 2_000,
  /** Of one expression of a rule. */
  regexAnswersCachedMax: 200,
  /** Devices, places, and sets of rules that are left, of one flow. */
  ruleSetsCachedMax: 500,
  /** Of one client hint or Accept-Language, in the key of its cache; the domain reads no more of it. */
  hintCharsMax: 512,
  cityCacheBytesMax: 8_388_608,
  city6CacheBytesMax: 4_194_304,
  asnCacheBytesMax: 2_097_152,

  /** One line of a repeated failure per so long, with the number of the silent ones. */
  repeatedLogMs: 5_000,
} as const
