import type { Snapshot, SnapshotCampaign } from './snapshot.ts'

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
  const body = campaigns.map(lineOf).join(',\n')
  return `${head}${CAMPAIGNS_START}\n${body}\n${CAMPAIGNS_END}`
}

/** Written once for each campaign that stays the same object: after an edit that is all but one of them. */
const lines = new WeakMap<SnapshotCampaign, string>()

function lineOf(campaign: SnapshotCampaign): string {
  const line = lines.get(campaign) ?? JSON.stringify(campaign)
  lines.set(campaign, line)
  return line
}
