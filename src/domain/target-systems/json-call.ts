import type { BuiltCall } from './target-system.ts'

/** A POST of JSON, as most systems take their news; without its credentials. */
export function jsonCall(url: string, content: object): BuiltCall {
  const body = JSON.stringify(content)
  return { kind: 'call', call: { method: 'POST', url, body, contentType: 'application/json' } }
}
