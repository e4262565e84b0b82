/** `,"name":"value"`, or nothing for an empty value: the ledger's default. @param name needs no escaping. */
export function jsonField(name: string, value: string): string {
  return value === '' ? '' : `,"${name}":${JSON.stringify(value)}`
}
