const CHUNK_ROWS_MAX = 64

/**
 * Inserts many rows in few statements. Chunks are powers of two, so that a table has seven different statements
 * and the prepared ones are used again; the largest stays far below both engines' limits of parameters.
 */
export async function inChunks<Row>(
  rows: readonly Row[],
  insert: (chunk: readonly Row[]) => Promise<void>,
): Promise<void> {
  let start = 0
  for (let size = CHUNK_ROWS_MAX; size >= 1; size /= 2) {
    while (rows.length - start >= size) {
      await insert(rows.slice(start, start + size))
      start += size
    }
  }
}
