/**
 * Who converted, as far as the sender of the hit gave it with the person's consent: SHA-256 in hex of the normalised
 * values, never the values themselves. '' for what was not given.
 */
export type Person = {
  /** Of the e-mail address, trimmed and in lower case. */
  readonly emailSha256: string
  /** The same without the dots of a gmail.com or googlemail.com name (Google Ads, "Format your data"). */
  readonly emailGoogleSha256: string
  /** Of the phone number's digits with its country code. */
  readonly phoneSha256: string
  /** The same with a leading plus (E.164). */
  readonly phonePlusSha256: string
}
