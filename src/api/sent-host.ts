import { domainToASCII } from 'node:url'

/** RFC 1035 section 2.3.4. */
export const HOST_CHARS_MAX = 253

/** A host name in the form that browsers send: lower case, and letters of other scripts in Punycode. */
export function toSentHost(text: string): string {
  // domainToASCII would cut the text there, and take what is left for what was meant.
  return /[/\\?#@:]/.test(text) ? text : domainToASCII(text) || text
}
