/** A place between two records of a journal. Opaque to consumers, but ordered and safe to store as JSON. */
export type Position = {
  /** Number of the segment file; grows, may have gaps, is never used twice. */
  readonly segment: number
  /** Byte offset in the segment, always on a frame's border. */
  readonly offset: number
}

/** Negative when a lies before b, 0 when they are the same place, positive when a lies after b. */
export function comparePositions(a: Position, b: Position): number {
  return a.segment === b.segment ? a.offset - b.offset : a.segment - b.segment
}
