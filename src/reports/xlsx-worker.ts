import { parentPort, workerData } from 'node:worker_threads'
import writeXlsxFile from 'write-excel-file/node'
import type { ExportTable } from './export-table.ts'
import { toXlsxCells } from './xlsx-cells.ts'

/** Runs as a thread of its own (report-xlsx.ts): answers with the file. */
const table = workerData as ExportTable // what report-xlsx.ts gives it
const file = await writeXlsxFile(toXlsxCells(table), { sheet: 'Report', stickyRowsCount: 1 }).toBuffer()
parentPort?.postMessage(file)
