import { describe, expect, it } from 'vitest'
import { createAdvertiser } from '../../src/store/advertisers.ts'
import { useStores } from '../support/databases.ts'
import { PLAIN_ADVERTISER } from '../support/field-defaults.ts'
import { openReconciliationRig } from './reconciliation-rig.ts'

describe('hits of a network', () => {
  const stores = useStores('sqlite')

  it('say whose they are, and are listed of one advertiser', async () => {
    const rig = await openReconciliationRig(stores)
    const { world } = rig
    const { store, workspaceId, time, affiliateId, advertiserId } = world
    const other = await createAdvertiser(
      store.db,
      workspaceId,
      { ...PLAIN_ADVERTISER, name: 'Acme' },
      time.now,
    )
    const offerId = await world.offer({ advertiserId: other.id })
    const visit = world.visit({ offer_id: offerId, advertiser_id: other.id })
    const hits = [world.hit({ cid: world.visit() }), world.hit({ cid: visit }), world.hit({ cid: 'nobody' })]
    await world.judge.judge(hits)
    const of = async (advertiser: string) =>
      (await rig.send('GET', `/hits?advertiserId=${advertiser}`)).body.items.map(
        ({ id }: { id: string }) => id,
      )
    expect([await of(advertiserId), await of(other.id), await of('nobody')]).toEqual([
      [hits[0]?.id],
      [hits[1]?.id],
      [],
    ])
    expect((await rig.send('GET', `/hits/${hits[1]?.id}`)).body).toMatchObject({
      outcome: 'recorded',
      advertiserId: other.id,
      affiliateId,
      affiliateNetworkId: '',
    })
    const rejected = await rig.send('GET', `/hits?advertiserId=${other.id}&outcome=rejected`)
    expect(rejected.body.items).toEqual([])
    expect((await rig.send('GET', '/hits')).body.items).toHaveLength(3)
  })
})
