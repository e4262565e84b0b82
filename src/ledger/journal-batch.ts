import { type ClickRecord, RECORD_TYPE, type ViewRecord } from '../domain/journal-record.ts'
import type { JournalRecord } from '../journal/segment-reader.ts'
import { INSERT_BYTES_MAX } from './limits.ts'

const CLICK_ID_BYTES = 26
const OPENING_BRACE = 0x7b

/** Where a record lies in its journal: tells a click from another one of the same visit. */
type Placed = { readonly place: string }
export type PlacedClick = ClickRecord & Placed
export type PlacedView = ViewRecord & Placed

/** What one read of a journal holds for the ledger. Hits are the judge's. */
export type LedgerRecords = {
  /** Rows that go in as they are: visits and impressions. */
  readonly rows: readonly Buffer[]
  readonly visits: readonly { readonly clickId: string; readonly json: Buffer }[]
  readonly clicks: readonly PlacedClick[]
  readonly views: readonly PlacedView[]
  /** Records that are not what their type says. */
  readonly unreadable: readonly { readonly payload: Buffer; readonly place: string }[]
  readonly bytes: number
}

/** Sorts the records of a read; nothing but clicks and views is parsed. */
export function toLedgerRecords(edge: string, records: readonly JournalRecord[]): LedgerRecords {
  const rows: Buffer[] = []
  const visits: { clickId: string; json: Buffer }[] = []
  const clicks: PlacedClick[] = []
  const views: PlacedView[] = []
  const unreadable: { payload: Buffer; place: string }[] = []
  let bytes = 0
  for (const { type, payload, position } of records) {
    bytes += payload.length
    const place = `${edge}-${position.segment}-${position.offset}`
    if (type === RECORD_TYPE.visit) {
      const json = payload.subarray(CLICK_ID_BYTES)
      if (json[0] !== OPENING_BRACE) unreadable.push({ payload, place })
      else {
        rows.push(json)
        visits.push({ clickId: payload.toString('latin1', 0, CLICK_ID_BYTES), json })
      }
    } else if (type === RECORD_TYPE.impression) {
      if (payload[0] === OPENING_BRACE) rows.push(payload)
      else unreadable.push({ payload, place })
    } else if (type === RECORD_TYPE.click) {
      const click = parseClick(payload)
      if (click === undefined) unreadable.push({ payload, place })
      else clicks.push({ ...click, place })
    } else if (type === RECORD_TYPE.view) {
      const view = parseView(payload)
      if (view === undefined) unreadable.push({ payload, place })
      else views.push({ ...view, place })
    }
  }
  return { rows, visits, clicks, views, unreadable, bytes }
}

function parseClick(payload: Buffer): ClickRecord | undefined {
  try {
    const parsed = JSON.parse(payload.toString('utf8')) as Partial<ClickRecord> | null
    if (typeof parsed?.clickId !== 'string' || typeof parsed.at !== 'number') return undefined
    const { clickId, at, offerId = '', affiliateNetworkId = '', cta = 1, location = '' } = parsed
    return { clickId, at, offerId, affiliateNetworkId, cta, location }
  } catch {
    return undefined
  }
}

function parseView(payload: Buffer): ViewRecord | undefined {
  try {
    const parsed = JSON.parse(payload.toString('utf8')) as Partial<ViewRecord> | null
    if (typeof parsed?.clickId !== 'string' || typeof parsed.at !== 'number') return undefined
    const { clickId, at, landerId = '' } = parsed
    return { clickId, at, landerId }
  } catch {
    return undefined
  }
}

/**
 * Divides rows into inserts of about INSERT_BYTES_MAX. From the front, so that a range of which the last records
 * went missing (they were never acknowledged) is divided as before.
 */
export function toInserts(rows: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const inserts: Buffer[][] = []
  let bytes = INSERT_BYTES_MAX
  for (const row of rows) {
    if (bytes >= INSERT_BYTES_MAX) {
      inserts.push([])
      bytes = 0
    }
    inserts.at(-1)?.push(row)
    bytes += row.length
  }
  return inserts
}
