import type { LedgerRow } from '../domain/ledger-row.ts'

/** A visit that a journal told of, with the clicks that followed as far as they were read. */
export type RecentVisit = {
  /** The visit's ledger row as JSON. */
  readonly json: Buffer
  clicks: number
  lastClickOfferId: string
  lastClickNetworkId: string
}

/** Reads the row of a visit; JSON that the edge wrote and a checksum kept. */
export function parseVisitRow(json: Buffer): LedgerRow {
  return JSON.parse(json.toString('utf8')) as LedgerRow
}

/**
 * The visits read from journals lately, by click id: those that the ledger does not have yet, and some more. They
 * are kept as the bytes that were read; whole reads leave at a time, oldest first, because a slice of a read keeps
 * all of it in memory.
 */
export class RecentVisits {
  readonly #bytesMax: number
  readonly #visits = new Map<string, RecentVisit>()
  readonly #reads: { readonly clickIds: readonly string[]; readonly bytes: number }[] = []
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Adds the visits of one read. One that is known stays as it is: its clicks have been counted. */
  add(visits: readonly { readonly clickId: string; readonly json: Buffer }[], bytes: number): void {
    const added = visits.filter(({ clickId }) => !this.#visits.has(clickId))
    if (added.length === 0) return
    for (const { clickId, json } of added) {
      this.#visits.set(clickId, { json, clicks: 0, lastClickOfferId: '', lastClickNetworkId: '' })
    }
    this.#reads.push({ clickIds: added.map(({ clickId }) => clickId), bytes })
    this.#bytes += bytes
    while (this.#bytes > this.#bytesMax && this.#reads.length > 1) this.#dropOldest()
  }

  get(clickId: string): RecentVisit | undefined {
    return this.#visits.get(clickId)
  }

  #dropOldest(): void {
    const oldest = this.#reads.shift()
    if (oldest === undefined) return
    for (const clickId of oldest.clickIds) this.#visits.delete(clickId)
    this.#bytes -= oldest.bytes
  }
}
