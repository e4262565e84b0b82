import { join } from 'node:path'
import type { JournalFiles } from './files.ts'
import { READ_BYTES_MAX } from './limits.ts'
import { nodeFiles } from './node-files.ts'
import type { Position } from './position.ts'
import { listSegments, segmentName } from './segment-names.ts'
import { readFrames } from './segment-reader.ts'

/** The segment number before the first one, so that this position lies before every record. */
const BEFORE_ALL: Position = { segment: 0, offset: 0 }

/**
 * The end of the complete records now, for a consumer that wants to know when it has caught up.
 * @param from a position the caller has reached already: only what lies behind it is read. Without it the newest
 *   segment is read whole.
 */
export async function journalEnd(
  dir: string,
  from: Position = BEFORE_ALL,
  files: JournalFiles = nodeFiles,
): Promise<Position> {
  const segment = (await listSegments(files, dir)).at(-1)
  if (segment === undefined || segment < from.segment) return from
  const file = await files.open(join(dir, segmentName(segment)), 'read')
  try {
    let offset = segment === from.segment ? from.offset : 0
    for (;;) {
      const read = await readFrames(file, segment, { offset, recordsMax: Infinity, bytesMax: READ_BYTES_MAX })
      if (read.records.length === 0) return { segment, offset }
      offset = read.end
    }
  } finally {
    await file.close()
  }
}

/**
 * Deletes the segments that lie wholly before the position, which every consumer has passed. The newest segment
 * stays whatever the position says: its number is what the next one counts on from.
 * @returns how many were deleted
 */
export async function deleteSegmentsBefore(
  dir: string,
  position: Position,
  files: JournalFiles = nodeFiles,
): Promise<number> {
  const segments = await listSegments(files, dir)
  const newest = segments.at(-1)
  const passed = segments.filter((segment) => segment < position.segment && segment !== newest)
  for (const segment of passed) {
    await files.remove(join(dir, segmentName(segment)))
    // One sync each: after a crash the oldest are gone, never one from the middle.
    await files.syncDir(dir)
  }
  return passed.length
}

/** The sub-directories of a directory that hold a journal with at least one segment, by name. */
export async function listJournals(
  rootDir: string,
  files: JournalFiles = nodeFiles,
): Promise<readonly { readonly name: string; readonly dir: string }[]> {
  const journals: { name: string; dir: string }[] = []
  for (const name of await files.list(rootDir)) {
    const dir = join(rootDir, name)
    if ((await listSegments(files, dir)).length > 0) journals.push({ name, dir })
  }
  return journals.sort((a, b) => (a.name < b.name ? -1 : 1))
}
