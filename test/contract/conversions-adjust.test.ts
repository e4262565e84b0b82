import { describe, expect, it } from 'vitest'
import { createAmountChanger } from '../../src/conversions/change-amounts.ts'
import { createStatusChanger } from '../../src/conversions/change-status.ts'
import { parseAmount } from '../../src/domain/money.ts'
import { getConversionWithHistory } from '../../src/store/conversions.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import {
  buildNetworkWorld,
  type NetworkSettingsOfWorld,
  type NetworkWorld,
} from '../support/network-world.ts'

/** Half of the sale to the affiliate, four fifths from the advertiser. */
const SHARES: NetworkSettingsOfWorld = {
  terms: { revenue: { model: 'percent', percent: 80 }, payout: { model: 'percent', percent: 50 } },
}

describe.each(SQL_ENGINES)('amounts changed by hand on %s', (engine) => {
  const stores = useStores(engine)

  it('follow from the sale by what was agreed on, whatever the offer pays by now', async () => {
    const { world, id, adjust, amounts } = await convert(await buildNetworkWorld(await stores.open(), SHARES))
    await world.changeTerms({ payout: { model: 'percent', percent: 10 } })
    expect(await adjust({ saleMicros: 30_000_000 })).toEqual({ ok: true })
    expect(await amounts()).toMatchObject({
      saleMicros: 30_000_000,
      revenueMicros: 24_000_000,
      payoutMicros: 15_000_000,
    })
    const { workspaceId: workspace } = world
    const story = await getConversionWithHistory(world.store.db, { workspace, id })
    expect(story?.history.at(-1)).toMatchObject({
      n: 2,
      actor: 'user:u',
      reason: 'agreed',
      fromPayoutMicros: 5_000_000,
      toPayoutMicros: 15_000_000,
    })
  })

  it('by a sale below 0 are what the same sale earns when its advertiser reports it', async () => {
    const terms = {
      revenue: { model: 'both', amountMicros: 3_000_000, percent: 80 },
      payout: { model: 'both', amountMicros: 2_000_000, percent: 50 },
    } as const
    const world = await buildNetworkWorld(await stores.open(), { terms })
    const [byHand, reported] = [await convert(world), await convert(world)]
    await byHand.adjust({ saleMicros: -20_000_000, confirmPayoutAboveRevenue: true })
    await reported.report({ payout: '-30', txid: 'T1' })
    const { saleMicros, revenueMicros, payoutMicros } = (await reported.amounts()) ?? {}
    expect([saleMicros, revenueMicros, payoutMicros]).toEqual([-20_000_000, -16_000_000, -10_000_000])
    expect(await byHand.amounts()).toMatchObject({ saleMicros, revenueMicros, payoutMicros })
  })

  it('leave the ledger summing to what the conversion is, through statuses and back', async () => {
    const { world, id, adjust, setStatus } = await convert(
      await buildNetworkWorld(await stores.open(), SHARES),
    )
    await adjust({ saleMicros: 20_000_000 })
    await setStatus('rejected')
    expect(await ledgerSums(world, id)).toEqual({ conversions: 1, revenue: 0, payout: 0 })
    await adjust({ revenueMicros: 7_000_000, payoutMicros: 6_000_000 })
    expect(await ledgerSums(world, id)).toEqual({ conversions: 1, revenue: 0, payout: 0 })
    await setStatus('approved')
    await adjust({ payoutMicros: 1_000_000 })
    expect(await ledgerSums(world, id)).toEqual({ conversions: 1, revenue: 7_000_000, payout: 1_000_000 })
  })

  it('change nothing when they are the same, and tell nobody when they are not', async () => {
    const world = await buildNetworkWorld(await stores.open(), SHARES)
    await world.target()
    const { adjust, amounts } = await convert(world)
    const told = () =>
      world.store.db.selectFrom('deliveries').select('id').where('state', '=', 'pending').execute()
    const before = await told()
    await adjust({ saleMicros: 10_000_000 })
    expect(await amounts()).toMatchObject({ transitions: 1 })
    await adjust({ payoutMicros: 4_000_000 })
    expect(await amounts()).toMatchObject({ transitions: 2, payoutMicros: 4_000_000 })
    expect(await told()).toEqual(before)
  })

  it('are refused when the affiliate would get more than the advertiser pays, unless that is meant', async () => {
    const { adjust, amounts } = await convert(await buildNetworkWorld(await stores.open(), SHARES))
    expect(await adjust({ payoutMicros: 8_000_001 })).toMatchObject({
      ok: false,
      code: 'payout_above_revenue',
    })
    expect(await adjust({ revenueMicros: 1 })).toMatchObject({ ok: false, code: 'payout_above_revenue' })
    expect(await amounts()).toMatchObject({ transitions: 1 })
    expect(await adjust({ payoutMicros: 8_000_001, confirmPayoutAboveRevenue: true })).toEqual({ ok: true })
    expect(await amounts()).toMatchObject({ payoutMicros: 8_000_001 })
  })

  it('made at once are all kept, each on what the one before left', async () => {
    const { adjust, amounts, setStatus } = await convert(await buildNetworkWorld(await stores.open(), SHARES))
    await Promise.all([
      adjust({ payoutMicros: 1_000_000 }),
      adjust({ revenueMicros: 9_000_000 }),
      setStatus('rejected'),
    ])
    expect(await amounts()).toMatchObject({
      transitions: 4,
      status: 'rejected',
      payoutMicros: 1_000_000,
      revenueMicros: 9_000_000,
    })
  })
})

type Changes = Partial<Omit<Parameters<ReturnType<typeof createAmountChanger>>[0], 'workspace' | 'id'>>

/** A sale of ten dollars. */
async function convert(world: NetworkWorld) {
  const cid = world.visit()
  const report = (params: Record<string, string>) => world.judge.judge([world.hit({ cid, ...params })])
  const [answer] = await report({ payout: '10', txid: 'T1' })
  const id = answer?.conversion ?? ''
  const deps = { store: world.store, ownHosts: [], clock: () => world.time.now }
  const changeAmounts = createAmountChanger(deps)
  const changeStatus = createStatusChanger(deps)
  const deed = { workspace: world.workspaceId, id, reason: 'agreed', actor: 'user:u' }
  return {
    world,
    id,
    report,
    adjust: (changes: Changes) => changeAmounts({ ...deed, confirmPayoutAboveRevenue: false, ...changes }),
    setStatus: (status: 'approved' | 'rejected') => changeStatus({ ...deed, status }),
    amounts: async () =>
      (await getConversionWithHistory(world.store.db, { workspace: world.workspaceId, id }))?.conversion,
  }
}

async function ledgerSums({ store }: NetworkWorld, id: string) {
  const stored = await store.db.selectFrom('ledger_outbox').select('row_json').execute()
  const rows = stored.map((row) => JSON.parse(row.row_json)).filter((row) => row.conversion_id === id)
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0)
  return {
    conversions: sum((row) => row.conversions ?? 0),
    revenue: sum((row) => micros(row.revenue)),
    payout: sum((row) => micros(row.payout)),
  }
}

function micros(text: string | undefined): number {
  const amount = parseAmount(text ?? '0')
  if (!amount.ok) throw new Error(amount.reason)
  return amount.micros
}
