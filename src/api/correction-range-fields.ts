import { z } from 'zod'
import { CORRECTION_LIMITS } from '../corrections/correction-limits.ts'
import type { CorrectionRange } from '../corrections/correction-range.ts'
import { invalidFields } from './problem.ts'

const DAY_MS = 86_400_000
/** What the ledger's times can hold, Unix seconds. */
const SECONDS_MAX = 2 ** 32 - 1

const momentField = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

/** Which visits a correction is about; `toRange` reads them. */
export const rangeFields = {
  from: momentField.describe('First day in the time zone, e.g. 2026-11-01; or a time in whole seconds'),
  to: momentField.describe('Last day, included; or a time, not included. As `from`: a day or a time'),
}

/** @throws Problem 422 when the two are no range */
export function toRange({ from, to }: { readonly from: string; readonly to: string }): CorrectionRange {
  const isDays = isDay(from)
  if (isDays !== isDay(to)) throw invalid('to', 'must be a day when from is one, and a time when from is one')
  const [start, end] = [Date.parse(from), Date.parse(to) + (isDays ? DAY_MS : 0)]
  if (end <= start) throw invalid('to', 'must be after from')
  if (end - start > CORRECTION_LIMITS.rangeDaysMax * DAY_MS)
    throw invalid('to', `must be at most ${CORRECTION_LIMITS.rangeDaysMax} days after from`)
  const [fromSeconds, toSeconds] = [start / 1_000, end / 1_000]
  if (fromSeconds < 0 || toSeconds > SECONDS_MAX) throw invalid('from', 'is not a time of any visit')
  if (isDays) return { type: 'days', from, to }
  if (!Number.isInteger(fromSeconds)) throw invalid('from', 'must be in whole seconds')
  if (!Number.isInteger(toSeconds)) throw invalid('to', 'must be in whole seconds')
  return { type: 'times', fromSeconds, toSeconds }
}

function isDay(text: string): boolean {
  return !text.includes('T')
}

function invalid(field: string, message: string) {
  return invalidFields([{ field, message }])
}
