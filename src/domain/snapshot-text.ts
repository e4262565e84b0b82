import type { Snapshot } from './snapshot.ts'

/** Ends the first line of a snapshot's text. */
export const CAMPAIGNS_START = ',"campaigns":['
/** The last line of a snapshot's text. */
export const CAMPAIGNS_END = ']}'

/**
 * A snapshot as JSON, with each campaign on a line of its own: campaigns are nearly all of it, and a reader that kept
 * the lines of the one before has to parse only those that have changed.
 */
export function toSnapshotText(snapshot: Snapshot): string {
  const { campaigns, ...others } = snapshot
  const head = JSON.stringify(others).slice(0, -1)
  const lines = campaigns.map((campaign) => JSON.stringify(campaign)).join(',\n')
  return `${head}${CAMPAIGNS_START}\n${lines}\n${CAMPAIGNS_END}`
}
