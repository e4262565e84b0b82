import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { ExportTable } from './export-table.ts'

const WORKER = new URL('./xlsx-worker.ts', import.meta.url)
/** 50,000 rows of 16 columns take half of it. A file beyond ends its thread, and nothing else. */
const MEMORY_MB_MAX = 1_024
/** Rows handed over at once: copying all of them would take longer than core may be busy. */
const ROWS_PER_PART = 1_000
/** Files that are written at the same time. */
const FILES_MAX = 2

/** Others are written just now. */
export class TooManyFilesError extends Error {
  readonly code = 'too_many_files'

  constructor() {
    super(`${FILES_MAX} spreadsheets are being written just now`)
  }
}

let writing = 0

/**
 * A report as a file for spreadsheets. A thread of its own writes it: 50,000 rows take some seconds, in which core must
 * judge conversions.
 * @throws TooManyFilesError
 * @throws the signal's reason when it is aborted
 */
export async function writeReportXlsx(table: ExportTable, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted()
  if (writing >= FILES_MAX) throw new TooManyFilesError()
  writing += 1
  const { rows, ...frame } = table
  const worker = new Worker(WORKER, {
    workerData: frame,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
  })
  try {
    const written = once(worker, 'message', { signal })
    written.catch(() => {}) // awaited below, when all rows are handed over
    for (let start = 0; start < rows.length && !signal.aborted; start += ROWS_PER_PART) {
      worker.postMessage(rows.slice(start, start + ROWS_PER_PART))
      await setImmediate()
    }
    worker.postMessage(null)
    const [file] = await written
    if (file instanceof Uint8Array) return file
    throw new TypeError('the thread that writes a spreadsheet answered something else')
  } finally {
    writing -= 1
    await worker.terminate()
  }
}
