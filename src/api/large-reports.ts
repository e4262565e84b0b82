import { Problem } from './problem.ts'

/** Reports of more rows are asked for one by one: each holds the ledger's answer in memory, beside what is judged. */
const LARGE_ROWS = 10_000
const LARGE_REPORTS_MAX = 2

let largeReports = 0

/**
 * Asks for a report of so many rows, whoever wants it.
 * @throws Problem 429 when other large reports are being computed
 */
export async function withinLargeReports<T>(rows: number, ask: () => Promise<T>): Promise<T> {
  if (rows <= LARGE_ROWS) return await ask()
  if (largeReports >= LARGE_REPORTS_MAX) {
    throw new Problem(
      429,
      'too_many_reports',
      'Other large reports are being computed. Try again in a moment.',
    )
  }
  largeReports += 1
  try {
    return await ask()
  } finally {
    largeReports -= 1
  }
}
