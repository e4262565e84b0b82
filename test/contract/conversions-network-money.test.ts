import { describe, expect, it } from 'vitest'
import { createStatusChanger } from '../../src/conversions/change-status.ts'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import { parseAmount } from '../../src/domain/money.ts'
import { DEFAULT_TERMS, type OfferTerms, type Price } from '../../src/domain/offer-terms.ts'
import { getConversionWithHistory, listConversions } from '../../src/store/conversions.ts'
import { saveRates } from '../../src/store/currency-rates.ts'
import { outboxRows } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { buildNetworkWorld, type NetworkWorld } from '../support/network-world.ts'
import { pick, randomFrom } from '../support/random.ts'

const flat = (dollars: number): Price => ({ model: 'flat', amountMicros: dollars * 1_000_000 })
const percent = (share: number): Price => ({ model: 'percent', percent: share })
const both = (amountMicros: number, share: number): Price => ({ model: 'both', amountMicros, percent: share })

async function send(
  world: NetworkWorld,
  params: Record<string, string>,
  changes?: Partial<Hit>,
): Promise<HitAnswer> {
  world.time.now += 1_000
  const [answer] = await world.judge.judge([world.hit(params, changes)])
  if (answer === undefined) throw new Error('no answer')
  return answer
}

async function conversions({ store, workspaceId }: NetworkWorld) {
  return (await listConversions(store.db, workspaceId, {}, { limit: 500 })).items
}

describe.each(SQL_ENGINES)('what a network conversion earns on %s', (engine) => {
  const stores = useStores(engine)

  const prices: readonly (readonly [string, Partial<OfferTerms>, number, number])[] = [
    ['40', { revenue: percent(12.5), payout: percent(10) }, 5_000_000, 4_000_000],
    ['', { revenue: percent(12.5), payout: flat(2) }, 0, 2_000_000],
    ['40', { revenue: flat(3), payout: both(500_000, 10) }, 3e6, 4.5e6],
    ['40', { revenue: { model: 'cpc', amountMicros: 1 }, payout: { model: 'cpm', amountMicros: 1 } }, 0, 0],
    ['-40', { revenue: flat(3), payout: percent(10) }, 0, -4_000_000],
  ]
  it.each(prices)(
    'of a sale of "%s" under %o is %d, and %d for the affiliate',
    async (payout, terms, revenue, owed) => {
      const world = await buildNetworkWorld(await stores.open(), { terms })
      await send(world, { cid: world.visit(), ...(payout === '' ? {} : { payout }) })
      expect(await conversions(world)).toMatchObject([{ revenueMicros: revenue, payoutMicros: owed }])
    },
  )

  it('is the affiliate’s own payout, else its tier’s, else the goal’s or the offer’s', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      affiliate: { tier: 'gold' },
      terms: {
        revenue: flat(5),
        payout: flat(2),
        goals: [
          { event: 'Deposit', name: '', revenue: flat(50), payout: flat(20) },
          { event: 'Install', name: '', revenue: flat(1), payout: flat(0.5) },
        ],
        tiers: [
          { tier: 'gold', event: '', payout: flat(3) },
          { tier: 'gold', event: 'deposit', payout: flat(30) },
        ],
      },
    })
    await world.agree({ payouts: { deposit: flat(40) } })
    const cid = world.visit()
    for (const event of ['sale', 'deposit', 'install', 'unknown']) await send(world, { cid, event })
    const found = (await conversions(world)).toReversed()
    expect(
      found.map(({ event, revenueMicros, payoutMicros }) => [event, revenueMicros, payoutMicros]),
    ).toEqual([
      ['sale', 5_000_000, 3_000_000],
      ['Deposit', 50_000_000, 40_000_000],
      ['Install', 1_000_000, 500_000],
      ['unknown', 0, 0],
    ])
    expect(found.map(({ agreement }) => agreement?.from)).toEqual(['tier', 'affiliate', 'goal', 'offer'])
  })

  it('is agreed on when it is recorded: neither a new price nor a new rate changes it', async () => {
    const terms = { revenue: percent(20), payout: both(800_000, 10) }
    const world = await buildNetworkWorld(await stores.open(), { offer: { currency: 'EUR' }, terms })
    const cid = world.visit()
    const { conversion: id = '' } = await send(world, { cid, txid: 'T', payout: '10' })
    await world.changeTerms({ revenue: flat(1), payout: flat(1) })
    await saveRates(world.store.db, { EUR: 500_000 }, world.time.now)
    await send(world, { cid, txid: 'T', payout: '30' })
    await send(world, { cid, txid: 'T', payout: '-5' })
    await send(world, { cid, txid: 'T', status: 'rejected' })
    const story = await getConversionWithHistory(world.store.db, { workspace: world.workspaceId, id })
    expect(story?.conversion).toMatchObject({
      saleMicros: 25_000_000,
      revenueMicros: 5_000_000,
      payoutMicros: 3_500_000,
      originalMicros: -5_000_000,
    })
    const steps = story?.history.map((step) => [
      step.fromPayoutMicros,
      step.toPayoutMicros,
      step.toRevenueMicros,
      step.toStatus,
    ])
    expect(steps).toEqual([
      [0, 2_000_000, 2_000_000, 'approved'],
      [2_000_000, 4_000_000, 6_000_000, 'approved'],
      [4_000_000, 3_500_000, 5_000_000, 'approved'],
      [3_500_000, 3_500_000, 5_000_000, 'rejected'],
    ])
    await expectStateIsSum(world)
  })

  it('is without the flat part as long as the sale is below zero, in whatever order its parts come', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      terms: { revenue: both(3_000_000, 10), payout: both(2_000_000, 5) },
    })
    const tell = async (cid: string, payout: string) => {
      const { conversion: id = '' } = await send(world, { cid, txid: 'T', payout })
      const key = { workspace: world.workspaceId, id }
      const known = (await getConversionWithHistory(world.store.db, key))?.conversion
      return [known?.saleMicros, known?.revenueMicros, known?.payoutMicros]
    }
    const cid = world.visit()
    expect(await tell(cid, '100')).toEqual([1e8, 13e6, 7e6])
    expect(await tell(cid, '-100')).toEqual([0, 3e6, 2e6])
    expect(await tell(cid, '-99')).toEqual([-99e6, -9.9e6, -4.95e6])
    const other = world.visit()
    expect(await tell(other, '-40')).toEqual([-4e7, -4e6, -2e6])
    expect(await tell(other, '100')).toEqual([1e8, 13e6, 7e6])
    await expectStateIsSum(world)
  })

  it('can not be told without an exchange rate, which is said and counts nothing', async () => {
    const world = await buildNetworkWorld(await stores.open(), { offer: { currency: 'JPY' } })
    const cid = world.visit()
    expect(await send(world, { cid })).toMatchObject({
      outcome: 'rejected',
      reason: 'no exchange rate JPY → USD is set',
    })
    await world.changeTerms({ revenue: percent(10), payout: flat(0) })
    expect(await send(world, { cid, payout: '10', currency: 'USD' })).toMatchObject({ outcome: 'recorded' })
    expect(await conversions(world)).toMatchObject([{ revenueMicros: 1_000_000, payoutMicros: 0 }])
  })

  it('at a flat price needs no exchange rate of the sale’s currency, which is kept as it was sent', async () => {
    const world = await buildNetworkWorld(await stores.open())
    const sale = { cid: world.visit(), txid: 'T', payout: '10', currency: 'PLN' }
    const unknown = { outcome: 'rejected', reason: 'no exchange rate PLN → USD is set' }
    expect(await send(world, sale)).toMatchObject({ outcome: 'recorded' })
    expect(await send(world, sale)).toMatchObject({ outcome: 'duplicate' })
    expect(await send(world, { ...sale, txid: 'U', payout: '-10' })).toMatchObject(unknown)
    await world.agree({ payouts: { '': percent(10) } })
    expect(await send(world, { ...sale, txid: 'U' })).toMatchObject(unknown)
    expect(await send(world, { ...sale, txid: 'U', currency: 'USD' })).toMatchObject({ outcome: 'recorded' })
    expect(await send(world, { ...sale, txid: 'U', payout: '20' })).toMatchObject(unknown)
    expect((await conversions(world)).find(({ txid }) => txid === 'T')).toMatchObject({
      saleMicros: 0,
      originalMicros: 10e6,
      originalCurrency: 'PLN',
      rateMicros: 0,
      revenueMicros: 3e6,
      payoutMicros: 2e6,
    })
  })

  it('of a visit without an affiliate is owed to nobody', async () => {
    const world = await buildNetworkWorld(await stores.open())
    await send(world, { cid: world.visit({ affiliate_id: '' }) })
    expect(await conversions(world)).toMatchObject([
      { revenueMicros: 3_000_000, payoutMicros: 0, affiliateId: '', advertiserId: world.advertiserId },
    ])
  })

  it('waits for a person where the offer says so, whatever the advertiser repeats', async () => {
    const world = await buildNetworkWorld(await stores.open(), { terms: { approval: 'manual' } })
    const cid = world.visit()
    const first = await send(world, { cid, txid: 'T' })
    expect(first).toMatchObject({ outcome: 'recorded', reason: 'waits for approval' })
    expect(await send(world, { cid, txid: 'T' })).toMatchObject({ outcome: 'duplicate' })
    expect(await conversions(world)).toMatchObject([{ status: 'pending', reason: 'waits for approval' }])
    const change = createStatusChanger({ store: world.store, ownHosts: [], clock: () => world.time.now })
    const decide = async (status: 'approved' | 'rejected') =>
      await change({
        workspace: world.workspaceId,
        id: first.conversion ?? '',
        status,
        reason: '',
        actor: 'user:u',
      })
    await decide('approved')
    expect(await conversions(world)).toMatchObject([{ status: 'approved', reason: '' }])
    expect(await send(world, { cid, txid: 'T' })).toMatchObject({ outcome: 'duplicate' })
    await decide('rejected')
    expect(await send(world, { cid, txid: 'T' })).toMatchObject({ outcome: 'rejected' })
    expect(await send(world, { cid, txid: 'U', status: 'rejected' })).toMatchObject({ outcome: 'recorded' })
    expect(await send(world, { cid, txid: 'V' }, { kind: 'manual' })).toMatchObject({ outcome: 'recorded' })
    expect((await conversions(world)).map(({ status }) => status)).toEqual([
      'approved',
      'rejected',
      'rejected',
    ])
    await expectStateIsSum(world)
  })

  it('is not raised by the advertiser alone once a person approved it, and may be lowered', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      terms: { approval: 'manual', revenue: percent(20), payout: percent(10) },
    })
    const cid = world.visit()
    const tell = async (params: Record<string, string>, changes?: Partial<Hit>) => {
      const { outcome, reason } = await send(world, { cid, txid: 'T', ...params }, changes)
      return reason ?? outcome
    }
    expect(await tell({ payout: '10' })).toBe('waits for approval')
    expect(await tell({ payout: '20', status: 'pending' })).toBe('updated')
    expect(await tell({ payout: '20' }, { kind: 'manual' })).toBe('updated')
    const byHand = 'waits for approval: change it by hand'
    expect(await tell({ payout: '50000' })).toBe(byHand)
    const [dryRun] = await world.judge.judge([world.hit({ cid, txid: 'T', payout: '50000', test: '1' })])
    expect(dryRun?.reason).toBe(`duplicate: ${byHand}`)
    expect(await conversions(world)).toMatchObject([{ status: 'approved', saleMicros: 20e6 }])
    expect(await tell({ payout: '-5' })).toBe('updated')
    expect(await tell({ payout: '25' }, { kind: 'manual' })).toBe('updated')
    expect(await tell({ status: 'refund' })).toBe('updated')
    expect(await conversions(world)).toMatchObject([{ status: 'rejected', saleMicros: 25e6 }])
    await expectStateIsSum(world)
  })

  it('is held for the offer’s days, else the workspace’s', async () => {
    const world = await buildNetworkWorld(await stores.open(), { network: { holdDays: 30 } })
    await send(world, { cid: world.visit() })
    await world.changeTerms({ holdDays: 0 })
    await send(world, { cid: world.visit() })
    const held = (await conversions(world)).map(({ payableAt, createdAt }) => (payableAt ?? 0) - createdAt)
    expect(held).toEqual([0, 30 * 86_400_000])
  })

  it('is the sum of the ledger’s rows, whatever came', { timeout: 60_000 }, async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      advertiser: { eventPolicies: { b: 'add', c: 'ignore', d: 'replace' } },
      terms: {
        ...DEFAULT_TERMS,
        revenue: { model: 'both', amountMicros: 1_000_001, percent: 33.3 },
        payout: percent(17.7),
        goals: [
          { event: 'b', name: '', revenue: percent(50), payout: flat(1) },
          { event: 'c', name: '', revenue: flat(4), payout: percent(50) },
        ],
      },
    })
    const random = randomFrom(43)
    const cids = [world.visit(), world.visit()]
    for (let round = 0; round < 25; round++) {
      const hits = Array.from({ length: 8 }, () =>
        world.hit({
          cid: pick(random, cids),
          event: pick(random, ['', 'b', 'c', 'd']),
          txid: pick(random, ['', 'T', 'U']),
          status: pick(random, ['', 'pending', 'approved', 'rejected', 'refund', 'trash']),
          payout: pick(random, ['', '0', '1.23', '7', '-1', '-0.5', '1000']),
        }),
      )
      world.time.now += 1_000
      await world.judge.judge(hits)
    }
    const all = await conversions(world)
    expect(all.length).toBeGreaterThan(8)
    expect(all.some(({ payoutMicros }) => payoutMicros !== 0)).toBe(true)
    await expectStateIsSum(world)
  })
})

async function expectStateIsSum(world: NetworkWorld): Promise<void> {
  const rows = Map.groupBy(await outboxRows(world), (row) => row.conversion_id)
  for (const { id, status, revenueMicros, payoutMicros } of await conversions(world)) {
    const own = rows.get(id) ?? []
    const sum = (name: 'revenue' | 'payout') => own.reduce((total, row) => total + micros(row[name]), 0)
    const earns = status === 'pending' || status === 'approved'
    expect(sum('revenue')).toBe(earns ? revenueMicros : 0)
    expect(sum('payout')).toBe(earns ? payoutMicros : 0)
    const present = own.filter((row) => row.status === status)
    expect(present.reduce((total, row) => total + (row.conversions ?? row.events ?? 0), 0)).toBe(1)
  }
}

function micros(decimal: string | undefined): number {
  const parsed = parseAmount(decimal ?? '0')
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.micros
}
