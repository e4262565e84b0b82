/** Every limit of the public wire, by name (PROTOCOL; DESIGN section 6). */
export const LIMITS = {
  /** Request target (path and query), bytes. Longer is answered 414. */
  urlBytesMax: 8_192,
  /** Parameters kept of one visit or hit; excess is dropped and counted. */
  paramsMax: 100,
  paramNameCharsMax: 64,
  paramValueCharsMax: 1_024,
  externalIdCharsMax: 512,
  userAgentCharsMax: 512,
  referrerCharsMax: 1_024,
  /** POST body of a postback, bytes. */
  bodyBytesMax: 65_536,
  txidCharsMax: 128,
  eventCharsMax: 64,
  /** Amount of one conversion, micros of any currency: a million million is nobody's payout. */
  amountMicrosMax: 1_000_000_000_000_000,
  /** How far `ts` of a signed hit may be from its arrival (PROTOCOL section 2, "Signature"). */
  signatureToleranceMs: 300_000,
  /** How long an edge waits for core's judgement before it answers `queued`. */
  judgeWaitMs: 2_000,
} as const
