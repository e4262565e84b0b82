import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openConversionsRig } from './api-conversions-rig.ts'

describe.each(SQL_ENGINES)('a conversion as the API shows it on %s', (engine) => {
  const stores = useStores(engine)

  it('says what its source is owed, and what its event counted as when it was recorded', async () => {
    const costModel = { type: 'revshare', percent: 12.5 } as const
    const rig = await openConversionsRig(stores, { campaign: { costModel }, offer: { events: [] } })
    const fee = { name: 'fee', counts: { conversion: false, revenue: false, cost: true } }
    const { body: event } = await rig.send('POST', '/events', fee)
    const cid = rig.world.visit()
    const { judge, hit } = rig.world
    const [sale, charge] = await judge.judge([
      hit({ cid, event: 'sale', payout: '5' }),
      hit({ cid, event: 'fee', payout: '2' }),
    ])
    await rig.send('PATCH', `/events/${event.id}`, { counts: { ...fee.counts, conversion: true } })
    expect((await rig.send('GET', `/conversions/${sale?.conversion}`)).body).toMatchObject({
      revenue: '5',
      cost: '0.625',
      counts: { conversion: true, revenue: true, cost: false },
    })
    const shown = { revenue: '2', cost: '0', counts: fee.counts }
    expect((await rig.send('GET', `/conversions/${charge?.conversion}`)).body).toMatchObject(shown)
    const { body: list } = await rig.send('GET', '/conversions?event=fee')
    expect(list.items).toMatchObject([shown])
  })
})
