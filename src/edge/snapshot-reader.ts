import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Snapshot, SnapshotCampaign } from '../domain/snapshot.ts'
import { CAMPAIGNS_END, CAMPAIGNS_START } from '../domain/snapshot-text.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import { parseCampaign, parseSnapshot } from './snapshot-schema.ts'

/**
 * Reads one snapshot after the other. Of five thousand campaigns (13 MB) parsing takes 200 ms, in which no visitor would
 * be answered; most edits change one of them. So a campaign whose line is the same as before is not parsed again, and
 * the others are parsed in slices, between which visitors have their turn.
 */
export class SnapshotReader {
  #campaigns: ReadonlyMap<string, SnapshotCampaign> = new Map()

  /** @throws when the text is no snapshot, or of a format that this edge does not know. */
  async read(text: string): Promise<Snapshot> {
    const lines = text.split('\n')
    const first = lines[0] ?? ''
    const isLined = first.endsWith(CAMPAIGNS_START) && lines.at(-1) === CAMPAIGNS_END
    if (!isLined) return parseSnapshot(text)
    const others = parseSnapshot(first + CAMPAIGNS_END)
    const campaigns = await this.#readCampaigns(lines.slice(1, -1).filter((line) => line !== ''))
    this.#campaigns = campaigns
    return { ...others, campaigns: [...campaigns.values()] }
  }

  async #readCampaigns(lines: readonly string[]): Promise<Map<string, SnapshotCampaign>> {
    const campaigns = new Map<string, SnapshotCampaign>()
    let sliceEndsAt = performance.now() + EDGE_LIMITS.snapshotSliceMs
    for (const line of lines) {
      const json = line.endsWith(',') ? line.slice(0, -1) : line
      campaigns.set(json, this.#campaigns.get(json) ?? parseCampaign(json))
      if (performance.now() < sliceEndsAt) continue
      await nextTurn()
      sliceEndsAt = performance.now() + EDGE_LIMITS.snapshotSliceMs
    }
    return campaigns
  }
}
