import { describe, expect, it } from 'vitest'
import { CAP_NEVER_ENDS } from '../../src/domain/cap-period.ts'
import type { HitAnswer } from '../../src/domain/hit.ts'
import { DEFAULT_TERMS, NO_AFFILIATE_CAPS, NO_CAPS, type TermsCaps } from '../../src/domain/offer-terms.ts'
import { countOfCap } from '../../src/store/cap-counters.ts'
import { loadConfigVersion } from '../../src/store/config-version.ts'
import { listConversions } from '../../src/store/conversions.ts'
import { loadCappedAffiliates, loadCappedUntil } from '../../src/store/offer-caps.ts'
import { getOffer, type Offer } from '../../src/store/offers.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { buildNetworkWorld, type NetworkWorld } from '../support/network-world.ts'

const DOLLAR = 1_000_000
/** The end of the world's day, in UTC. */
const MIDNIGHT = Date.UTC(2026, 10, 23)

function caps(changes: Partial<TermsCaps>): { caps: TermsCaps } {
  return { caps: { ...DEFAULT_TERMS.caps, ...changes } }
}

/** Sends a conversion as anybody can; the reason, else the outcome. */
async function convert(world: NetworkWorld, params: Record<string, string> = {}, affiliateId?: string) {
  const cid = world.visit(affiliateId === undefined ? {} : { affiliate_id: affiliateId })
  const [answer] = await world.judge.judge([world.hit({ cid, ...params })])
  return answer?.reason ?? answer?.outcome ?? ''
}

async function offerOf({ store, workspaceId: workspace, offerId: id }: NetworkWorld): Promise<Offer> {
  const offer = await getOffer(store.db, { workspace, id })
  if (offer === undefined) throw new Error('no offer')
  return offer
}

async function cappedUntil(world: NetworkWorld): Promise<number> {
  const until = await loadCappedUntil(world.store.db, [await offerOf(world)], world.time.now)
  return until.get(world.offerId) ?? 0
}

async function cappedAffiliates(world: NetworkWorld) {
  return (await loadCappedAffiliates(world.store.db, [await offerOf(world)], world.time.now)).get(
    world.offerId,
  )
}

async function sums({ store, workspaceId }: NetworkWorld) {
  const { items } = await listConversions(store.db, workspaceId, {}, { limit: 500 })
  const sum = (name: 'revenueMicros' | 'payoutMicros') => items.reduce((total, item) => total + item[name], 0)
  return { count: items.length, revenue: sum('revenueMicros') / DOLLAR, payout: sum('payoutMicros') / DOLLAR }
}

describe.each(SQL_ENGINES)('the caps of a network on %s', (engine) => {
  const stores = useStores(engine)

  it('are never exceeded by conversions that come at once, to several processes', {
    timeout: 60_000,
  }, async () => {
    const options = await stores.options()
    const world = await buildNetworkWorld(await stores.open(options), {
      offer: { caps: { ...NO_CAPS, daily: 40, timeZone: 'UTC' } },
      terms: {
        ...caps({
          // Two dollars each: eleven fit, and a dollar is left over.
          payoutMicros: { ...NO_CAPS, total: 23 * DOLLAR },
          perAffiliate: { ...NO_AFFILIATE_CAPS, conversions: { ...NO_CAPS, monthly: 4 } },
        }),
      },
    })
    const affiliates = [world.affiliateId]
    for (let n = 0; n < 3; n++) affiliates.push(await world.affiliate())
    const judges = [world.judge]
    for (const _ of [1, 2]) judges.push(world.anotherJudge(await stores.open(options)))
    const hits = Array.from({ length: 60 }, (_, n) =>
      world.hit({ cid: world.visit({ affiliate_id: affiliates[n % 4] ?? '' }) }),
    )
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => await judges[n % 3]?.judge(hits.slice(n * 3, n * 3 + 3))),
    )
    const all = answers.flatMap((each): readonly HitAnswer[] => each ?? [])
    const recorded = all.filter(({ outcome }) => outcome === 'recorded')
    expect(recorded).toHaveLength(11)
    expect(all.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(49)
    expect(await sums(world)).toEqual({ count: 11, revenue: 33, payout: 22 })
    // What was rejected by one cap was taken from none.
    const offer = `offer:${world.offerId}`
    expect(await countOfCap(world.store.db, offer, '2026-11-22')).toBe(11)
    expect(await countOfCap(world.store.db, `${offer}:payout`, 'total')).toBe(22 * DOLLAR)
    const counts = affiliates.map((id) =>
      countOfCap(world.store.db, `affiliate:${world.offerId}:${id}`, '2026-11'),
    )
    const own = await Promise.all(counts)
    expect(Math.max(...own)).toBeLessThanOrEqual(4)
    expect(own.reduce((total, each) => total + each, 0)).toBe(11)
  })

  it('on money reject what does not fit, and take what still does', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      terms: {
        ...caps({ revenueMicros: { ...NO_CAPS, daily: 10 * DOLLAR } }),
        revenue: { model: 'percent', percent: 10 },
      },
    })
    expect(await convert(world, { payout: '60' })).toBe('recorded')
    expect(await convert(world, { payout: '60' })).toBe(
      "the offer's revenue cap in 2026-11-22 (UTC) is used up",
    )
    expect(await convert(world, { payout: '40' })).toBe('recorded')
    expect(await convert(world, { payout: '0.1' })).toContain('is used up')
    // What takes back, or earns nothing, needs no room.
    expect(await convert(world, { payout: '-5' })).toBe('recorded')
    expect(await convert(world)).toBe('recorded')
    expect(await cappedUntil(world)).toBe(MIDNIGHT)
  })

  it('tell how much they are to the advertiser that proves itself, and to members', async () => {
    const revenueMicros = { ...NO_CAPS, total: 5 * DOLLAR }
    const world = await buildNetworkWorld(await stores.open(), { terms: caps({ revenueMicros }) })
    expect(await convert(world)).toBe('recorded')
    expect(await convert(world)).toBe("the offer's revenue cap in total is used up")
    await world.changeAdvertiser({ nextToken: 'T0K' })
    expect(await convert(world, { token: 'T0K' })).toBe("the offer's revenue cap in total is used up")
    await world.changeAdvertiser({ token: 'T0K' })
    const full = "the offer's cap of 5 USD revenue in total is used up"
    expect(await convert(world, { token: 'T0K' })).toBe(full)
    const byMember = world.hit({ cid: world.visit() }, { kind: 'manual' })
    expect(await world.judge.judge([byMember])).toMatchObject([{ reason: full }])
  })

  it('on what affiliates are paid do not tell the advertiser how much that is', async () => {
    const payoutMicros = { ...NO_CAPS, total: 3 * DOLLAR }
    const world = await buildNetworkWorld(await stores.open(), {
      terms: caps({ payoutMicros }),
      advertiser: { token: 'T0K' },
    })
    const token = 'T0K'
    expect(await convert(world, { token })).toBe('recorded')
    expect(await convert(world, { token })).toBe("the offer's payout cap in total is used up")
    const byMember = world.hit({ cid: world.visit() }, { kind: 'manual' })
    expect(await world.judge.judge([byMember])).toMatchObject([
      { reason: "the offer's cap of 3 USD payout in total is used up" },
    ])
  })

  it('on money make edges send visitors elsewhere when no conversion like the last one fits', async () => {
    const payoutMicros = { ...NO_CAPS, daily: 5 * DOLLAR }
    const world = await buildNetworkWorld(await stores.open(), { terms: caps({ payoutMicros }) })
    const before = await loadConfigVersion(world.store.db)
    await convert(world)
    expect([await loadConfigVersion(world.store.db), await cappedUntil(world)]).toEqual([before, 0])
    await convert(world)
    expect([await loadConfigVersion(world.store.db), await cappedUntil(world)]).toEqual([
      before + 1,
      MIDNIGHT,
    ])
    // One that was raised has room at once, and the next day has its own.
    await world.changeTerms(caps({ payoutMicros: { ...NO_CAPS, daily: 6 * DOLLAR } }))
    expect(await cappedUntil(world)).toBe(0)
    await convert(world)
    expect(await cappedUntil(world)).toBe(MIDNIGHT)
    world.time.now = MIDNIGHT
    expect(await cappedUntil(world)).toBe(0)
  })

  it('on money stay open after a large sale, until one has no room or nothing is left', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      terms: {
        ...caps({ revenueMicros: { ...NO_CAPS, daily: 2_000 * DOLLAR } }),
        revenue: { model: 'percent', percent: 10 },
      },
    })
    const before = await loadConfigVersion(world.store.db)
    const state = async () => [(await loadConfigVersion(world.store.db)) - before, await cappedUntil(world)]
    expect(await convert(world, { payout: '10010' })).toBe('recorded')
    expect(await state()).toEqual([0, 0])
    // Would not fit in an empty cap either: it tells nothing of what is left.
    expect(await convert(world, { payout: '20010' })).toContain('is used up')
    expect(await state()).toEqual([0, 0])
    expect(await convert(world, { payout: '10000' })).toContain('is used up')
    expect(await state()).toEqual([1, MIDNIGHT])
    expect(await convert(world, { payout: '10000' })).toContain('is used up')
    expect(await convert(world, { payout: '50' })).toBe('recorded')
    expect(await state()).toEqual([1, MIDNIGHT])
  })

  it('of each affiliate stop that affiliate alone, until they end', async () => {
    const conversions = { ...NO_CAPS, daily: 2 }
    const world = await buildNetworkWorld(await stores.open(), {
      terms: caps({ perAffiliate: { ...NO_AFFILIATE_CAPS, conversions } }),
    })
    const [other, own] = [await world.affiliate(), await world.affiliate()]
    await world.agree(
      { caps: { ...NO_AFFILIATE_CAPS, payoutMicros: { ...NO_CAPS, total: 6 * DOLLAR } } },
      own,
    )
    const before = await loadConfigVersion(world.store.db)
    for (const expected of ['recorded', 'recorded']) expect(await convert(world)).toBe(expected)
    expect(await loadConfigVersion(world.store.db)).toBe(before + 1)
    expect(await convert(world)).toBe("the affiliate's cap of conversions in 2026-11-22 (UTC) is used up")
    expect(await convert(world, {}, other)).toBe('recorded')
    // Its own caps replace all of the offer's.
    const outcomes = []
    for (const _ of [1, 2, 3, 4]) outcomes.push(await convert(world, {}, own))
    expect(outcomes).toEqual([
      'recorded',
      'recorded',
      'recorded',
      "the affiliate's payout cap in total is used up",
    ])
    expect(await cappedUntil(world)).toBe(0)
    const expected = [
      { affiliateId: world.affiliateId, until: MIDNIGHT },
      { affiliateId: own, until: CAP_NEVER_ENDS },
    ]
    expect(await cappedAffiliates(world)).toHaveLength(2)
    expect(await cappedAffiliates(world)).toEqual(expect.arrayContaining(expected))
    world.time.now = MIDNIGHT
    expect(await cappedAffiliates(world)).toEqual([{ affiliateId: own, until: CAP_NEVER_ENDS }])
  })

  it('are taken from by what was rejected at first, once, when it earns at last', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      offer: { caps: { ...NO_CAPS, daily: 2, timeZone: 'UTC' } },
      terms: caps({ revenueMicros: { ...NO_CAPS, total: 100 * DOLLAR } }),
    })
    const cids = [world.visit(), world.visit(), world.visit()]
    const hitOf = (cid: string | undefined, status: string) =>
      world.hit({ cid: cid ?? '', txid: 'T', status })
    const tell = async (status: string) => {
      const answers = await world.judge.judge(cids.map((cid) => hitOf(cid, status)))
      return answers.map(({ reason, outcome }) => reason ?? outcome)
    }
    const full = "the offer's cap of conversions in 2026-11-22 (UTC) is used up"
    expect(await tell('rejected')).toEqual(['recorded', 'recorded', 'recorded'])
    expect(await tell('approved')).toEqual(['updated', 'updated', full])
    // What earned before keeps its place.
    expect(await tell('rejected')).toEqual(['updated', 'updated', 'already recorded, unchanged'])
    expect(await tell('approved')).toEqual(['updated', 'updated', full])
    const there = ['rejected', 'approved', 'rejected', 'approved'].map((status) => hitOf(cids[0], status))
    expect((await world.judge.judge(there)).map(({ outcome }) => outcome)).toEqual(there.map(() => 'updated'))
    const offer = `offer:${world.offerId}`
    expect(await countOfCap(world.store.db, offer, '2026-11-22')).toBe(2)
    expect(await countOfCap(world.store.db, `${offer}:revenue`, 'total')).toBe(6 * DOLLAR)
  })

  it('are taken from once by what is rejected, approved, rejected and approved in one batch', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      offer: { caps: { ...NO_CAPS, daily: 5, timeZone: 'UTC' } },
    })
    const cid = world.visit()
    const statuses = ['rejected', 'approved', 'rejected', 'approved']
    await world.judge.judge(statuses.map((status) => world.hit({ cid, txid: 'T', status })))
    expect(await countOfCap(world.store.db, `offer:${world.offerId}`, '2026-11-22')).toBe(1)
  })

  it('on money have no room for a larger amount of a known conversion either', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      terms: {
        ...caps({ payoutMicros: { ...NO_CAPS, total: 10 * DOLLAR } }),
        payout: { model: 'percent', percent: 10 },
      },
    })
    const cid = world.visit()
    const tell = async (payout: string) => {
      world.time.now += 1_000
      return (await world.judge.judge([world.hit({ cid, txid: 'T', payout })]))[0]?.outcome
    }
    expect([await tell('50'), await tell('101'), await tell('100'), await tell('20')]).toEqual([
      'recorded',
      'rejected',
      'updated',
      'updated',
    ])
    expect(await sums(world)).toMatchObject({ payout: 2 })
    expect(await countOfCap(world.store.db, `offer:${world.offerId}:payout`, 'total')).toBe(10 * DOLLAR)
  })
})
