import { randomUUID } from 'node:crypto'

const TIME_DIGITS = 12

/**
 * An id of a hit: 36 hex digits, 48 bits of milliseconds and 96 random ones, so that hits sort by time. It does
 * not look like a click id, which somebody might otherwise paste in its place.
 */
export function createHitId(nowMs: number): string {
  const uuid = randomUUID()
  const random = uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(24)
  return nowMs.toString(16).padStart(TIME_DIGITS, '0') + random
}
