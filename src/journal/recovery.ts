import { join } from 'node:path'
import type { JournalFiles } from './files.ts'
import { READ_BYTES_MAX } from './limits.ts'
import { listSegments, segmentName } from './segment-names.ts'
import { readFrames } from './segment-reader.ts'

/**
 * Makes the journal's end final after a crash: what follows the last complete record is cut, and the rest is synced.
 * The sync matters without a cut too: a killed writer leaves records that only the page cache holds, and readers
 * see them; later records must not become durable before them.
 * @returns the highest segment number in use, 0 for none
 */
export async function recoverJournal(files: JournalFiles, dir: string): Promise<number> {
  const last = (await listSegments(files, dir)).at(-1)
  if (last === undefined) return 0
  const file = await files.open(join(dir, segmentName(last)), 'write')
  try {
    let end = 0
    for (;;) {
      const read = await readFrames(file, last, {
        offset: end,
        recordsMax: Infinity,
        bytesMax: READ_BYTES_MAX,
      })
      if (read.records.length === 0) break
      end = read.end
    }
    if ((await file.size()) > end) await file.truncate(end)
    await file.sync()
  } finally {
    await file.close()
  }
  await files.syncDir(dir)
  return last
}
