/** Every bound of reconciliations, by name. */
export const RECONCILE_LIMITS = {
  /** Of the file within the body. */
  fileCharsMax: 20 * 1024 * 1024,
  /** JSON writes a quote or a line end as two characters. */
  bodyBytesMax: 48 * 1024 * 1024,
  rowsMax: 100_000,
  /** Lines that are compared, and rows that are applied, together. */
  batchRowsMax: 250,
  detailCharsMax: 500,
  /**
   * Amounts that are less apart are the same: an advertiser's file states cents, and a share of a sale has more
   * places.
   */
  sameAmountMicros: 5_000,
} as const
