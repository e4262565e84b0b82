import { parentPort, workerData } from 'node:worker_threads'
import writeXlsxFile from 'write-excel-file/node'
import type { ExportTable } from './export-table.ts'
import { toXlsxCells } from './xlsx-cells.ts'

type Rows = ExportTable['rows']
const frame = workerData as Omit<ExportTable, 'rows'> // what report-xlsx.ts gives it
const rows: Rows[number][] = []

/** Runs as a thread of its own (report-xlsx.ts): takes rows in parts, null behind the last, and answers with the file. */
parentPort?.on('message', (part: Rows | null) => {
  if (part === null) void write()
  else rows.push(...part)
})

async function write(): Promise<void> {
  const cells = toXlsxCells({ ...frame, rows })
  parentPort?.postMessage(await writeXlsxFile(cells, { sheet: 'Report', stickyRowsCount: 1 }).toBuffer())
}
