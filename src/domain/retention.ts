/** What becomes of a person's address and browser once they are old. */
export const PERSONAL_DATA_MODES = ['keep', 'truncate', 'hash'] as const
export type PersonalDataMode = (typeof PERSONAL_DATA_MODES)[number]

/** Longest ages and largest budget that a workspace can ask for: ten years, a terabyte. */
export const RETENTION_DAYS_MAX = 3_650
export const SIZE_BUDGET_MB_MAX = 1_000_000

const DAY_MS = 24 * 3_600_000

/** How long a workspace keeps what it needs no more for its money. 0 days: for ever. */
export type RetentionSettings = {
  /** Requests and answers of deliveries; the deliveries themselves stay. */
  readonly attemptDays: number
  /** Requests of hits as received; who sent them, and what became of them, stays. */
  readonly hitDays: number
  /** Query parameters of visits, in the ledger. */
  readonly paramDays: number
  /** When address and user agent are treated by the mode, everywhere. */
  readonly personalDataDays: number
  readonly personalDataMode: PersonalDataMode
  /** The oldest attempts and hit requests go before their time once they take more than this; 0 for no limit. */
  readonly sizeBudgetMb: number
}

export const DEFAULT_RETENTION_SETTINGS: RetentionSettings = {
  attemptDays: 90,
  hitDays: 400,
  paramDays: 0,
  personalDataDays: 0,
  personalDataMode: 'keep',
  sizeBudgetMb: 0,
}

/** What is older than the moment has reached the age; 0 (nothing is that old) for an age of 0 days. */
export function keptSince(days: number, now: number): number {
  return days === 0 ? 0 : Math.max(0, now - days * DAY_MS)
}

/** As `keptSince`, of address and user agent; 0 while they are kept. */
export function personalDataKeptSince(settings: RetentionSettings, now: number): number {
  return settings.personalDataMode === 'keep' ? 0 : keptSince(settings.personalDataDays, now)
}
