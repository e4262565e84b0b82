import { describe, expect, it } from 'vitest'
import { createStatusChanger } from '../../src/conversions/change-status.ts'
import { NO_SECRETS } from '../../src/domain/target-secrets.ts'
import type { DeliveryState } from '../../src/domain/target-types.ts'
import type { Store } from '../../src/store/open-store.ts'
import { buildWorld, deliveriesOf, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { TEST_VAULT } from '../support/test-vault.ts'
import { visitFrom } from './system-way.ts'

const sealedSecrets = TEST_VAULT.seal({ ...NO_SECRETS, system: { apiSecret: 'Abc_def-123456789012ab' } })
/** It takes conversions back. */
const GA4 = {
  system: 'ga4',
  method: 'POST',
  settings: { measurementId: 'G-AB12CD34EF' },
  sealedSecrets,
} as const
const SALE = { payout: '12.5', txid: 'T-1' } as const

describe.each(SQL_ENGINES)('a system that counts every call, on %s', (engine) => {
  const stores = useStores(engine)

  it('hears of the approval of a conversion that was pending when its target was connected', async () => {
    const { world, hit } = await openScene(await stores.open())
    await hit({ ...SALE, status: 'pending' })
    await world.target(GA4)
    await hit({ ...SALE, status: 'approved' })
    expect(await toldOf(world)).toEqual(['pending purchase'])
  })

  it('is not told to take back a sale from before its target was connected', async () => {
    const { world, hit } = await openScene(await stores.open())
    await hit(SALE)
    await world.target(GA4)
    await hit({ ...SALE, status: 'rejected' })
    expect(await toldOf(world)).toEqual(['not told'])
  })

  it.each(['dead', 'cancelled'] as const)(
    'is not told to take back a sale whose call is %s',
    async (state) => {
      const { world, hit } = await openScene(await stores.open(), GA4)
      await hit(SALE)
      await endCalls(world, state)
      await hit({ ...SALE, status: 'rejected' })
      expect(await toldOf(world)).toEqual([`${state} purchase`, 'not told'])
    },
  )

  it('hears of an approval when the call for the pending conversion was given up', async () => {
    const { world, hit } = await openScene(await stores.open(), GA4)
    await hit({ ...SALE, status: 'pending' })
    await endCalls(world, 'dead')
    await hit({ ...SALE, status: 'approved' })
    expect(await toldOf(world)).toEqual(['dead purchase', 'pending purchase'])
  })

  it('hears of an approval when the pending conversion was muted, and then of its rejection', async () => {
    const { world, hit } = await openScene(await stores.open(), GA4)
    await hit({ ...SALE, status: 'pending', disable_postback: '1' })
    await hit({ ...SALE, status: 'approved' })
    await endCalls(world, 'delivered')
    await hit({ ...SALE, status: 'rejected' })
    await hit({ ...SALE, status: 'approved' })
    expect(await toldOf(world)).toEqual(['muted', 'delivered purchase', 'pending refund', 'told already'])
  })

  it('hears of a refund as late as it comes, where it is dated by its own time', async () => {
    const { world, hit } = await openScene(await stores.open(), GA4)
    await hit(SALE)
    await endCalls(world, 'delivered')
    world.time.now += 30 * 24 * 3_600_000
    await hit({ ...SALE, status: 'rejected' })
    expect(await toldOf(world)).toEqual(['delivered purchase', 'pending refund'])
    const [refund] = await deliveriesOf(world)
    expect(refund?.expiresAt).toBe(world.time.now + 72 * 3_600_000)
  })

  it('hears of no sale that is older than it takes news of', async () => {
    const { world, hit } = await openScene(await stores.open(), GA4)
    await hit({ ...SALE, status: 'rejected' })
    world.time.now += 4 * 24 * 3_600_000
    await hit({ ...SALE, status: 'approved' })
    const tooLate = 'the system takes no news of a conversion as old as this'
    expect(await toldOf(world)).toEqual(['status filter', tooLate])
  })

  it('is told the same by a change by hand', async () => {
    const { world, hit } = await openScene(await stores.open())
    const { conversion: id = '' } = await hit(SALE)
    await world.target(GA4)
    const change = createStatusChanger({ store: world.store, ownHosts: [], clock: () => world.time.now })
    const deed = { workspace: world.workspaceId, id, reason: 'fraud', actor: 'user:u1' }
    await change({ ...deed, status: 'rejected' })
    expect(await toldOf(world)).toEqual(['not told'])
  })

  it('is told once of what one batch of hits reports several times', async () => {
    const { world, hits } = await openScene(await stores.open(), GA4)
    await hits([
      { ...SALE, status: 'pending' },
      { ...SALE, status: 'approved' },
      { ...SALE, status: 'rejected' },
    ])
    expect(await toldOf(world)).toEqual(['pending purchase', 'told already', 'pending refund'])
  })

  it('hears of no refund that comes as a conversion of its own as of one more purchase', async () => {
    const { world, hit } = await openScene(await stores.open(), GA4)
    await hit(SALE)
    await hit({ payout: '-5', txid: 'T-1-refund' })
    expect(await toldOf(world)).toEqual(['pending purchase', 'correction'])
  })
})

async function openScene(store: Store, target?: typeof GA4) {
  const world = await buildWorld(store)
  if (target !== undefined) await world.target(target)
  const cid = visitFrom(world, { _ga: 'GA1.1.1234567890.1612345678' })
  const hits = async (all: readonly Readonly<Record<string, string>>[]) => {
    world.time.now += 60_000
    return await world.judge.judge(all.map((params) => world.hit({ cid, ...params }, { at: world.time.now })))
  }
  const hit = async (params: Readonly<Record<string, string>>) => {
    const [answer] = await hits([params])
    if (answer === undefined) throw new Error('no answer')
    return answer
  }
  return { world, hit, hits }
}

/** As the delivery worker leaves what waits. */
async function endCalls({ store }: World, state: DeliveryState): Promise<void> {
  await store.db.updateTable('deliveries').set({ state }).where('state', '=', 'pending').execute()
}

/** In order: the state and GA4's event of each call, or why there is none. */
async function toldOf(world: World): Promise<readonly string[]> {
  const all = [...(await deliveriesOf(world))].sort(
    (a, b) => a.createdAt - b.createdAt || a.transition - b.transition,
  )
  return all.map(({ state, reason, body }) =>
    state === 'skipped' ? reason : `${state} ${JSON.parse(body).events[0].name}`,
  )
}
