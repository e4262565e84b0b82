/** Rows of one file of conversions: the newest, where more fit. Server and dashboard say the same number. */
export const EXPORTED_CONVERSIONS_MAX = 50_000
