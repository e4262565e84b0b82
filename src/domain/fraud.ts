/**
 * Signs that a visit or conversion may not be a person's doing. A flag is kept with the visit and can be reported;
 * it counts the visit as a bot's only where the workspace says so.
 */
export const FRAUD_FLAGS = ['datacenter', 'repeated_address', 'honeypot', 'too_fast', 'bad_referrer'] as const
export type FraudFlag = (typeof FRAUD_FLAGS)[number]

export type FraudSettings = {
  /** Flags that make a visit a bot's. */
  readonly botFlags: readonly FraudFlag[]
  /** More visits than this from one address to one campaign within the minutes are `repeated_address`; 0: off. */
  readonly repeatedAddressVisits: number
  readonly repeatedAddressMinutes: number
  /** Conversions sooner than this after the visit are `too_fast`; 0: off. */
  readonly tooFastSeconds: number
  /** Referrer domains that are `bad_referrer`, with everything below them. */
  readonly badReferrers: readonly string[]
}

export const DEFAULT_FRAUD_SETTINGS: FraudSettings = {
  botFlags: ['honeypot'],
  repeatedAddressVisits: 0,
  repeatedAddressMinutes: 60,
  tooFastSeconds: 0,
  badReferrers: [],
}
