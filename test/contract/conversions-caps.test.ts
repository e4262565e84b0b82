import { describe, expect, it } from 'vitest'
import { CAP_NEVER_ENDS } from '../../src/domain/cap-period.ts'
import { countOfCap } from '../../src/store/cap-counters.ts'
import { compileSnapshot } from '../../src/store/compile-snapshot.ts'
import { loadConfigVersion } from '../../src/store/config-version.ts'
import { createEventSettings } from '../../src/store/events.ts'
import { updateOffer } from '../../src/store/offers.ts'
import { buildWorld, WORLD_NOW, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const NO_CAPS = { daily: null, monthly: null, total: null, timeZone: 'UTC' }

describe.each(SQL_ENGINES)('the caps of an offer on %s', (engine) => {
  const stores = useStores(engine)

  async function convert(world: World, params: Record<string, string> = {}): Promise<string> {
    const [answer] = await world.judge.judge([world.hit({ cid: world.visit(), ...params })])
    return answer?.reason ?? answer?.outcome ?? ''
  }

  async function cappedUntil(world: World): Promise<number | undefined> {
    return (await compileSnapshot(world.store.db, world.time.now)).offers[0]?.cappedUntil
  }

  it('of day, month and in total are taken together or not at all', async () => {
    const caps = { daily: 2, monthly: 3, total: 4, timeZone: 'Pacific/Auckland' }
    const world = await buildWorld(await stores.open(), { offer: { caps } })
    expect([await convert(world), await convert(world)]).toEqual(['recorded', 'recorded'])
    expect(await convert(world)).toBe(
      "the offer's cap of 2 conversions in 2026-11-22 (Pacific/Auckland) is used up",
    )
    // In Auckland the next day begins at 11:00 UTC.
    world.time.now = Date.UTC(2026, 10, 22, 11)
    expect(await convert(world)).toBe('recorded')
    expect(await convert(world)).toContain('cap of 3 conversions in 2026-11 ')
    const key = `offer:${world.offerId}`
    expect(await countOfCap(world.store.db, key, '2026-11-23')).toBe(1)
    world.time.now = Date.UTC(2026, 10, 30, 11)
    expect([await convert(world), await convert(world)]).toEqual([
      'recorded',
      "the offer's cap of 4 conversions in total is used up",
    ])
    expect(await countOfCap(world.store.db, key, '2026-12')).toBe(1)
  })

  it('make edges send visitors elsewhere from the conversion on that uses one up until it ends', async () => {
    const caps = { ...NO_CAPS, daily: 2, monthly: 3, timeZone: 'Europe/Berlin' }
    const world = await buildWorld(await stores.open(), { offer: { caps } })
    const before = await loadConfigVersion(world.store.db)
    await convert(world)
    expect([await loadConfigVersion(world.store.db), await cappedUntil(world)]).toEqual([before, 0])
    await convert(world)
    expect(await loadConfigVersion(world.store.db)).toBe(before + 1)
    expect(await cappedUntil(world)).toBe(Date.UTC(2026, 10, 22, 23))
    // What is refused changes nothing.
    await convert(world)
    expect(await loadConfigVersion(world.store.db)).toBe(before + 1)
    world.time.now += 86_400_000
    expect(await cappedUntil(world)).toBe(0)
    await convert(world)
    expect(await cappedUntil(world)).toBe(Date.UTC(2026, 10, 30, 23))
    // A cap that was raised has room at once.
    const key = { workspace: world.workspaceId, id: world.offerId }
    await updateOffer(world.store.db, key, { caps: { ...NO_CAPS, total: 3 } }, WORLD_NOW)
    expect(await cappedUntil(world)).toBe(0)
    await convert(world)
    await updateOffer(world.store.db, key, { caps: { ...NO_CAPS, total: 1 } }, WORLD_NOW)
    expect(await cappedUntil(world)).toBe(CAP_NEVER_ENDS)
  })

  it('count what counts as a conversion and earns; a rejection later gives no place back', async () => {
    const world = await buildWorld(await stores.open(), {
      offer: { events: [], caps: { ...NO_CAPS, total: 1 } },
    })
    const counts = { conversion: false, revenue: true, cost: false }
    await createEventSettings(world.store.db, world.workspaceId, { name: 'step', counts }, WORLD_NOW)
    expect(await convert(world, { event: 'step' })).toBe('recorded')
    expect(await convert(world, { payout: '-1' })).toBe('recorded')
    expect(await convert(world, { status: 'rejected' })).toBe('recorded')
    const cid = world.visit()
    expect(await convert(world, { cid })).toBe('recorded')
    expect(await convert(world, { cid, status: 'rejected' })).toBe('updated')
    expect(await convert(world)).toContain('is used up')
  })

  it('are explained by test=1, each with its period', async () => {
    const caps = { daily: 5, monthly: null, total: 1, timeZone: 'UTC' }
    const world = await buildWorld(await stores.open(), { offer: { caps } })
    await convert(world)
    const [answer] = await world.judge.judge([world.hit({ cid: world.visit(), test: '1' })])
    expect(answer?.steps?.filter(({ step }) => step === 'cap')).toEqual([
      { step: 'cap', ok: true, detail: '1 of 5 used in 2026-11-22 (UTC)' },
      { step: 'cap', ok: false, detail: '1 of 1 used in total' },
    ])
    expect(answer?.reason).toBe('cap: 1 of 1 used in total')
  })
})
