import { parseHit, saysConsent } from '../domain/hit-params.ts'
import { LIMITS } from '../domain/limits.ts'
import { maskParams } from '../domain/mask-person.ts'
import { isWithoutClick } from './own-places.ts'
import { columnOf, type UploadColumn, type UploadLayout } from './upload-columns.ts'
import { UPLOAD_LIMITS } from './upload-limits.ts'

/** What a row says, under our names; `time` is Unix milliseconds as text. */
export type UploadParams = Readonly<Partial<Record<UploadColumn, string>>>

export type ReadRow =
  | { readonly ok: true; readonly params: UploadParams }
  | { readonly ok: false; readonly problem: string }

/** `YYYY-MM-DD`, with a time of day and a zone or without. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?$/i
const UNIX_SECONDS = /^\d{10}$/
const UNIX_MILLISECONDS = /^\d{13}$/
/** Stand in front of the pairs, or in a file with a header. */
const WHOSE: ReadonlySet<UploadColumn> = new Set(['cid', 'offer', 'affiliate'])
/** Binom: take the amount from the offer, as when none is named. */
const AUTOMATIC = 'auto'

/** Reads a row's cells; what is wrong with it that needs no look-up is told here. */
export function readRow(
  cells: readonly string[],
  layout: Exclude<UploadLayout, { type: 'unknown' }>,
  now: number,
): ReadRow {
  const values = layout.type === 'pairs' ? readPairs(cells) : readColumns(cells, layout)
  if (typeof values === 'string') return { ok: false, problem: values }
  const { time, ...rest } = values
  // Rows are kept until they are applied: nobody in them is.
  const params = { ...rest, ...maskParams(rest, saysConsent(rest.consent ?? '')) }
  if (params.payout?.toLowerCase() === AUTOMATIC) delete params.payout
  if ((params.cid ?? '') !== '') {
    // Of reports that name both, often by their titles: the visit says whose it is.
    delete params.offer
    delete params.affiliate
  }
  const problem = whoseProblem(params) ?? tooLong(params) ?? wireProblem(params)
  if (problem !== undefined) return { ok: false, problem }
  if (time === undefined) return { ok: true, params }
  const at = readTime(time)
  if (at === undefined) return { ok: false, problem: `time "${shown(time)}" is not understood` }
  if (at > now + UPLOAD_LIMITS.clockSkewMs) return { ok: false, problem: 'its time is in the future' }
  return { ok: true, params: { ...params, time: String(at) } }
}

type Values = Partial<Record<UploadColumn, string>>

function readColumns(
  cells: readonly string[],
  layout: { readonly type: string; readonly columns: readonly (UploadColumn | undefined)[] },
): Values | string {
  const { columns } = layout
  const extra = cells.slice(columns.length).find((cell) => cell !== '')
  if (extra !== undefined) return `it has ${cells.length} values for ${columns.length} columns`
  const values: Values = {}
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (column !== undefined && cell !== '') values[column] = cell
  }
  return values
}

/** `clickid:payout=1.5:cnv_status=hold` */
function readPairs(cells: readonly string[]): Values | string {
  const [cid = '', ...pairs] = cells.join(',').split(':')
  const values: Values = { cid }
  for (const pair of pairs) {
    const [name = '', ...value] = pair.split('=')
    const column = columnOf(name)
    if (column === undefined || WHOSE.has(column)) return `"${shown(name)}" is no value of a conversion`
    values[column] = value.join('=').trim()
  }
  return values
}

function tooLong(params: Values): string | undefined {
  const found = Object.entries(params).find(([, value]) => value.length > LIMITS.paramValueCharsMax)
  return found && `${found[0]} is longer than ${LIMITS.paramValueCharsMax} characters`
}

/** Whose conversion it is, and without a click which one. */
function whoseProblem(params: Values): string | undefined {
  const { cid = '', offer = '', affiliate = '', txid = '' } = params
  if (cid !== '' || (isWithoutClick(params) && txid !== '')) return undefined
  const isMeant = offer !== '' || affiliate !== ''
  return isMeant
    ? 'without a click id it needs an offer, an affiliate and a transaction id'
    : 'the click id is missing'
}

/** What would be malformed in a postback is malformed here. */
function wireProblem(params: Values): string | undefined {
  const parsed = parseHit(Object.entries(params))
  if (!parsed.ok) return shown(parsed.reason)
  const { cid, offer, affiliate, txid } = parsed.fields
  if ((params.cid ?? '') !== '') return cid === '' ? 'the click id is an unfilled macro' : undefined
  const isFilled = offer !== '' && affiliate !== '' && txid !== ''
  return isFilled ? undefined : 'the offer, the affiliate or the transaction id is an unfilled macro'
}

/** Unix milliseconds; a time without a zone is UTC; undefined when it is not understood. */
export function readTime(text: string): number | undefined {
  if (UNIX_SECONDS.test(text)) return Number(text) * 1_000
  if (UNIX_MILLISECONDS.test(text)) return Number(text)
  const match = DATE_TIME.exec(text)
  if (match === null) return undefined
  const [, date, time = '00:00', zone = 'Z'] = match
  const at = Date.parse(`${date}T${time}${toOffset(zone)}`)
  return Number.isNaN(at) ? undefined : at
}

function toOffset(zone: string): string {
  if (/^[zu]/i.test(zone)) return 'Z'
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
}

/** Fit to be stored and read: short, and without control characters, which PostgreSQL refuses in part. */
export function shown(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, UPLOAD_LIMITS.problemCharsMax)
}
