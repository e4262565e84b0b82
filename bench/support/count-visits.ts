import { startLoading } from './loading-ledger.ts'

export type LoadedVisits = {
  /** Different click ids. */
  readonly visits: number
  /** Rows; more than `visits` when one was loaded twice. */
  readonly rows: number
}

/** Loads what the edges of a data directory left in their journals, and counts the visits in the ledger. */
export async function countLoadedVisits(dataDir: string, expected: number): Promise<LoadedVisits> {
  const loading = await startLoading(dataDir)
  try {
    // Fewer than expected is what this benchmark looks for: it is counted, and not an error here.
    await loading.untilRows(expected).catch(console.error)
    const [row] = await loading.ledger.lookUp<LoadedVisits>(
      "SELECT toUInt32(uniqExact(click_id)) AS visits, toUInt32(count()) AS rows FROM ledger WHERE kind = 'visit'",
    )
    return row ?? { visits: 0, rows: 0 }
  } finally {
    await loading.stop()
  }
}
