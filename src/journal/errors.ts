/** Every failure of the journal that a caller can act on. `code` says what to do, `cause` what happened below. */
export type JournalErrorCode =
  | 'journal_full'
  | 'journal_overloaded'
  | 'journal_write_failed'
  | 'journal_closed'
  | 'journal_locked'
  | 'journal_record_too_large'
  | 'journal_position_unknown'

export class JournalError extends Error {
  readonly code: JournalErrorCode

  constructor(code: JournalErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
  }
}

/** The disk or the quota is full. Nothing of the record is kept; appending works again once there is space. */
export class JournalFullError extends JournalError {
  constructor(cause: unknown) {
    super('journal_full', 'the disk that holds the journal is full', cause)
  }
}

/** More is waiting for the disk than the limit allows. The record was not taken; trying later is right. */
export class JournalOverloadedError extends JournalError {
  constructor(pendingBytes: number) {
    super('journal_overloaded', `${pendingBytes} bytes are waiting for the disk`)
  }
}

/** The write or its sync failed: the record is not durable, whatever may be found of it later. */
export class JournalWriteError extends JournalError {
  constructor(cause: unknown) {
    super('journal_write_failed', `the journal could not be written: ${describe(cause)}`, cause)
  }
}

/** The writer was closed before the append. */
export class JournalClosedError extends JournalError {
  constructor() {
    super('journal_closed', 'the journal is closed')
  }
}

/** Another writer, alive, holds the directory. */
export class JournalLockedError extends JournalError {
  constructor(dir: string, cause?: unknown) {
    super('journal_locked', `another process writes the journal in ${dir}`, cause)
  }
}

/** The record is larger than RECORD_PAYLOAD_BYTES_MAX: a bug of the caller, who must limit its input. */
export class JournalRecordTooLargeError extends JournalError {
  constructor(recordBytes: number) {
    super('journal_record_too_large', `a record of ${recordBytes} bytes is over the limit`)
  }
}

/** A checkpoint names a place that this journal never had or has deleted: data of another time, or lost files. */
export class JournalPositionError extends JournalError {
  constructor(message: string) {
    super('journal_position_unknown', message)
  }
}

/** The typed error for whatever the file system threw while records were written. */
export function toAppendError(cause: unknown): JournalError {
  if (cause instanceof JournalError) return cause
  return isOutOfSpace(cause) ? new JournalFullError(cause) : new JournalWriteError(cause)
}

/** No space on the device, or over the quota. */
function isOutOfSpace(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT'
}

export function isMissing(error: unknown): boolean {
  return systemCode(error) === 'ENOENT'
}

/** Nothing is there, or something that is no directory. */
export function isNoDirectory(error: unknown): boolean {
  return isMissing(error) || systemCode(error) === 'ENOTDIR'
}

function systemCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
