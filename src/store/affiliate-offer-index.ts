import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Selectable } from 'kysely'
import type { CustomPayouts } from '../domain/affiliate.ts'
import { BitSet } from '../domain/bit-set.ts'
import { byAge } from './affiliate-places.ts'
import { loadConfigVersion } from './config-version.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** Rows of one question: whoever else the process serves has its turn between two of them. */
const ROWS_PER_QUERY = 5_000
const NO_PAYOUTS = '{}'

type Row = Pick<
  Selectable<Database['affiliate_offers']>,
  'offer_id' | 'affiliate_id' | 'state' | 'accepted_at' | 'payouts_json' | 'version'
>

/** What one offer's affiliates have asked for and got, by the slot of each affiliate. */
export type OfferApplications = {
  /** Who has a row at all, who of them was let in, and who of those accepted the offer's agreement. */
  readonly applied: BitSet
  readonly approved: BitSet
  readonly accepted: BitSet
  readonly payouts: Map<number, CustomPayouts>
  /** One of the payouts is, or was, by visits or impressions. */
  paysForClicks: boolean
  /** Grows with every change. */
  revision: number
}

/**
 * The table affiliate_offers as far as edges need it: millions of rows, three bits for most of them. Only rows that
 * changed since the last look are read: a row carries the configuration's version of its change, which is counted up
 * under its lock until the change is committed (config-version.ts), so that every row which may still appear has a
 * greater version than the one that was read first. Rows are never deleted.
 *
 * Affiliates are numbered by slots, which never change while the process runs.
 */
export class AffiliateOfferIndex {
  readonly #slots = new Map<string, number>()
  readonly #payouts = new Map<string, CustomPayouts>()
  #offers = new Map<string, OfferApplications>()
  /** Rows up to this version are in. */
  #version = -1

  /** One refresh at a time. @throws what the database throws: the next refresh then reads the same rows again. */
  async refresh(db: Db): Promise<void> {
    const version = await loadConfigVersion(db)
    if (version < this.#version) this.#forget()
    if (version === this.#version) return
    await this.#numberAffiliates(db)
    let last: Row | undefined
    do {
      const rows = await this.#readAfter(db, last)
      for (const row of rows) this.#keep(row)
      last = rows.length === ROWS_PER_QUERY ? rows.at(-1) : undefined
      if (last !== undefined) await nextTurn()
    } while (last !== undefined)
    this.#version = version
  }

  /** The affiliate's number here; a new one when it has none. */
  slotOf(affiliateId: string): number {
    const known = this.#slots.get(affiliateId)
    if (known !== undefined) return known
    const slot = this.#slots.size
    this.#slots.set(affiliateId, slot)
    return slot
  }

  /** How many affiliates have a number. */
  get slots(): number {
    return this.#slots.size
  }

  /** Undefined for an offer that nobody applied for. */
  of(offerId: string): OfferApplications | undefined {
    return this.#offers.get(offerId)
  }

  /** The database went back in time: a backup was restored. */
  #forget(): void {
    this.#offers = new Map()
    this.#version = -1
  }

  /** Before their applications are read: numbers in the order of places need not be translated to places. */
  async #numberAffiliates(db: Db): Promise<void> {
    const rows = await db
      .selectFrom('affiliates')
      .select(['id', 'created_at as createdAt'])
      .where('archived_at', 'is', null)
      .execute()
    for (const { id } of rows.toSorted(byAge)) this.slotOf(id)
  }

  async #readAfter(db: Db, last: Row | undefined): Promise<Row[]> {
    const { version = this.#version + 1, offer_id = '', affiliate_id = '' } = last ?? {}
    return await db
      .selectFrom('affiliate_offers')
      .select(['offer_id', 'affiliate_id', 'state', 'accepted_at', 'payouts_json', 'version'])
      // Said apart from the rest, so that the index is entered at the version.
      .where('version', '>=', version)
      .where((is) =>
        is.or([
          is('version', '>', version),
          is('offer_id', '>', offer_id),
          is.and([is('offer_id', '=', offer_id), is('affiliate_id', '>', affiliate_id)]),
        ]),
      )
      .orderBy('version')
      .orderBy('offer_id')
      .orderBy('affiliate_id')
      .limit(ROWS_PER_QUERY)
      .execute()
  }

  #keep(row: Row): void {
    const slot = this.slotOf(row.affiliate_id)
    const offer = this.#offers.get(row.offer_id) ?? noApplications()
    this.#offers.set(row.offer_id, offer)
    offer.applied.set(slot, true)
    offer.approved.set(slot, row.state === 'approved')
    offer.accepted.set(slot, row.state === 'approved' && row.accepted_at !== null)
    if (row.payouts_json === NO_PAYOUTS) offer.payouts.delete(slot)
    else this.#keepPayouts(offer, slot, row.payouts_json)
    offer.revision += 1
  }

  /** Affiliates of a kind have the same ones. */
  #keepPayouts(offer: OfferApplications, slot: number, json: string): void {
    const payouts: CustomPayouts = this.#payouts.get(json) ?? JSON.parse(json)
    this.#payouts.set(json, payouts)
    offer.payouts.set(slot, payouts)
    const isByClick = Object.values(payouts).some(({ model }) => model === 'cpc' || model === 'cpm')
    offer.paysForClicks ||= isByClick
  }
}

function noApplications(): OfferApplications {
  return {
    applied: new BitSet(),
    approved: new BitSet(),
    accepted: new BitSet(),
    payouts: new Map(),
    paysForClicks: false,
    revision: 0,
  }
}
