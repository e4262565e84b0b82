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
  /** Without dots and a +suffix in the name, and without accents (Microsoft Advertising, "Enhanced conversions"). */
  readonly emailMicrosoftSha256: string
  /** Of the phone number's digits with its country code. */
  readonly phoneSha256: string
  /** The same with a leading plus (E.164). */
  readonly phonePlusSha256: string
}

/** What the sender says of the person; each plain, or as SHA-256 in hex. */
type Given = {
  readonly email: string
  readonly phone: string
  /** A hash in it is of the number with its plus; which form a hash in `phone` has, nobody says. */
  readonly phoneSha256?: string
}

/** As it is sent, or as a kept hit has it (mask-person.ts), where further ones are of the value's other forms. */
const HASHES = /^(?:sha256:)?((?:[0-9a-f]{64},){0,2}[0-9a-f]{64})$/
const EMAIL = /^[^\s@]+@[^\s@]+$/
/** E.164: up to 15 digits with the country code. Fewer than 7 are no number of a person. */
const PHONE_DIGITS = /^[1-9]\d{6,14}$/
/** "+44 (0)20 …": dialled within the country, and no part of the number. */
const TRUNK_ZERO = /^(\s*(?:\+|00)[\s\d.-]{1,6})\(\s*0\s*\)/
const GOOGLE_MAIL = /@(?:gmail|googlemail)\.com$/

/** The person of a hit; null without consent, and when it says nothing that can be read. */
export function personOf(fields: Given & { readonly consent: boolean }): Person | null {
  return fields.consent ? toPerson(fields) : null
}

/**
 * Normalised and hashed. What is a hash already is taken for every form of it: what was hashed can not be told any
 * more, but where its parameter says it. Null when there is neither an address nor a number in it.
 */
export function toPerson({ email, phone, phoneSha256 = '' }: Given): Person | null {
  const address = hashEmail(email)
  const number = joinPhones(hashPhone(phone), hashPlusPhone(phoneSha256))
  return address === undefined && number === undefined ? null : { ...NOBODY, ...address, ...number }
}

/** What is known of the person after a later hit of the same conversion: what that one says goes before. */
export function joinPerson(known: Person | null, later: Person | null): Person | null {
  if (known === null || later === null) return later ?? known
  const byEmail = later.emailSha256 === '' ? known : later
  const byPhone = later.phonePlusSha256 === '' ? known : later
  const { emailSha256, emailGoogleSha256, emailMicrosoftSha256 } = byEmail
  const { phoneSha256, phonePlusSha256 } = byPhone
  return { emailSha256, emailGoogleSha256, emailMicrosoftSha256, phoneSha256, phonePlusSha256 }
}

/** Trimmed and in lower case; '' when it is no address. */
function normaliseEmail(email: string): string {
  const text = email.trim().toLowerCase()
  return EMAIL.test(text) ? text : ''
}

/** Digits alone, with the country code, without its prefix 00 and a trunk zero in parentheses; '' for no number. */
function normalisePhone(phone: string): string {
  const digits = phone.replace(TRUNK_ZERO, '$1').replace(/\D/g, '').replace(/^00/, '')
  return PHONE_DIGITS.test(digits) ? digits : ''
}

type Emails = Pick<Person, 'emailSha256' | 'emailGoogleSha256' | 'emailMicrosoftSha256'>
type Phones = Pick<Person, 'phoneSha256' | 'phonePlusSha256'>

const NOBODY: Person = {
  emailSha256: '',
  emailGoogleSha256: '',
  emailMicrosoftSha256: '',
  phoneSha256: '',
  phonePlusSha256: '',
}

function hashEmail(given: string): Emails | undefined {
  const [hash = '', google = hash, microsoft = hash] = readHashes(given)
  if (hash !== '') {
    return { emailSha256: hash, emailGoogleSha256: google, emailMicrosoftSha256: microsoft }
  }
  const email = normaliseEmail(given)
  if (email === '') return undefined
  return {
    emailSha256: sha256Hex(email),
    emailGoogleSha256: sha256Hex(withoutGoogleDots(email)),
    emailMicrosoftSha256: sha256Hex(microsoftForm(email)),
  }
}

/** A single hash is of the number with its plus; whatever else is there is read as `phone` is. */
function hashPlusPhone(given: string): Phones | undefined {
  const [hash, other] = readHashes(given)
  const isOne = hash !== undefined && other === undefined
  return isOne ? { phoneSha256: '', phonePlusSha256: hash } : hashPhone(given)
}

function joinPhones(given: Phones | undefined, plus: Phones | undefined): Phones | undefined {
  if (given === undefined || plus === undefined) return given ?? plus
  return { ...plus, phoneSha256: given.phoneSha256 }
}

function hashPhone(given: string): Phones | undefined {
  const [hash = '', plus = hash] = readHashes(given)
  if (hash !== '') return { phoneSha256: hash, phonePlusSha256: plus }
  const phone = normalisePhone(given)
  if (phone === '') return undefined
  return { phoneSha256: sha256Hex(phone), phonePlusSha256: sha256Hex(`+${phone}`) }
}

function readHashes(text: string): readonly string[] {
  return HASHES.exec(text.trim().toLowerCase())?.[1]?.split(',') ?? []
}

/** "Remove everything between + and @, any periods that come before @, and any accents." */
function microsoftForm(email: string): string {
  const plain = email.normalize('NFD').replace(/\p{M}/gu, '')
  const at = plain.indexOf('@')
  return plain.slice(0, at).replace(/\+.*/, '').replaceAll('.', '') + plain.slice(at)
}

function withoutGoogleDots(email: string): string {
  if (!GOOGLE_MAIL.test(email)) return email
  const at = email.indexOf('@')
  return email.slice(0, at).replaceAll('.', '') + email.slice(at)
}
