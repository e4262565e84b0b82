import { sha256Hex } from './sha256.ts'

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

/** What the sender says of the person; each plain, or as SHA-256 in hex. */
type Given = { readonly email: string; readonly phone: string }

/** As it is sent, or as a kept hit has it (mask-person.ts), where a second one is of the value's other form. */
const HASHES = /^(?:sha256:)?([0-9a-f]{64})(?:,([0-9a-f]{64}))?$/
const EMAIL = /^[^\s@]+@[^\s@]+$/
/** E.164: up to 15 digits with the country code. Fewer than 7 are no number of a person. */
const PHONE_DIGITS = /^[1-9]\d{6,14}$/
const GOOGLE_MAIL = /@(?:gmail|googlemail)\.com$/

/** The person of a hit; null without consent, and when it says nothing that can be read. */
export function personOf(fields: Given & { readonly consent: boolean }): Person | null {
  return fields.consent ? toPerson(fields) : null
}

/**
 * Normalised and hashed. What is a hash already is taken for every form of it: what was hashed can not be told any
 * more. Null when there is neither an address nor a number in it.
 */
export function toPerson({ email, phone }: Given): Person | null {
  const address = hashEmail(email)
  const number = hashPhone(phone)
  return address === undefined && number === undefined ? null : { ...NOBODY, ...address, ...number }
}

/** What is known of the person after a later hit of the same conversion: what that one says goes before. */
export function joinPerson(known: Person | null, later: Person | null): Person | null {
  if (known === null || later === null) return later ?? known
  const byEmail = later.emailSha256 === '' ? known : later
  const byPhone = later.phoneSha256 === '' ? known : later
  const { emailSha256, emailGoogleSha256 } = byEmail
  const { phoneSha256, phonePlusSha256 } = byPhone
  return { emailSha256, emailGoogleSha256, phoneSha256, phonePlusSha256 }
}

/** Trimmed and in lower case; '' when it is no address. */
function normaliseEmail(email: string): string {
  const text = email.trim().toLowerCase()
  return EMAIL.test(text) ? text : ''
}

/** Digits alone, with the country code and without its prefix 00; '' when it is no number. */
function normalisePhone(phone: string): string {
  const digits = phone.replace(/\D/g, '').replace(/^00/, '')
  return PHONE_DIGITS.test(digits) ? digits : ''
}

const NOBODY: Person = { emailSha256: '', emailGoogleSha256: '', phoneSha256: '', phonePlusSha256: '' }

function hashEmail(given: string): Pick<Person, 'emailSha256' | 'emailGoogleSha256'> | undefined {
  const hashes = readHashes(given)
  if (hashes !== undefined) return { emailSha256: hashes.first, emailGoogleSha256: hashes.second }
  const email = normaliseEmail(given)
  if (email === '') return undefined
  return { emailSha256: sha256Hex(email), emailGoogleSha256: sha256Hex(withoutGoogleDots(email)) }
}

function hashPhone(given: string): Pick<Person, 'phoneSha256' | 'phonePlusSha256'> | undefined {
  const hashes = readHashes(given)
  if (hashes !== undefined) return { phoneSha256: hashes.first, phonePlusSha256: hashes.second }
  const phone = normalisePhone(given)
  if (phone === '') return undefined
  return { phoneSha256: sha256Hex(phone), phonePlusSha256: sha256Hex(`+${phone}`) }
}

function readHashes(text: string): { readonly first: string; readonly second: string } | undefined {
  const [, first, second] = HASHES.exec(text.trim().toLowerCase()) ?? []
  return first === undefined ? undefined : { first, second: second ?? first }
}

function withoutGoogleDots(email: string): string {
  if (!GOOGLE_MAIL.test(email)) return email
  const at = email.indexOf('@')
  return email.slice(0, at).replaceAll('.', '') + email.slice(at)
}
