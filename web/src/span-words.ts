import { spanTexts as words } from './texts-inspector.ts'

const SECOND_MS = 1_000
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', SECOND_MS],
] as const

/** "2 h 14 min": a span of time in its two largest units; '' for less than a second, which is at once. */
export function spanWords(ms: number): string {
  const first = UNITS.findIndex(([, unitMs]) => ms >= unitMs)
  const [large, small] = [UNITS[first], UNITS[first + 1]]
  if (large === undefined) return ''
  const count = Math.floor(ms / large[1])
  const rest = small === undefined ? 0 : Math.floor((ms % large[1]) / small[1])
  const parts = [words[large[0]](count), ...(small !== undefined && rest > 0 ? [words[small[0]](rest)] : [])]
  return parts.join(' ')
}

/** "2 h 14 min later"; '' for what comes at once. */
export function laterWords(ms: number): string {
  const span = spanWords(ms)
  return span === '' ? '' : words.later(span)
}
