import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { APPLICATION_STATES, mayRun } from '../../src/domain/affiliate.ts'
import { DEFAULT_TERMS, OFFER_VISIBILITIES, type OfferTerms } from '../../src/domain/offer-terms.ts'
import type { Snapshot } from '../../src/domain/snapshot.ts'
import { createAdvertiser, updateAdvertiser } from '../../src/store/advertisers.ts'
import {
  type AffiliateOfferFields,
  NEW_APPLICATION,
  saveAffiliateOffer,
} from '../../src/store/affiliate-offers.ts'
import { archiveAffiliate, createAffiliate, updateAffiliate } from '../../src/store/affiliates.ts'
import { SnapshotCompiler } from '../../src/store/compile-snapshot.ts'
import { saveRates } from '../../src/store/currency-rates.ts'
import { createOffer, type OfferFields, updateOffer } from '../../src/store/offers.ts'
import type { Store } from '../../src/store/open-store.ts'
import type { Db } from '../../src/store/transaction.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_ADVERTISER, PLAIN_AFFILIATE, PLAIN_OFFER, PLAIN_WORKSPACE } from '../support/field-defaults.ts'

const NOW = 1_795_000_000_000

describe.each(SQL_ENGINES)('a network in the snapshot of %s', (engine) => {
  const stores = useStores(engine)

  async function openNetwork() {
    const store = await stores.open()
    const { db } = store
    const { id: workspace } = await createWorkspace(db, PLAIN_WORKSPACE, NOW)
    const advertiser = await createAdvertiser(
      db,
      workspace,
      { ...PLAIN_ADVERTISER, clickIdParam: 'tid' },
      NOW,
    )
    const compiler = new SnapshotCompiler(db)
    let age = 0
    return {
      store,
      db,
      workspace,
      advertiserId: advertiser.id,
      compile: () => compiler.compile(NOW),
      affiliate: async (changes: Partial<typeof PLAIN_AFFILIATE> = {}) => {
        age += 1
        return (await createAffiliate(db, workspace, { ...PLAIN_AFFILIATE, ...changes }, NOW + age)).id
      },
      offer: async (terms: Partial<OfferTerms> = {}, changes: Partial<OfferFields> = {}) => {
        const own = { ...PLAIN_OFFER, advertiserId: advertiser.id, terms: { ...DEFAULT_TERMS, ...terms } }
        return (await createOffer(db, workspace, { ...own, ...changes }, NOW)).id
      },
      agree: (offerId: string, affiliateId: string, fields: Partial<AffiliateOfferFields>, on: Db = db) =>
        saveAffiliateOffer(on, { workspace, offerId, affiliateId }, { ...NEW_APPLICATION, ...fields }, NOW),
    }
  }

  it('has the affiliates that are not archived, the oldest first', async () => {
    const { db, workspace, affiliate, compile } = await openNetwork()
    const ids = [await affiliate(), await affiliate({ status: 'paused', tier: 'gold' }), await affiliate()]
    expect((await compile()).affiliates.map(({ id }) => id)).toEqual(ids)
    await archiveAffiliate(db, { workspace, id: ids[0] ?? '' }, NOW)
    const after = await compile()
    expect(after.affiliates.map(({ id }) => id)).toEqual(ids.slice(1))
    expect(after.affiliates[0]).toMatchObject({ workspace, status: 'paused', tier: 'gold' })
  })

  it('says of each offer who may run it, as the rule has it', async () => {
    const { affiliate, offer, agree, compile } = await openNetwork()
    const applications = [
      undefined,
      ...APPLICATION_STATES.flatMap((state) => [null, NOW].map((acceptedAt) => ({ state, acceptedAt }))),
    ]
    const ids = await inOrder(applications, () => affiliate())
    const agreements = ['', 'No spam.']
    const kinds = OFFER_VISIBILITIES.flatMap((visibility) =>
      agreements.map((agreement) => ({ visibility, agreement })),
    )
    for (const kind of kinds) {
      const offerId = await offer(kind)
      for (const [at, application] of applications.entries()) {
        if (application !== undefined) await agree(offerId, ids[at] ?? '', application)
      }
      const expected = applications.map((application) =>
        mayRun({
          visibility: kind.visibility,
          hasAgreement: kind.agreement !== '',
          application: application && { ...application, hasAccepted: application.acceptedAt !== null },
        }),
      )
      const snapshot = await compile()
      expect([kind, ids.map((id) => isOpen(snapshot, offerId, id))]).toEqual([kind, expected])
    }
  })

  it('follows an affiliate to its new place when an older one is archived', async () => {
    const { db, workspace, affiliate, offer, agree, compile } = await openNetwork()
    const [first = '', second = '', third = ''] = await inOrder([1, 2, 3], () => affiliate())
    const offerId = await offer({ visibility: 'private', payout: { model: 'cpc', amountMicros: 100 } })
    await agree(offerId, third, { state: 'approved', payouts: { '': { model: 'cpc', amountMicros: 70 } } })
    const before = await compile()
    expect([first, second, third].map((id) => isOpen(before, offerId, id))).toEqual([false, false, true])
    await archiveAffiliate(db, { workspace, id: first }, NOW)
    const after = await compile()
    expect([second, third].map((id) => isOpen(after, offerId, id))).toEqual([false, true])
    expect(termsOf(after, offerId).customPayouts).toEqual([
      { affiliate: 1, visitMicros: 70, impressionMicros: 0 },
    ])
    const fourth = await affiliate()
    await agree(offerId, fourth, { state: 'approved' })
    await agree(offerId, third, { state: 'blocked' })
    const last = await compile()
    expect([second, third, fourth].map((id) => isOpen(last, offerId, id))).toEqual([false, false, true])
  })

  it('reads an application once, and again when it has changed', async () => {
    const { db, affiliate, offer, agree, compile } = await openNetwork()
    const [one = '', two = ''] = await inOrder([1, 2], () => affiliate())
    const offerId = await offer({ visibility: 'approval' })
    await agree(offerId, one, { state: 'approved' })
    expect(isOpen(await compile(), offerId, one)).toBe(true)
    // Behind the back of everybody who reads by versions: whoever sees it has read the whole table.
    await db.updateTable('affiliate_offers').set({ state: 'blocked' }).execute()
    await agree(offerId, two, { state: 'approved' })
    const other = await compile()
    expect([one, two].map((id) => isOpen(other, offerId, id))).toEqual([true, true])
    await agree(offerId, one, { state: 'rejected' })
    expect(isOpen(await compile(), offerId, one)).toBe(false)
  })

  it('reads more applications than fit into one question', async () => {
    const { db, workspace, affiliate, offer, compile } = await openNetwork()
    const id = await affiliate()
    const offerId = await offer({ visibility: 'approval' })
    const rows = Array.from({ length: 12_000 }, (_, n) => ({
      offer_id: n === 11_999 ? offerId : `gone${String(n).padStart(5, '0')}`,
      affiliate_id: id,
      workspace,
      state: 'approved' as const,
      message: '',
      reason: '',
      accepted_at: null,
      payouts_json: '{}',
      caps_json: 'null',
      created_at: NOW,
      updated_at: NOW,
      version: n % 3,
    }))
    for (let at = 0; at < rows.length; at += 1_000) {
      await db
        .insertInto('affiliate_offers')
        .values(rows.slice(at, at + 1_000))
        .execute()
    }
    expect(isOpen(await compile(), offerId, id)).toBe(true)
  })

  it('does not see an application that was rolled back', async () => {
    const { db, affiliate, offer, agree, compile } = await openNetwork()
    const id = await affiliate()
    const offerId = await offer({ visibility: 'approval' })
    const failing = db.transaction().execute(async (trx) => {
      await agree(offerId, id, { state: 'approved' }, trx)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(isOpen(await compile(), offerId, id)).toBe(false)
    await agree(offerId, id, { state: 'approved' })
    expect(isOpen(await compile(), offerId, id)).toBe(true)
  })

  it('starts over when the configuration is an older one', async () => {
    const { db, affiliate, offer, agree, compile } = await openNetwork()
    const id = await affiliate()
    const offerId = await offer({ visibility: 'approval' })
    await agree(offerId, id, { state: 'approved' })
    expect(isOpen(await compile(), offerId, id)).toBe(true)
    await db.deleteFrom('affiliate_offers').execute()
    await db.updateTable('config_version').set({ version: 1 }).execute()
    expect(isOpen(await compile(), offerId, id)).toBe(false)
  })

  it('has prices by visits and impressions in the workspace’s currency', async () => {
    const { db, affiliate, offer, agree, compile } = await openNetwork()
    await saveRates(db, { USD: 1_000_000, EUR: 500_000 }, NOW)
    const [, gold = '', special = ''] = await inOrder(['', 'gold', 'gold'], (tier) => affiliate({ tier }))
    const offerId = await offer(
      {
        revenue: { model: 'cpm', amountMicros: 3_000_000 },
        payout: { model: 'cpc', amountMicros: 200_000 },
        tiers: [{ tier: 'gold', event: '', payout: { model: 'cpc', amountMicros: 250_000 } }],
      },
      { currency: 'EUR' },
    )
    await agree(offerId, gold, { state: 'approved', payouts: { lead: { model: 'cpc', amountMicros: 1 } } })
    await agree(offerId, special, { payouts: { '': { model: 'flat', amountMicros: 9 } } })
    expect(termsOf(await compile(), offerId)).toMatchObject({
      visitMicros: { revenue: 0, payout: 400_000 },
      impressionMicros: { revenue: 6_000, payout: 0 },
      tierPayouts: [{ tier: 'gold', visitMicros: 500_000, impressionMicros: 0 }],
      // Paid by conversions, as nobody else is.
      customPayouts: [{ affiliate: 2, visitMicros: 0, impressionMicros: 0 }],
    })
  })

  it('follows a change of the affiliate’s tier, and of the advertiser', async () => {
    const { db, workspace, advertiserId, affiliate, offer, compile } = await openNetwork()
    const id = await affiliate()
    const offerId = await offer({
      landingPages: [{ id: 'p1', name: 'Page', url: 'https://offer.example/page' }],
    })
    const before = await compile()
    expect(before.offers[0]?.url).toBe('https://offer.example/?tid={clickid}')
    expect(termsOf(before, offerId)).toMatchObject({
      advertiserActive: true,
      clickIdParam: 'tid',
      landingPages: [{ id: 'p1', url: 'https://offer.example/page?tid={clickid}' }],
    })
    await updateAffiliate(db, { workspace, id }, { tier: 'gold' }, NOW)
    await updateAdvertiser(db, { workspace, id: advertiserId }, { status: 'paused' }, NOW)
    const after = await compile()
    expect(after.affiliates[0]?.tier).toBe('gold')
    expect(termsOf(after, offerId).advertiserActive).toBe(false)
  })

  it('has no terms for an affiliate network’s offer', async () => {
    const { db, workspace, offer, compile } = await openNetwork()
    const id = await offer()
    await updateOffer(db, { workspace, id }, { advertiserId: '', terms: null }, NOW)
    expect((await compile()).offers[0]).toMatchObject({ advertiserId: '', terms: null })
  })
})

describe('two changes at the same time on postgres', () => {
  const stores = useStores('postgres')

  it('are both seen, though a snapshot is compiled between their commits', async () => {
    const { db } = (await stores.open()) satisfies Store
    const { id: workspace } = await createWorkspace(db, PLAIN_WORKSPACE, NOW)
    const advertiser = await createAdvertiser(db, workspace, PLAIN_ADVERTISER, NOW)
    const terms = { ...DEFAULT_TERMS, visibility: 'private' as const }
    const offer = await createOffer(
      db,
      workspace,
      { ...PLAIN_OFFER, advertiserId: advertiser.id, terms },
      NOW,
    )
    const one = await createAffiliate(db, workspace, PLAIN_AFFILIATE, NOW)
    const two = await createAffiliate(db, workspace, PLAIN_AFFILIATE, NOW + 1)
    const compiler = new SnapshotCompiler(db)
    await compiler.compile(NOW)
    const hold = async (affiliateId: string) => {
      const saved = Promise.withResolvers<void>()
      const release = Promise.withResolvers<void>()
      const committed = db.transaction().execute(async (trx) => {
        const key = { workspace, offerId: offer.id, affiliateId }
        await saveAffiliateOffer(trx, key, { ...NEW_APPLICATION, state: 'approved' }, NOW)
        saved.resolve()
        await release.promise
      })
      return {
        saved: saved.promise,
        commit: async () => {
          release.resolve()
          await committed
        },
      }
    }
    const first = await hold(one.id)
    await first.saved
    const second = await hold(two.id)
    await untilWaiting(db)
    await first.commit()
    await second.saved
    const between = await compiler.compile(NOW)
    expect([one, two].map(({ id }) => isOpen(between, offer.id, id))).toEqual([true, false])
    await second.commit()
    const after = await compiler.compile(NOW)
    expect([one, two].map(({ id }) => isOpen(after, offer.id, id))).toEqual([true, true])
  })
})

/** Until a transaction of the database waits for another one's lock. */
async function untilWaiting(db: Db): Promise<void> {
  for (;;) {
    const { rows } = await sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      db,
    )
    if (rows.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function termsOf(snapshot: Snapshot, offerId: string) {
  const terms = snapshot.offers.find(({ id }) => id === offerId)?.terms
  if (terms === undefined || terms === null) throw new Error('the offer has no terms')
  return terms
}

function isOpen(snapshot: Snapshot, offerId: string, affiliateId: string): boolean {
  const { openToAll, affiliates } = termsOf(snapshot, offerId)
  const place = snapshot.affiliates.findIndex(({ id }) => id === affiliateId)
  const byte = Buffer.from(affiliates, 'base64')[place >>> 3] ?? 0
  return ((byte & (1 << (place & 7))) !== 0) !== openToAll
}

/** One after the other: ids are in the order of the items. */
async function inOrder<T, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<R[]> {
  const made: R[] = []
  for (const item of items) made.push(await make(item))
  return made
}
