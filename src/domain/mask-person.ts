import type { Hit } from './hit.ts'
import { toPerson } from './person.ts'
import { isUnfilledMacro } from './unfilled-macro.ts'

const EMAIL_NAMES: ReadonlySet<string> = new Set(['email', 'em'])
const PHONE_NAMES: ReadonlySet<string> = new Set(['phone', 'ph'])
/** In a query string, as it is sent; an encoded name is found among the parameters. */
const NAMED = /(?:^|[?&])(?:email|em|phone|ph)=/i
const MASK = '***'

/**
 * A hit as it is kept: what it says of the person is masked in its parameters, its query string and its referrer.
 * `sha256:` and the hashes of it with consent, so that a hit that is judged again says the same; `***` without.
 * @param consent whether the person agrees (HitFields.consent).
 * @returns the hit itself when it says nothing of a person.
 */
export function maskPerson(hit: Hit, consent: boolean): Hit {
  const { params, rawQuery, referrer } = hit
  const isSaid = params.some(([name]) => isPersonal(name)) || NAMED.test(rawQuery) || NAMED.test(referrer)
  if (!isSaid) return hit
  return {
    ...hit,
    params: params.map(([name, value]) => [name, maskParam(name, value, consent)]),
    rawQuery: maskQuery(rawQuery, consent),
    referrer: referrer
      .split('?')
      .map((part) => maskQuery(part, consent))
      .join('?'),
  }
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
  return isPersonal(name) && !isBlank(value) ? maskValue(name, value, consent) : value
}

function isPersonal(name: string): boolean {
  const lower = name.toLowerCase()
  return EMAIL_NAMES.has(lower) || PHONE_NAMES.has(lower)
}

/** Says nothing of anybody, and should be recognised in the log for what it is. */
function isBlank(value: string): boolean {
  return value.trim() === '' || isUnfilledMacro(value)
}

function maskValue(name: string, value: string, consent: boolean): string {
  if (!consent) return MASK
  if (EMAIL_NAMES.has(name.toLowerCase())) {
    const person = toPerson({ email: value, phone: '' })
    return person === null ? MASK : hashes(person.emailSha256, person.emailGoogleSha256)
  }
  const person = toPerson({ email: '', phone: value })
  return person === null ? MASK : hashes(person.phoneSha256, person.phonePlusSha256)
}

/** Both forms, where they differ: what was masked is read again (person.ts). */
function hashes(first: string, second: string): string {
  return first === second ? `sha256:${first}` : `sha256:${first},${second}`
}

/** Pair by pair, so that the rest of the text stays as it was sent. */
function maskQuery(query: string, consent: boolean): string {
  return query
    .split('&')
    .map((pair) => {
      const [[name, value] = ['', '']] = new URLSearchParams(pair)
      const masked = maskParam(name, value, consent)
      return masked === value ? pair : `${pair.slice(0, pair.indexOf('='))}=${masked}`
    })
    .join('&')
}
