import type { JournalFiles } from './files.ts'

const SEGMENT_NAME = /^(\d{16})\.seg$/

/** 16 digits, so that names sort like numbers. */
export function segmentName(segment: number): string {
  return `${String(segment).padStart(16, '0')}.seg`
}

/** The numbers of the directory's segments, ascending; other files are not the journal's. */
export async function listSegments(files: JournalFiles, dir: string): Promise<readonly number[]> {
  const segments: number[] = []
  for (const name of await files.list(dir)) {
    const digits = SEGMENT_NAME.exec(name)?.[1]
    if (digits !== undefined) segments.push(Number(digits))
  }
  return segments.sort((a, b) => a - b)
}
