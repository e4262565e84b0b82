/** Characters that JSON writes as they are, and that most values consist of. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/** A JSON string. The test is cheaper than JSON.stringify for the short plain values of which rows consist. */
export function jsonString(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** `,"name":"value"`, or nothing for an empty value: the ledger's default. @param name needs no escaping. */
export function jsonField(name: string, value: string): string {
  return value === '' ? '' : `,"${name}":${jsonString(value)}`
}
