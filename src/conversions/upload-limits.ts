/** Every bound of conversion uploads, by name. */
export const UPLOAD_LIMITS = {
  /** Body of POST /conversion-uploads. */
  fileBytesMax: 10 * 1024 * 1024,
  rowsMax: 50_000,
  lineCharsMax: 16_384,
  columnsMax: 200,
  /** Rows that are checked, stored and judged together: one look-up of visits, one commit of the judge. */
  batchRowsMax: 250,
  /** Lines of which a preview says what each would do: some ten seconds of work. */
  forecastRowsMax: 10_000,
  /** Of a preview: what a person reads. */
  problemsShownMax: 100,
  rowsShownMax: 20,
  problemCharsMax: 200,
  /** Clocks of two machines differ. */
  clockSkewMs: 5 * 60_000,
} as const
