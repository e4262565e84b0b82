import { type ClickRecord, RECORD_TYPE } from '../domain/journal-record.ts'
import type { JournalRecord } from '../journal/segment-reader.ts'

const CLICK_ID_BYTES = 26

/** What one read of a journal holds for the ledger. Hits are the judge's. */
export type LedgerRecords = {
  /** Rows that go in as they are: visits and impressions. */
  readonly rows: readonly Buffer[]
  readonly visits: readonly { readonly clickId: string; readonly json: Buffer }[]
  readonly clicks: readonly ClickRecord[]
  readonly bytes: number
}

/** Sorts the records of a read; nothing but clicks is parsed. */
export function toLedgerRecords(records: readonly JournalRecord[]): LedgerRecords {
  const rows: Buffer[] = []
  const visits: { clickId: string; json: Buffer }[] = []
  const clicks: ClickRecord[] = []
  let bytes = 0
  for (const { type, payload } of records) {
    bytes += payload.length
    if (type === RECORD_TYPE.visit) {
      const json = payload.subarray(CLICK_ID_BYTES)
      rows.push(json)
      visits.push({ clickId: payload.toString('latin1', 0, CLICK_ID_BYTES), json })
    } else if (type === RECORD_TYPE.impression) {
      rows.push(payload)
    } else if (type === RECORD_TYPE.click) {
      clicks.push(JSON.parse(payload.toString('utf8')) as ClickRecord)
    }
  }
  return { rows, visits, clicks, bytes }
}
