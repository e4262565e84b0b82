/** SQLITE_BUSY and SQLITE_LOCKED: another connection holds the lock that the statement needs. */
const SQLITE_LOCK_CODES: ReadonlySet<number> = new Set([5, 6])
/** SQLITE_TOOBIG, _CONSTRAINT, _MISMATCH and _RANGE: the values are wrong, whenever they are tried. */
const SQLITE_VALUE_CODES: ReadonlySet<number> = new Set([18, 19, 20, 25])
/** SQLSTATE classes of wrong values: data exception, integrity constraint, program limit. */
const POSTGRES_VALUE_CLASSES: ReadonlySet<string> = new Set(['22', '23', '54'])
/** serialization_failure and deadlock_detected: PostgreSQL asks for the transaction to be run again. */
const POSTGRES_REPEAT_CODES: ReadonlySet<string> = new Set(['40001', '40P01'])

/** True when SQLite refused a statement because somebody else holds the lock. */
export function isLockedError(error: unknown): boolean {
  const code = sqliteCode(error)
  return code !== undefined && SQLITE_LOCK_CODES.has(code)
}

/** True when the engine chose this transaction as the victim of a conflict: run it again at once. */
export function isConflictError(error: unknown): boolean {
  return POSTGRES_REPEAT_CODES.has(codeOf(error))
}

/**
 * True when an error of the SQL engine comes from the values of one statement, so that it would come again;
 * false for everything that time can mend (lock, connection, space) and for errors of other origin.
 */
export function isValueError(error: unknown): boolean {
  const code = sqliteCode(error)
  if (code !== undefined) return SQLITE_VALUE_CODES.has(code)
  return isSqlState(error) && POSTGRES_VALUE_CLASSES.has(codeOf(error).slice(0, 2))
}

/** The primary result code of an error of node:sqlite; undefined for other errors. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  // Extended codes carry the primary code in their low byte.
  return error.errcode & 0xff
}

function isSqlState(error: unknown): boolean {
  return /^[0-9A-Z]{5}$/.test(codeOf(error)) && error instanceof Error && 'severity' in error
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return ''
  return error.code
}
