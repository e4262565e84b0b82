import { describe, expect, it } from 'vitest'
import { listConversions } from '../../src/store/conversions.ts'
import { getHit } from '../../src/store/hits.ts'
import { outboxRows } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { buildNetworkWorld, type NetworkWorld } from '../support/network-world.ts'

describe.each(SQL_ENGINES)('a conversion of an advertiser’s offer on %s', (engine) => {
  const stores = useStores(engine)

  async function conversions({ store, workspaceId }: NetworkWorld) {
    return (await listConversions(store.db, workspaceId, {}, { limit: 500 })).items
  }

  it('earns what was agreed on, for the affiliate whose visit it is', async () => {
    const world = await buildNetworkWorld(await stores.open(), { network: { holdDays: 7 } })
    const cid = world.visit()
    const hit = world.hit({ cid, txid: 'ORDER-1', payout: '49.90', currency: 'EUR' })
    const [answer] = await world.judge.judge([hit])
    expect(answer).toEqual({
      hit: hit.id,
      outcome: 'recorded',
      conversion: expect.any(String),
      clickId: cid,
    })
    const { workspaceId: workspace, advertiserId, affiliateId, offerId } = world
    expect(await conversions(world)).toMatchObject([
      {
        advertiserId,
        affiliateId,
        offerId,
        affiliateNetworkId: '',
        status: 'approved',
        event: 'sale',
        revenueMicros: 3_000_000,
        payoutMicros: 2_000_000,
        saleMicros: 62_375_000,
        originalMicros: 49_900_000,
        originalCurrency: 'EUR',
        externalId: 'AFF-CLICK-1',
        agreement: { from: 'offer', currency: 'USD' },
        payableAt: world.time.now + 7 * 86_400_000,
      },
    ])
    expect(await outboxRows(world)).toMatchObject([
      {
        kind: 'conversion',
        conversions: 1,
        revenue: '3.000000',
        payout: '2.000000',
        affiliate_id: affiliateId,
        advertiser_id: advertiserId,
        offer_id: offerId,
        sub1: 'newsletter',
      },
    ])
    const stored = await getHit(world.store.db, { workspace, id: hit.id })
    expect(stored).toMatchObject({ advertiserId, affiliateId, affiliateNetworkId: '', outcome: 'recorded' })
  })
})
