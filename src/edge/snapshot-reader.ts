import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Snapshot, SnapshotAffiliate, SnapshotCampaign, SnapshotOffer } from '../domain/snapshot.ts'
import { LINED_LISTS, LISTS_END, type LinedList, listStart } from '../domain/snapshot-text.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import { parseAffiliate, parseCampaign, parseOffer, parseSnapshot } from './snapshot-schema.ts'

/**
 * Reads one snapshot after the other. Of five thousand campaigns (13 MB) parsing takes 200 ms, in which no visitor would
 * be answered; most edits change one of them. So an item whose line is the same as before is not parsed again, and the
 * others are parsed in slices, between which visitors have their turn.
 */
export class SnapshotReader {
  readonly #affiliates = new ListReader<SnapshotAffiliate>(parseAffiliate)
  readonly #offers = new ListReader<SnapshotOffer>(parseOffer)
  readonly #campaigns = new ListReader<SnapshotCampaign>(parseCampaign)

  /** @throws when the text is no snapshot, or of a format that this edge does not know. */
  async read(text: string): Promise<Snapshot> {
    const lined = splitLists(text)
    if (lined === undefined) return parseSnapshot(text)
    return {
      ...parseSnapshot(lined.others),
      affiliates: await this.#affiliates.read(lined.lists.affiliates),
      offers: await this.#offers.read(lined.lists.offers),
      campaigns: await this.#campaigns.read(lined.lists.campaigns),
    }
  }
}

type LinedText = {
  /** The snapshot with empty lists, as JSON. */
  readonly others: string
  readonly lists: Readonly<Record<LinedList, readonly string[]>>
}

/** Undefined for a text of another shape: plain JSON, or an older version's. */
function splitLists(text: string): LinedText | undefined {
  const lines = text.split('\n')
  const first = lines[0] ?? ''
  const [firstList] = LINED_LISTS
  if (!first.endsWith(listStart(firstList)) || lines.at(-1) !== LISTS_END) return undefined
  const lists: Record<LinedList, string[]> = { affiliates: [], offers: [], campaigns: [] }
  let others = first
  let from = 1
  for (const [at, list] of LINED_LISTS.entries()) {
    const next = LINED_LISTS[at + 1]
    const end = next === undefined ? LISTS_END : `]${listStart(next)}`
    const to = next === undefined ? lines.length - 1 : lines.indexOf(end, from)
    if (to === -1) return undefined
    lists[list] = lines.slice(from, to)
    others += end
    from = to + 1
  }
  return { others, lists }
}

/** Reads one list after the other, and keeps the items of the last one by their lines. */
class ListReader<Item> {
  readonly #parse: (json: string) => Item
  #known: ReadonlyMap<string, Item> = new Map()

  constructor(parse: (json: string) => Item) {
    this.#parse = parse
  }

  async read(lines: readonly string[]): Promise<Item[]> {
    const items = new Map<string, Item>()
    let sliceEndsAt = performance.now() + EDGE_LIMITS.snapshotSliceMs
    for (const line of lines) {
      const json = line.endsWith(',') ? line.slice(0, -1) : line
      if (json !== '') items.set(json, this.#known.get(json) ?? this.#parse(json))
      if (performance.now() < sliceEndsAt) continue
      await nextTurn()
      sliceEndsAt = performance.now() + EDGE_LIMITS.snapshotSliceMs
    }
    this.#known = items
    return [...items.values()]
  }
}
