import type { Answer } from './answer.ts'

const MASK = '***'
/** Shorter texts stand in many places by chance, and masking them there would tell where they are not secret. */
const SECRET_CHARS_MIN = 6
/** …and of the parts of a header's value, whose schemes and names are words of everybody's. */
const PART_CHARS_MIN = 8
/** RFC 7617: user and password. */
const BASIC = /^basic +([A-Za-z0-9+/]+=*)$/i

/** What must not be read in a log. */
export type CallSecrets = {
  /** Of the target and its system: any value may be a credential. */
  readonly headers: Readonly<Record<string, string>>
  /** Credentials in the URL or the body. */
  readonly values: readonly string[]
}

/** The headers that were sent, with the values of the target's own masked. */
export function maskHeaders(
  sent: Readonly<Record<string, string>>,
  secret: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const masked = Object.entries(sent).map(([name, value]) => [
    name,
    Object.hasOwn(secret, name) ? MASK : value,
  ])
  return Object.fromEntries(masked)
}

/** A text without credentials, in whatever form a URL, JSON or form has them. */
export function maskText(text: string, values: readonly string[]): string {
  return formsOf(values).reduce((masked, form) => masked.replaceAll(form, MASK), text)
}

/** An answer that repeats what it was called with: some receivers echo the whole request. */
export function maskAnswer(answer: Answer, { headers, values }: CallSecrets): Answer {
  const secrets = [...Object.values(headers).flatMap(partsOf), ...values]
  if (secrets.length === 0) return answer
  const answered = Object.entries(answer.headers).map(([name, value]) => [name, maskText(value, secrets)])
  return { ...answer, headers: Object.fromEntries(answered), body: maskText(answer.body, secrets) }
}

/** Receivers repeat the credential alone, without the scheme before it: `Invalid key: …` for `Bearer …`. */
function partsOf(value: string): readonly string[] {
  const [, encoded = ''] = BASIC.exec(value) ?? []
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const password = pair.slice(pair.indexOf(':') + 1)
  const parts = [...value.split(/[\s,;="']+/), encoded, pair, password]
  return [value, ...parts.filter((part) => part.length >= PART_CHARS_MIN)]
}

/** A secret that is an address, as chats' webhooks are, may be called by its path on another host. */
function pathOf(value: string): readonly string[] {
  const path = /^https?:/i.test(value) ? (URL.parse(value)?.pathname ?? '') : ''
  return path.length < SECRET_CHARS_MIN ? [] : [path]
}

/** Longest first: one may begin another. */
function formsOf(values: readonly string[]): readonly string[] {
  const long = values.filter((value) => value.length >= SECRET_CHARS_MIN)
  const forms = long.flatMap((value) => [
    value,
    ...pathOf(value),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
  ])
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}
