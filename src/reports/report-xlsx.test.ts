import { expect, it } from 'vitest'
import type { ExportTable } from './export-table.ts'
import { TooManyFilesError, writeReportXlsx } from './report-xlsx.ts'

const table: ExportTable = {
  columns: [{ name: 'sub1', kind: 'text' }],
  rows: Array.from({ length: 5_000 }, (_, n) => [`row ${n}`]),
  leftOut: 0,
}

it('stops when the caller is gone, and lets the next one in', async () => {
  const gone = new AbortController()
  const first = writeReportXlsx(table, gone.signal)
  const second = writeReportXlsx(table, gone.signal)
  const never = new AbortController().signal
  await expect(writeReportXlsx(table, never)).rejects.toThrow(TooManyFilesError)
  // Both are waited for before either is given up: a rejection that nobody waits for would be an error of its own.
  const ends = [first, second].map((file) => expect(file).rejects.toThrow('abort'))
  gone.abort()
  await Promise.all(ends)
  const file = await writeReportXlsx(table, never)
  // A ZIP archive.
  expect(Buffer.from(file).subarray(0, 2).toString()).toBe('PK')
})
