import { cutText } from './query.ts'

const HIGH_BYTES = /[\x80-\xff]/

/**
 * A header's value as text, cut to a length. node:http hands headers over as latin1; the senders of bytes beyond
 * ASCII mean UTF-8.
 */
export function headerText(value: string | undefined, charsMax: number): string {
  if (value === undefined) return ''
  return cutText(HIGH_BYTES.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value, charsMax)
}
