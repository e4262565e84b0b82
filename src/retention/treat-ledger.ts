import { keptSince, personalDataKeptSince } from '../domain/retention.ts'
import { untilMutated } from '../ledger/mutate-ledger.ts'
import { monthsToTreat, treatMonth, type VisitPolicy } from '../ledger/treat-visits.ts'
import { loadCursor, saveCursor } from '../store/work-cursors.ts'
import type { Kept } from './keep-by-age.ts'
import { monthOf } from './month-keys.ts'
import { RETENTION_LIMITS } from './retention-limits.ts'
import { count, inStep, keepLease, type RetentionOptions } from './retention-run.ts'

const CLEAN_CURSOR = 'retention/clean months'

/** Months of the ledger of which nothing is left to treat, as long as the settings are those of the key. */
type Clean = { readonly key: string; readonly months: readonly number[] }

/**
 * Old addresses, user agents, parameters and URLs with them of the ledger are treated, by one mutation for each month
 * that holds any, and for each so many workspaces as fit into the text of one.
 *
 * A month is looked at every day until all of it is old and nothing was left in it: rows that a correction had under
 * way are found the day after.
 */
export async function treatLedger(options: RetentionOptions, all: readonly Kept[]): Promise<void> {
  const { ledger, signal } = options
  const now = options.clock()
  const policies = all.flatMap((kept) => toPolicy(kept, now))
  if (policies.length === 0) return
  const key = JSON.stringify(
    all.map(({ workspace, settings }) => [
      workspace,
      settings.paramDays,
      settings.personalDataDays,
      settings.personalDataMode,
    ]),
  )
  const clean = await loadClean(options, key)
  await untilMutated(ledger, signal)
  const months = new Set<number>()
  const size = RETENTION_LIMITS.policiesMax
  for (let start = 0; start < policies.length; start += size) {
    const some = policies.slice(start, start + size)
    for (const month of await monthsToTreat(ledger, some, clean)) {
      await keepLease(options)
      await treatMonth(ledger, some, options.keys.keyOf(month), signal)
      months.add(month)
    }
  }
  count(options, '', 'months of the ledger', months.size)
  const oldUntil = Math.min(...policies.flatMap(agesOf)) - RETENTION_LIMITS.overlapMs
  const old = monthsBefore(oldUntil, now).filter((month) => !months.has(month))
  await inStep(options, (db) =>
    saveCursor(db, CLEAN_CURSOR, JSON.stringify({ key, months: old } satisfies Clean)),
  )
}

async function loadClean({ store }: RetentionOptions, key: string): Promise<readonly number[]> {
  const text = await loadCursor(store.db, CLEAN_CURSOR)
  const clean: Clean | undefined = text === undefined ? undefined : JSON.parse(text)
  return clean?.key === key ? clean.months : []
}

function toPolicy({ workspace, settings }: Kept, now: number): readonly VisitPolicy[] {
  const { personalDataMode: mode, paramDays } = settings
  const policy = {
    workspace,
    paramsBefore: keptSince(paramDays, now),
    personalBefore: personalDataKeptSince(settings, now),
    mode: mode === 'hash' ? mode : ('truncate' as const),
  }
  return workspace === '' || agesOf(policy).length === 0 ? [] : [policy]
}

function agesOf({ paramsBefore, personalBefore }: VisitPolicy): readonly number[] {
  return [paramsBefore, personalBefore].filter((before) => before > 0)
}

/** Months that end before the moment, back to the first that a ledger of ten years can have. */
function monthsBefore(untilMs: number, now: number): readonly number[] {
  const first = new Date(now).getUTCFullYear() - 10
  const months: number[] = []
  for (let start = Date.UTC(first, 0); ; ) {
    const date = new Date(start)
    const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
    if (next > untilMs) return months
    months.push(monthOf(start))
    start = next
  }
}
