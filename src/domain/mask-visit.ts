import { maskByName, maskUrl, withoutAddresses } from './mask-person.ts'

/** Every name of mask-person.ts has one of these in it; most names of tracking links have none. */
const NAME_HINT = /mail|phone|mobile|tel|msisdn|^em$|^ph$/i
/** The same anywhere in a URL. A letter of a name may be encoded (%41 … %7a). */
const URL_HINT = /@|mail|phone|mobile|tel|msisdn|\b(?:em|ph)=|%[4-7][\da-f]/i
/** What a mapped parameter must look like to be somebody's: an address, a number of seven digits, a hash. */
const PERSONAL = /@|%40|\d(?:\D{0,3}\d){6}|[\da-f]{64}/i

/** Whether a parameter of a visit may say who the visitor is. Nearly none does, so this must cost next to nothing. */
export function maySayPerson(name: string, value: string): boolean {
  return NAME_HINT.test(name) || value.includes('@') || value.includes('%40') || value.includes('://')
}

/**
 * A parameter of a visit as it is kept: what it says of the person is masked as in a hit (mask-person.ts). Nothing is
 * judged by it, so that no name is left out.
 * @param options.isMapped its traffic source or our own names give it a meaning: a token `mobile=1` is the kind of a
 *   device, and stays.
 */
export function maskVisitParam(
  name: string,
  value: string,
  { consent, isMapped }: { readonly consent: boolean; readonly isMapped: boolean },
): string {
  const named = isMapped && !PERSONAL.test(value) ? undefined : maskByName(name.toLowerCase(), value, consent)
  return named ?? (value.includes('://') ? maskVisitUrl(value, consent) : withoutAddresses(value))
}

/** A visit's referrer, or the page that it asked for, as it is kept. */
export function maskVisitUrl(url: string, consent: boolean): string {
  return URL_HINT.test(url) ? maskUrl(url, consent) : url
}
