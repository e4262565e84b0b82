/**
 * What a rendered call may carry of a person: an address, a user agent, or a digest as templates make them ({ip|md5},
 * hashed e-mail addresses).
 */
const PATTERNS: readonly RegExp[] = [
  /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/,
  /(?<![\da-f:])(?:[\da-f]{1,4}:){3,7}[\da-f]{1,4}(?![\da-f:])/i,
  /(?<![\da-f:])(?:[\da-f]{1,4}:){1,6}:(?:[\da-f]{1,4}(?::[\da-f]{1,4})*)?/i,
  /\b(?:Mozilla|Dalvik|okhttp|CFNetwork)\/\d/,
  /(?<![\da-f])(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64})(?![\da-f])/i,
]

/** A parameter, field of a form or property of JSON that holds a user agent, however that looks: by its name. */
const USER_AGENT_FIELD =
  /(?:(?<![a-z\d])ua|deviceua|uagent|user[^a-z\d]?agent)[\]"]{0,2}\s{0,4}[=:]\s{0,4}"?[^\s"&,}]/i

const EMAIL = /[^\s@"'<>=&]{1,64}@[^\s@"'<>&]{1,255}\.[a-z]{2,}/i

/**
 * Whether the URL or body of a call may tell who a person is. It errs on the careful side: an external id of 32 hex
 * digits counts, too.
 */
export function carriesPersonalData(text: string): boolean {
  // Where it is sent is no person's: a receiver may have an address for a name.
  const payload = decoded(text.replace(/^[a-z]+:\/\/[^/?#]*/i, ''))
  return USER_AGENT_FIELD.test(payload) || PATTERNS.some((pattern) => pattern.test(payload))
}

/** The words of a receiver without what may tell who a person is: in place of each stands (masked). */
export function masked(text: string): string {
  return [EMAIL, ...PATTERNS].reduce(
    (left, pattern) => left.replace(new RegExp(pattern.source, `g${pattern.flags}`), '(masked)'),
    text,
  )
}

function decoded(text: string): string {
  return text.replaceAll('+', ' ').replace(/(?:%[\da-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped)
    } catch {
      return escaped
    }
  })
}
