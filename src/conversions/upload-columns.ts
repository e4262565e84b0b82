/** What a column holds: our parameter's name, or the time of the conversion; undefined for one that is not read. */
export type UploadColumn =
  | 'cid'
  | 'payout'
  | 'currency'
  | 'txid'
  | 'event'
  | 'status'
  | 'time'
  | 'offer'
  | 'affiliate'
  | 'email'
  | 'phone'
  | 'consent'
  | `p${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10}`

export type UploadLayout =
  /** The first line names the columns. */
  | { readonly type: 'header'; readonly columns: readonly (UploadColumn | undefined)[] }
  /** The first line is a row already. */
  | { readonly type: 'plain'; readonly columns: readonly UploadColumn[] }
  /** Rows name their values: `clickid:payout=1.5:cnv_status=hold`. */
  | { readonly type: 'pairs' }
  | { readonly type: 'unknown'; readonly reason: string }

/**
 * How trackers and networks head the columns of their exports and imports, in lower case, without spaces and
 * underscores: Voluum clickId, Binom cnv_id, Keitaro subid, RedTrack clickid and sum, FunnelFlux hitId, TUNE
 * transaction_id and adv_sub. Of several that mean the same the first in the list counts, as in a postback.
 */
export const UPLOAD_HEADINGS = [
  ['cid', 'cid clickid subid cnvid hit hitid s2s transactionid'],
  ['payout', 'payout amount sum revenue rev price commission conversionpayout'],
  ['currency', 'currency cnvcurrency payoutcurrency'],
  ['txid', 'txid tid tx orderid oid conversionid advsub externaltransactionid transactionid'],
  ['event', 'event et type goal goalid eventid eventtype conversiontype eventname'],
  ['status', 'status cnvstatus convstatus conversionstatus'],
  ['time', 'time date datetime timestamp conversiontime conversiondate postbacktimestamp'],
  ['offer', 'offerid offer'],
  ['affiliate', 'affiliateid affid partnerid publisherid affiliate'],
  ['email', 'email em emailaddress'],
  ['phone', 'phone ph phonenumber'],
  ['consent', 'consent gdprconsent'],
  ...([1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const).map((n) => [`p${n}`, `p${n} param${n}`] as const),
] as const satisfies readonly (readonly [UploadColumn, string])[]

const PLAIN_COLUMNS = ['cid', 'payout', 'txid', 'status'] as const
const CLICK_ID = /^[0-9a-hjkmnp-tv-z]{26}$/

const NOBODYS =
  'no column of the first line is named clickid (or cid, subid …), and not two of them offer and affiliate'

/** Tells from the first line how the file is laid out. */
export function findLayout(cells: readonly string[]): UploadLayout {
  if (CLICK_ID.test(cells[0] ?? '')) return { type: 'plain', columns: PLAIN_COLUMNS }
  if (CLICK_ID.test((cells[0] ?? '').split(':', 1)[0] ?? '')) return { type: 'pairs' }
  const columns = assignColumns<UploadColumn>(cells, UPLOAD_HEADINGS)
  // A broken click id in the first row is that row's problem; a line of no known heading is no header.
  if (columns.every((column) => column === undefined)) return { type: 'plain', columns: PLAIN_COLUMNS }
  const saysWhose = columns.includes('cid') || (columns.includes('offer') && columns.includes('affiliate'))
  return saysWhose ? { type: 'header', columns } : { type: 'unknown', reason: NOBODYS }
}

/** The column that a pair's name means. */
export function columnOf(name: string): UploadColumn | undefined {
  return UPLOAD_HEADINGS.find(([, names]) => names.split(' ').includes(normalized(name)))?.[0]
}

/**
 * Which column each heading is. Each has one meaning: a transaction id beside a click id is the sender's own.
 * @param names by column, the names that a heading may have, as `normalized` leaves them.
 */
export function assignColumns<Column extends string>(
  cells: readonly string[],
  names: readonly (readonly [column: Column, names: string])[],
): readonly (Column | undefined)[] {
  const headings = cells.map(normalized)
  const columns = headings.map((): Column | undefined => undefined)
  for (const [column, known] of names) {
    const found = known.split(' ').find((name) => {
      const index = headings.indexOf(name)
      return index !== -1 && columns[index] === undefined
    })
    if (found !== undefined) columns[headings.indexOf(found)] = column
  }
  return columns
}

/** Without case, spaces, underscores, points and dashes. */
export function normalized(heading: string): string {
  return heading.toLowerCase().replace(/[\s_.-]/g, '')
}
