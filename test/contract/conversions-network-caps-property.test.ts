import { describe, expect, it } from 'vitest'
import type { Judge } from '../../src/conversions/judge.ts'
import { JudgeUnavailableError } from '../../src/conversions/judge-error.ts'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import { type AffiliateCaps, DEFAULT_TERMS, NO_CAPS } from '../../src/domain/offer-terms.ts'
import { countOfCap } from '../../src/store/cap-counters.ts'
import { listConversions, type StoredConversion } from '../../src/store/conversions.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { buildNetworkWorld, type NetworkWorld } from '../support/network-world.ts'
import { pick, randomFrom } from '../support/random.ts'

const DOLLAR = 1_000_000
const HITS = 200
const HITS_AT_ONCE_MAX = 4
const DAY = '2026-11-22'
const MONTH = '2026-11'

type Measure = 'conversions' | 'payoutMicros' | 'revenueMicros'
type BoundedCap = {
  readonly key: string
  readonly period: string
  readonly measure: Measure
  readonly max: number
  /** '' for all of them. */
  readonly affiliateId: string
}
type Said = { readonly hit: Hit; readonly affiliateId: string; readonly sale: number }

/** An advertiser pays a tenth of the sale, an affiliate gets a twentieth. */
function shareOf({ sale }: Said, measure: Measure): number {
  if (measure === 'conversions') return 1
  return (sale * DOLLAR) / (measure === 'revenueMicros' ? 10 : 20)
}

/** Every cap is near to what the hits ask for, so that each of them is the first to be used up for some. */
function drawCaps(random: () => number) {
  const near = (amount: number) => Math.ceil(amount * (0.4 + random()))
  const perAffiliate = (): AffiliateCaps => ({
    conversions: { ...NO_CAPS, daily: near(40) },
    payoutMicros: { ...NO_CAPS, total: near(50 * DOLLAR) },
    revenueMicros: { ...NO_CAPS, monthly: near(100 * DOLLAR) },
  })
  return {
    conversions: { ...NO_CAPS, daily: near(150), timeZone: 'UTC' },
    money: {
      payoutMicros: { ...NO_CAPS, daily: near(190 * DOLLAR) },
      revenueMicros: { ...NO_CAPS, total: near(380 * DOLLAR) },
      perAffiliate: perAffiliate(),
    },
    own: perAffiliate(),
  }
}

type Caps = ReturnType<typeof drawCaps>

/** All caps in force; the affiliate that has its own has none of the offer's for each. */
function listCaps(
  { offerId }: NetworkWorld,
  { conversions, money, own }: Caps,
  affiliates: readonly string[],
): readonly BoundedCap[] {
  const cap = (
    name: string,
    period: string,
    of: Omit<BoundedCap, 'key' | 'period' | 'max'>,
    max: number | null,
  ) => {
    const place = of.affiliateId === '' ? `offer:${offerId}` : `affiliate:${offerId}:${of.affiliateId}`
    return { key: `${place}${name}`, period, max: max ?? Number.NaN, ...of }
  }
  const all = { affiliateId: '' }
  return [
    cap('', DAY, { ...all, measure: 'conversions' }, conversions.daily),
    cap(':payout', DAY, { ...all, measure: 'payoutMicros' }, money.payoutMicros.daily),
    cap(':revenue', 'total', { ...all, measure: 'revenueMicros' }, money.revenueMicros.total),
    ...affiliates.flatMap((affiliateId, n) => {
      const caps = n === 0 ? own : money.perAffiliate
      return [
        cap('', DAY, { affiliateId, measure: 'conversions' }, caps.conversions.daily),
        cap(':payout', 'total', { affiliateId, measure: 'payoutMicros' }, caps.payoutMicros.total),
        cap(':revenue', MONTH, { affiliateId, measure: 'revenueMicros' }, caps.revenueMicros.monthly),
      ]
    }),
  ]
}

/** Most by a click, some reported by a member without one. */
function drawHits(world: NetworkWorld, affiliates: readonly string[], random: () => number): readonly Said[] {
  return Array.from({ length: HITS }, (_, n) => {
    const affiliateId = pick(random, affiliates)
    const sale = 1 + Math.floor(random() * 40)
    const payout = String(sale)
    const isByClick = random() < 0.8
    const hit = isByClick
      ? world.hit({ cid: world.visit({ affiliate_id: affiliateId }), payout })
      : world.hit({ offer: world.offerId, affiliate: affiliateId, txid: `T${n}`, payout }, { kind: 'manual' })
    return { hit, affiliateId, sale }
  })
}

function* inGroups(said: readonly Said[], random: () => number): Generator<readonly Hit[]> {
  for (let start = 0; start < said.length; ) {
    const size = 1 + Math.floor(random() * HITS_AT_ONCE_MAX)
    yield said.slice(start, start + size).map(({ hit }) => hit)
    start += size
  }
}

/** As edges do: a database that is busy for too long is asked again. */
async function untilJudged(judge: Judge, hits: readonly Hit[]): Promise<readonly HitAnswer[]> {
  for (;;) {
    try {
      return await judge.judge(hits)
    } catch (error) {
      if (!(error instanceof JudgeUnavailableError)) throw error
    }
  }
}

function usedOf(cap: BoundedCap, recorded: readonly StoredConversion[]): number {
  const counted = recorded.filter(
    ({ affiliateId }) => cap.affiliateId === '' || affiliateId === cap.affiliateId,
  )
  const { measure } = cap
  return counted.reduce((sum, one) => sum + (measure === 'conversions' ? 1 : one[measure]), 0)
}

describe.each(SQL_ENGINES)('caps of every kind together on %s', (engine) => {
  const stores = useStores(engine)

  it.each([1, 2, 3])(
    'hold against conversions at once in several processes, and refuse only what has no room (%i)',
    {
      timeout: 120_000,
    },
    async (seed) => {
      const random = randomFrom(seed)
      const drawn = drawCaps(random)
      const options = await stores.options()
      const world = await buildNetworkWorld(await stores.open(options), {
        offer: { caps: drawn.conversions },
        terms: {
          revenue: { model: 'percent', percent: 10 },
          payout: { model: 'percent', percent: 5 },
          caps: { ...DEFAULT_TERMS.caps, ...drawn.money },
        },
      })
      const affiliates = [world.affiliateId]
      for (let n = 0; n < 3; n++) affiliates.push(await world.affiliate())
      await world.agree({ caps: drawn.own })
      const judges = [world.judge]
      for (const _ of [1, 2]) judges.push(world.anotherJudge(await stores.open(options)))
      const said = drawHits(world, affiliates, random)
      const groups = [...inGroups(said, random)]
      const judged = groups.map(
        async (hits, n) => await untilJudged(judges[n % judges.length] ?? world.judge, hits),
      )
      const answers = (await Promise.all(judged)).flat()

      const { items: recorded } = await listConversions(
        world.store.db,
        world.workspaceId,
        {},
        { limit: HITS },
      )
      const refused = said.filter((_, n) => answers[n]?.outcome === 'rejected')
      expect([answers.length, recorded.length + refused.length]).toEqual([HITS, HITS])
      expect(Math.min(recorded.length, refused.length)).toBeGreaterThan(0)
      const caps = listCaps(world, drawn, affiliates)
      for (const cap of caps) {
        const used = usedOf(cap, recorded)
        expect(used, JSON.stringify(cap)).toBeLessThanOrEqual(cap.max)
        // What one cap refused was given back to all others.
        expect(await countOfCap(world.store.db, cap.key, cap.period), JSON.stringify(cap)).toBe(used)
      }
      // What is used only grows: what had no room has none at the end.
      for (const one of refused) {
        const own = caps.filter(({ affiliateId }) => affiliateId === '' || affiliateId === one.affiliateId)
        const isFull = own.some((cap) => usedOf(cap, recorded) + shareOf(one, cap.measure) > cap.max)
        expect(isFull, JSON.stringify(one.hit.params)).toBe(true)
      }
    },
  )
})
