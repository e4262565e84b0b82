/** Of one target. Many servers take 8 kB of headers with a request, of which ours need a part. */
export const CUSTOM_HEADER_LIMITS = {
  headersMax: 20,
  nameCharsMax: 64,
  valueCharsMax: 4_096,
  /** Names and values of all together. */
  totalCharsMax: 6_144,
} as const

/**
 * Headers that are not a target's to say. They describe our own call (its place, length and form), belong to the
 * connection and not to the message (RFC 9110, section 7.6.1), or ask for an answer that nobody here reads.
 */
const RESERVED: ReadonlySet<string> = new Set(
  `host user-agent content-length content-type content-encoding accept-encoding date
  connection keep-alive proxy-connection proxy-authorization proxy-authenticate
  te trailer transfer-encoding upgrade http2-settings expect`.split(/\s+/),
)
/** Of Standard Webhooks: receivers trust them. */
const RESERVED_PREFIX = 'webhook-'

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/
/** Visible ASCII, spaces inside (RFC 9110, section 5.5): no line can end in it. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/** Whether only the sender itself says this header. Case does not matter. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return RESERVED.has(lower) || lower.startsWith(RESERVED_PREFIX)
}

/** What is wrong with a target's own header, in one sentence without its value; '' when nothing is. */
export function findHeaderProblem(name: string, value: string): string {
  const { nameCharsMax, valueCharsMax } = CUSTOM_HEADER_LIMITS
  if (name.length > nameCharsMax) return `must have a name of ${nameCharsMax} characters at most`
  if (!NAME.test(name)) return 'must have a name of letters, digits, - and _'
  if (isReservedHeader(name)) return 'is a header that only Trailpost itself sends'
  if (value.length > valueCharsMax) return `must be ${valueCharsMax} characters at most`
  return VALUE.test(value) ? '' : 'must be printable ASCII, without spaces at its ends'
}
