import type { SystemVerdict } from './target-system.ts'

const REASON_CHARS_MAX = 300
/** Time-outs, limits and locks: the same call may pass later, and so may one whose credentials are mended meanwhile. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([401, 403, 408, 409, 423, 425, 429])

/** The answer's JSON object; undefined for anything else, e.g. for one that was cut when it was kept. */
export function parseAnswerBody(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(body))
  } catch {
    return undefined
  }
}

/** Whether there is nothing to be read, or a JSON object. */
export function isAnswerBody(body: string): boolean {
  return body.trim() === '' || parseAnswerBody(body) !== undefined
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Readonly<Record<string, unknown>>) : undefined
}

/** The first of the values that is a text, cut to what a log shows; '' when none is. */
export function firstText(...values: readonly unknown[]): string {
  const text = values.find((value) => typeof value === 'string' && value !== '')
  return typeof text === 'string' ? text.slice(0, REASON_CHARS_MAX) : ''
}

/**
 * What the status alone says: 2xx is taken; of the others, only a client's error that no waiting mends is for good.
 * @param reason the system's own words; '' for none.
 */
export function verdictByStatus(status: number, reason: string): SystemVerdict {
  if (status >= 200 && status < 300) return { kind: 'taken' }
  const forGood = status >= 400 && status < 500 && !PASSING_STATUSES.has(status)
  return refusal(reason === '' ? `status ${status}` : `status ${status}: ${reason}`, forGood)
}

export function refusal(reason: string, forGood: boolean): SystemVerdict {
  return { kind: 'refused', reason, forGood }
}
