/** Payload of one record. The same as a batch, so that a record always fits into one. */
export const RECORD_PAYLOAD_BYTES_MAX = 1024 * 1024

/** Appends beyond this share the next sync instead of this one. */
export const BATCH_BYTES_MAX = 1024 * 1024

/** A segment is the unit of deletion. */
export const SEGMENT_BYTES_MAX = 64 * 1024 * 1024

/** What may wait in memory for the disk before appends are refused. */
export const PENDING_BYTES_MAX = 32 * 1024 * 1024

/** What a waiting append costs beside its bytes (promise and callbacks), so that tiny records are limited too. */
export const WAITER_BYTES = 256

/** Written batches kept for the next ones; one fills while the other is written. */
export const SPARE_BATCHES_MAX = 2

/** Bytes read at once where the caller names no limit: recovery, readRange, journalEnd. */
export const READ_BYTES_MAX = 4 * 1024 * 1024

/**
 * Zeros written ahead of small batches, so that a sync finds the file's size and blocks as they were and need not
 * wait for the file system's own journal: measured on ext4 with 10 kB batches, two to three times as many syncs a
 * second for half the CPU time.
 */
export const RESERVE_BYTES = 256 * 1024

/** Larger batches extend the file themselves: writing their bytes twice costs more than the reserve saves. */
export const RESERVE_BATCHES_MIN = 8
