/**
 * How long and how often a notification is tried (PROTOCOL section 3). In the domain, since the dashboard says these
 * numbers to those who wonder why a delivery waits.
 */

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Waits after the first, second, … failed attempt. */
export const RETRY_WAITS_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  24 * HOUR_MS,
]
/** A receiver can not put its notifications off for longer. */
export const RETRY_AFTER_MS_MAX = 24 * HOUR_MS

/** A target that fails for so long is disabled. */
export const TARGET_FAILING_MS_MAX = 5 * DAY_MS

/** The status by which a receiver says that it is gone for good. */
export const GONE_STATUS = 410

/** Failures in a row that open a host's breaker; fewer suffice for one that has never answered. */
export const HOST_FAILURES_TO_OPEN = 10
/** For so long a host is left alone at first, and at most. */
export const HOST_COOL_DOWN_MS = { first: 10 * SECOND_MS, max: 5 * MINUTE_MS } as const
