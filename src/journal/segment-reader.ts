import type { JournalFile } from './files.ts'
import { FRAME_START_BYTES, type FrameScan, mayStartFrame, scanFrame } from './frame.ts'
import type { Position } from './position.ts'

/** A record as a consumer sees it. The payload shares one buffer with its neighbours. */
export type JournalRecord = {
  readonly type: number
  readonly payload: Buffer
  /** Of the frame's start. */
  readonly position: Position
}

export type ReadFrames = {
  readonly records: readonly JournalRecord[]
  /** Offset behind the last record; the start when there is none. */
  readonly end: number
}

/**
 * The complete records from the offset on, within the limits, but at least one when there is one. Stops before
 * anything that is not a complete record: a tail being written, a torn tail, the end.
 */
export async function readFrames(
  file: JournalFile,
  segment: number,
  from: { readonly offset: number; readonly recordsMax: number; readonly bytesMax: number },
): Promise<ReadFrames> {
  const available = (await file.size()) - from.offset
  // Most polls find nothing but the writer's reserve of zeros, which is not worth reading whole.
  if (available <= 0 || !mayStartFrame(await readFully(file, from.offset, FRAME_START_BYTES))) {
    return { records: [], end: from.offset }
  }
  let wanted = Math.min(available, from.bytesMax)
  while (wanted > 0) {
    const bytes = await readFully(file, from.offset, wanted)
    const found = collectFrames(bytes, segment, from)
    if (found.records.length > 0 || found.stop.kind !== 'incomplete') return found
    if (found.stop.needs <= wanted || found.stop.needs > available) return found
    wanted = found.stop.needs
  }
  return { records: [], end: from.offset }
}

function collectFrames(
  bytes: Buffer,
  segment: number,
  from: { readonly offset: number; readonly recordsMax: number },
): ReadFrames & { readonly stop: FrameScan } {
  const records: JournalRecord[] = []
  let at = 0
  for (;;) {
    const scan = scanFrame(bytes, at)
    if (scan.kind !== 'frame' || records.length >= from.recordsMax) {
      return { records, end: from.offset + at, stop: scan }
    }
    const { type, payload, start, end } = scan.frame
    records.push({ type, payload, position: { segment, offset: from.offset + start } })
    at = end
  }
}

/** Fewer bytes only where the file ends. */
async function readFully(file: JournalFile, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  let done = 0
  while (done < length) {
    const count = await file.read(bytes, done, length - done, offset + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}
