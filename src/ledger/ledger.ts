export type QueryParams = Readonly<Record<string, unknown>>

/** The analytics tables, in chDB or in ClickHouse; both are the same engine and take the same SQL. */
export type Ledger = {
  /**
   * @param params values of the query's `{name:Type}` placeholders; a value is never part of the text
   * @throws LedgerUnavailableError
   */
  query<T>(sql: string, params: QueryParams, signal?: AbortSignal): Promise<T[]>
  /**
   * A query of a few milliseconds that does not wait behind a report. It takes no parameters, because chDB runs
   * queries with parameters one after another: what it embeds must have been checked letter by letter.
   */
  lookUp<T>(sql: string): Promise<T[]>
  /**
   * A statement without an answer that is no insert of rows: retention changes rows in place (mutate-ledger.ts).
   * @throws LedgerUnavailableError
   */
  command(sql: string, params: QueryParams): Promise<void>
  /**
   * Adds rows (JSON, one a line, with a line break behind each) as one block that is on disk when this resolves.
   * Unknown properties are skipped. Rows with a token that was used before are dropped.
   * @throws LedgerRefusedError when a row cannot be read: nothing was added
   * @throws LedgerUnavailableError otherwise: the rows may have been added or not
   */
  insertRows(jsonLines: Buffer | string, token: string): Promise<void>
  /** @throws LedgerUnavailableError */
  ping(): Promise<void>
  close(): Promise<void>
}

/** The ledger did not do it, for reasons that may pass. Whether an insert took effect is not known. */
export class LedgerUnavailableError extends Error {
  readonly code = 'ledger_unavailable'

  constructor(cause: unknown) {
    super(`the ledger is not available: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** A row can never be added as it is. */
export class LedgerRefusedError extends Error {
  readonly code = 'ledger_refused'

  constructor(cause: Error) {
    super(`the ledger refused the rows: ${cause.message}`, { cause })
  }
}

/**
 * The engine's error codes that are about the data sent, not about the server (ClickHouse,
 * src/Common/ErrorCodes.cpp). Any other error is worth a repeat.
 */
const DATA_ERROR_CODES: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  25, // CANNOT_PARSE_ESCAPE_SEQUENCE
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  32, // ATTEMPT_TO_READ_AFTER_EOF
  33, // CANNOT_READ_ALL_DATA
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  130, // CANNOT_READ_ARRAY_FROM_TEXT
  131, // TOO_LARGE_STRING_SIZE
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  407, // DECIMAL_OVERFLOW
  467, // CANNOT_PARSE_BOOL
])

/** Sorts an insert's error by what the caller must do next. */
export function toInsertError(error: unknown): LedgerRefusedError | LedgerUnavailableError {
  const code = engineErrorCode(error)
  if (error instanceof Error && code !== undefined && DATA_ERROR_CODES.has(code)) {
    return new LedgerRefusedError(error)
  }
  return new LedgerUnavailableError(error)
}

/** The number is a property of its own in the client's and in chDB's errors, under different names. */
function engineErrorCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('clickhouseCode' in error && typeof error.clickhouseCode === 'number') return error.clickhouseCode
  if ('code' in error && typeof error.code === 'string' && /^\d+$/.test(error.code)) return Number(error.code)
  return undefined
}
