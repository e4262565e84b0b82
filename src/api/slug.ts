import { randomInt } from 'node:crypto'

const SLUG_CHARS_MAX = 60
const SUFFIX_CHARS = 5
/** Without letters and digits that look alike. */
const SUFFIX_ALPHABET = '23456789abcdefghjkmnpqrstvwxyz'

/** A slug for a campaign that got none: its name's words, and a few characters so that it is free. */
export function makeSlug(name: string): string {
  const words = name
    .toLowerCase()
    .replaceAll('ß', 'ss')
    // Letters without their accents.
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, SLUG_CHARS_MAX - SUFFIX_CHARS - 1)
    .replace(/-$/, '')
  const suffix = Array.from({ length: SUFFIX_CHARS }, () =>
    SUFFIX_ALPHABET.charAt(randomInt(SUFFIX_ALPHABET.length)),
  ).join('')
  return words === '' ? suffix : `${words}-${suffix}`
}
