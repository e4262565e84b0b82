/** Every limit of the ledger, by name. */

/** Insert tokens the table remembers: at eight inserts a second, more than an hour of them. */
export const DEDUPLICATION_WINDOW = 30_000

/** A request to a ClickHouse server that takes longer counts as failed; it may still take effect. */
export const REQUEST_TIMEOUT_MS = 60_000

/** Requests to a ClickHouse server at a time. */
export const CONNECTIONS_MAX = 8

/** What of a journal is loaded at a time, between two notes of progress. */
export const BATCH_BYTES_MAX = 16 * 1024 * 1024

/**
 * One insert of several that make a batch. The whole of it becomes one block, which a deduplication token covers.
 * Half the size costs half as much again: 10 000 rows take 25 µs of CPU time each with all merges, 5 000 take 35.
 */
export const INSERT_BYTES_MAX = 8 * 1024 * 1024

/** The pause after a small insert, which costs as much as a big one: rows gather meanwhile. */
export const BATCH_WAIT_MS = 250

/** How often a journal is looked at for new records while it has none. */
export const POLL_MS = 40

/** What may be remembered ahead of the inserts, for each journal; reading ahead stops there. */
export const READ_AHEAD_BYTES_MAX = 64 * 1024 * 1024

/** One read of a journal. */
export const READ_BYTES_MAX = 4 * 1024 * 1024
export const READ_RECORDS_MAX = 50_000

/** Visits and clicks remembered; more, while the ledger has not yet taken them. */
export const RECENT_BYTES_MAX = 64 * 1024 * 1024

/** How far the clocks of two edges may be apart; must be less than what READ_AHEAD_BYTES_MAX takes to write. */
export const CLOCK_SLACK_MS = 2_000

/** Journals are looked for anew this often. */
export const JOURNALS_RESCAN_MS = 1_000

/** Outbox rows in one insert, and the pause when none waits. */
export const OUTBOX_ROWS_MAX = 5_000
export const OUTBOX_POLL_MS = 100

/** Pauses between attempts while the ledger or the store is away. */
export const RETRY_FIRST_MS = 100
export const RETRY_MAX_MS = 5_000

/** Lookups of a few milliseconds share one query. */
export const LOOKUP_WAIT_MS = 3
export const LOOKUP_IDS_MAX = 500
export const LOOKUPS_WAITING_MAX = 20_000

/** A visit older than this is in the ledger or nowhere: a journal is never read that late. */
export const RECENT_VISIT_MS = 7 * 24 * 60 * 60 * 1000

/** How often a mutation under way is looked at, and how long it is waited for: it rewrites columns of a month. */
export const MUTATION_POLL_MS = 200
export const MUTATION_WAIT_MS = 60 * 60 * 1000
