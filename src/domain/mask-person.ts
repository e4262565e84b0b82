import type { Hit } from './hit.ts'
import { HIT_PARAM_NAMES } from './hit-params.ts'
import { type Person, toPerson } from './person.ts'
import { isUnfilledMacro } from './unfilled-macro.ts'

const EMAIL_NAMES: ReadonlySet<string> = new Set(HIT_PARAM_NAMES.email)
const PHONE_NAMES: ReadonlySet<string> = new Set([...HIT_PARAM_NAMES.phone, ...HIT_PARAM_NAMES.phoneSha256])
/** What senders call them besides, in lower case without - and _: never read, hence never hashed. */
const OTHER_NAMES: ReadonlySet<string> = new Set(
  `mail emailaddress mailaddress useremail usermail customeremail clientemail buyeremail payeremail contactemail
  billingemail shippingemail subscriberemail leademail emailsha256 hashedemail phonenumber mobile mobilenumber
  mobilephone userphone customerphone clientphone contactphone billingphone shippingphone telephone tel msisdn
  cellphone hashedphone`.split(/\s+/),
)
/** What a hit is judged by: a kept hit says the same when it is judged again. */
const JUDGED_NAMES: ReadonlySet<string> = new Set(
  (['cid', 'txid', 'event', 'status', 'offer', 'coupon', 'affiliate', 'token', 'ts', 'sig'] as const).flatMap(
    (field) => HIT_PARAM_NAMES[field],
  ),
)
/** An e-mail address, about its @ as it is or encoded: so many characters before it, and a host behind it. */
const AT = /@|%40/g
const NAME_CHARACTER = /[\p{L}\p{N}._%+-]/u
const NAME_CHARS_MAX = 64
const HOST = /[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/uy
const MASK = '***'

/**
 * A hit as it is kept: what it says of the person is masked in its parameters, its query string and its referrer, by the
 * names of parameters, whatever their case and encoding, and wherever something looks like an e-mail address. `sha256:`
 * and the hashes of what is read (`email`, `phone`) with consent, so that a hit that is judged again says the same; `***`
 * for everything else. What a hit is judged by stays, e.g. a transaction id that is an address.
 * @param consent whether the person agrees (HitFields.consent).
 * @returns the hit itself when it says nothing of a person.
 */
export function maskPerson(hit: Hit, consent: boolean): Hit {
  const params = hit.params.map(([name, value]) => [name, maskParam(name, value, consent)] as const)
  const isSaid = params.some(([, value], index) => value !== hit.params[index]?.[1])
  // Every pair of the query string is among the parameters, but one that came behind too many others.
  const isLoose = isSaid || /@|%40/.test(hit.rawQuery)
  const rawQuery = isLoose ? maskQuery(hit.rawQuery, consent) : hit.rawQuery
  const referrer = maskUrl(hit.referrer, consent)
  if (!isSaid && rawQuery === hit.rawQuery && referrer === hit.referrer) return hit
  return { ...hit, params, rawQuery, referrer }
}

/** The same for parameters alone. */
export function maskParams(
  params: Readonly<Record<string, string>>,
  consent: boolean,
): Readonly<Record<string, string>> {
  const masked = Object.entries(params).map(([name, value]) => [name, maskParam(name, value, consent)])
  return Object.fromEntries(masked)
}

function maskParam(name: string, value: string, consent: boolean): string {
  const lower = name.toLowerCase()
  if (isBlank(value)) return value
  return maskByName(lower, value, consent) ?? (JUDGED_NAMES.has(lower) ? value : withoutAddresses(value))
}

/**
 * What is kept of a value whose name says that it is a person's e-mail address or phone number.
 * @param name in lower case.
 * @returns undefined for other names.
 */
export function maskByName(name: string, value: string, consent: boolean): string | undefined {
  if (EMAIL_NAMES.has(name) || PHONE_NAMES.has(name)) return maskValue(name, value, consent)
  return OTHER_NAMES.has(name.replace(/[-_]/g, '')) ? MASK : undefined
}

/**
 * The text without what looks like an e-mail address. From each @ to both sides: one expression for all of it begins
 * anew at every character, and 8 kB of a visitor's parameters stopped an edge for 27 ms.
 */
export function withoutAddresses(text: string): string {
  let [kept, done] = ['', 0]
  for (const { index, 0: at } of text.matchAll(AT)) {
    HOST.lastIndex = index + at.length
    const from = startOfName(text, index, done)
    if (from === index || !HOST.test(text)) continue
    kept += text.slice(done, from) + MASK
    done = HOST.lastIndex
  }
  return done === 0 ? text : kept + text.slice(done)
}

/** Where the name before an @ begins, not before `from`; the @ itself when there is none. */
function startOfName(text: string, at: number, from: number): number {
  const first = Math.max(from, at - NAME_CHARS_MAX)
  let start = at
  while (start > first && NAME_CHARACTER.test(text.charAt(start - 1))) start -= 1
  return start
}

/** Says nothing of anybody, and should be recognised in the log for what it is. */
function isBlank(value: string): boolean {
  return value.trim() === '' || isUnfilledMacro(value)
}

/** @param name in lower case. */
function maskValue(name: string, value: string, consent: boolean): string {
  if (!consent) return MASK
  const given = { email: '', phone: '', phoneSha256: '' }
  if (EMAIL_NAMES.has(name)) {
    const person = toPerson({ ...given, email: value })
    return hashes(person, ['emailSha256', 'emailGoogleSha256', 'emailMicrosoftSha256'])
  }
  const isPlus = HIT_PARAM_NAMES.phoneSha256.includes(name)
  const person = toPerson({ ...given, [isPlus ? 'phoneSha256' : 'phone']: value })
  return hashes(person, ['phoneSha256', 'phonePlusSha256'])
}

/** All forms, where they differ: what was masked is read again (person.ts). */
function hashes(person: Person | null, forms: readonly (keyof Person)[]): string {
  const known = person === null ? [] : forms.map((form) => person[form]).filter((hash) => hash !== '')
  if (known.length === 0) return MASK
  const isOne = new Set(known).size === 1
  return `sha256:${isOne ? known[0] : known.join(',')}`
}

/** A URL as it is kept: its parameters are masked as those of a hit, in the query and in the fragment. */
export function maskUrl(url: string, consent: boolean): string {
  const [address = '', ...rest] = url.split(/(?=[?#])/)
  const parts = rest.map((part) => part.charAt(0) + maskQuery(part.slice(1), consent))
  return [withoutAddresses(address), ...parts].join('')
}

/** Pair by pair, so that the rest of the text stays as it was sent. */
function maskQuery(query: string, consent: boolean): string {
  return query
    .split('&')
    .map((pair) => {
      const [[name, value] = ['', '']] = new URLSearchParams(pair)
      const masked = maskParam(name, value, consent)
      if (masked !== value) return `${pair.slice(0, pair.indexOf('='))}=${toQueryValue(masked)}`
      return pair.includes('=') ? pair : withoutAddresses(pair)
    })
    .join('&')
}

/** Encoded, but for what reads well in a query string and may stand there. */
function toQueryValue(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/')
}
