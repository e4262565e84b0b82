import type { Kysely } from 'kysely'
import { describe, expect, it } from 'vitest'
import { correctVisits } from '../../src/corrections/correct-visits.ts'
import { ledgerRowsForTransition, visitDimensions } from '../../src/domain/conversion-ledger.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { conversionsOfClicks, insertConversions, type StoredConversion } from '../../src/store/conversions.ts'
import type { Database } from '../../src/store/schema.ts'
import { SQL_ENGINES, type TestStores, useStores } from '../support/databases.ts'
import { clickOf, until, visitRow } from '../support/ledger-world.ts'
import { type CorrectionsWorld, useCorrectionsWorlds } from './corrections-world.ts'

describe.each(SQL_ENGINES)('the corrector on %s', (engine) => {
  const stores: TestStores = useStores(engine)
  const open = useCorrectionsWorlds(stores)

  it('moves all rows of a visit to its new values: visit, click and conversion, also those not yet loaded', async () => {
    const world = await open()
    const visit = visitRow({ sub1: 'old', cost: '0.250000' })
    await world.journal.visit(visit)
    await world.journal.click(clickOf(visit))
    await convert(world, visit)
    await world.update(visit, { subs: { sub1: 'new' } })
    await correctAll(world)
    await world.caughtUp()
    const metrics = ['visits', 'clicks', 'unique_clicks', 'conversions', 'revenue', 'cost']
    expect(await world.report('sub1', metrics)).toEqual(['new 1 1 1 1 5 0.25'])
  })

  it('lets later transitions of a conversion match: it repeats the visit as it is now', async () => {
    const world = await open()
    const visit = visitRow({ sub1: 'old', external_id: 'E1' })
    await world.journal.visit(visit)
    const conversion = await convert(world, visit)
    await world.update(visit, { subs: { sub1: 'new' }, externalId: 'E2' })
    await correctVisits(world.corrector)
    const [stored] = await conversionsOfClicks(world.store.db, 'w', [visit.click_id])
    expect(stored).toMatchObject({ externalId: 'E2', visit: { sub1: 'new', external_id: 'E2' } })
    if (stored === undefined) throw new Error('no conversion')
    const rejected = { ...stored, status: 'rejected' as const }
    await world.record(
      ledgerRowsForTransition(conversion, rejected, visitDimensions(stored.visit), Date.now()),
    )
    await world.caughtUp()
    expect(await world.report('sub1', ['conversions', 'revenue'])).toEqual([])
    expect(await world.report('sub1', ['conversions_rejected'])).toEqual(['new 1'])
  })

  it('leaves a visit to the next round whose conversion changed while its rows were read', async () => {
    const world = await open()
    const visit = visitRow({ sub1: 'old' })
    await world.journal.visit(visit)
    await world.update(visit, { subs: { sub1: 'new' } })
    const crossed = async (signal: AbortSignal) => {
      await world.corrector.catchUp(signal)
      await convert(world, visit)
    }
    expect(await correctVisits({ ...world.corrector, catchUp: crossed })).toBe(0)
    expect(await correctVisits(world.corrector)).toBe(1)
    await world.caughtUp()
    expect(await world.report('sub1', ['visits', 'conversions'])).toEqual(['new 1 1'])
  })

  it('corrects a click that comes after the correction, and one that comes during it', async () => {
    const world = await open()
    const visit = visitRow({ sub1: 'old' })
    await world.journal.visit(visit)
    await world.update(visit, { subs: { sub1: 'new' } })
    const during = async (signal: AbortSignal) => {
      await world.corrector.catchUp(signal)
      await world.journal.click(clickOf(visit))
      // Loaded behind the back of the rows that are read next.
      await world.corrector.catchUp(signal)
    }
    expect(await correctVisits({ ...world.corrector, catchUp: during })).toBe(0)
    expect(await correctVisits(world.corrector)).toBe(1)
    await world.journal.click(clickOf(visit, { offerId: 'o2', at: visit.at + 9_000 }))
    await world.caughtUp()
    expect(await correctVisits(world.corrector)).toBe(1)
    expect(await correctVisits(world.corrector)).toBe(0)
    await world.caughtUp()
    expect(await world.report('sub1', ['visits', 'clicks', 'unique_clicks'])).toEqual(['new 1 2 1'])
  })

  it('lets the later of two updates win, whichever arrives first', async () => {
    const world = await open()
    const visit = visitRow({ sub1: 'old' })
    await world.journal.visit(visit)
    await world.update(visit, { subs: { sub1: 'first' } }, 'first')
    await world.update(visit, { subs: { sub1: 'second' } }, 'second')
    await world.store.db.updateTable('visit_updates').set({ at: 1_000 }).where('id', '=', 'second').execute()
    await correctVisits(world.corrector)
    await world.store.db.insertInto('visit_updates').values(lateUpdate(visit)).execute()
    expect(await correctVisits(world.corrector)).toBe(1)
    await world.caughtUp()
    expect(await world.report('sub1', ['visits'])).toEqual(['first 1'])
  })

  it('counts a visit as a bot, and as a unique person again', async () => {
    const world = await open()
    const visit = visitRow({ unique_visits: 1 })
    await world.journal.visit(visit)
    await world.journal.click(clickOf(visit))
    await world.update(visit, { bot: 'too_fast', addFlags: ['too_fast'] })
    await correctAll(world)
    await world.caughtUp()
    const metrics = ['visits', 'unique_visits', 'clicks', 'unique_clicks', 'bot_visits']
    expect(await world.report('bot', metrics)).toEqual(['too_fast 0 0 0 0 1'])
    await world.update(visit, { bot: '', removeFlags: ['too_fast'] })
    await correctAll(world)
    await world.caughtUp()
    expect(await world.report('bot', metrics)).toEqual([' 1 1 1 1 0'])
  })

  it('keeps workspaces apart', async () => {
    const world = await open()
    const visit = visitRow({ sub1: 'old' })
    await world.journal.visit(visit)
    await world.update({ ...visit, workspace: 'other' }, { subs: { sub1: 'new' } })
    await correctVisits(world.corrector)
    await world.caughtUp()
    expect(await world.report('sub1', ['visits'])).toEqual(['old 1'])
  })

  it('corrects once, wherever it is cut off', async () => {
    const options = await stores.options()
    const world = await open(await stores.open(options))
    let crashes = 0
    let visits = 0
    for (let statement = 1; ; statement++) {
      const visit = visitRow({ sub1: 'old', cost: '0.01' })
      await world.journal.visit(visit)
      await convert(world, visit)
      await world.update(visit, { subs: { sub1: 'new' } })
      visits += 1
      const failing = await stores.open(options)
      const store = { ...failing, db: cutOffAt(failing.db, statement) }
      const crashed = await correctVisits({ ...world.corrector, store }).then(
        () => false,
        () => true,
      )
      if (crashed) {
        crashes += 1
        expect(await correctVisits(world.corrector)).toBe(1)
      }
      expect(await correctVisits(world.corrector)).toBe(0)
      await world.caughtUp()
      const all = `new ${visits} ${visits} ${formatHundredths(visits)}`
      expect(await world.report('sub1', ['visits', 'conversions', 'cost'])).toEqual([all])
      if (!crashed) break
    }
    // Waiting, conversions; applied, conversions, updates, outbox, conversion.
    expect(crashes).toBeGreaterThanOrEqual(7)
  })
})

/** A click on its way makes its visit wait for another round. */
async function correctAll(world: CorrectionsWorld): Promise<void> {
  await until(async () => (await correctVisits(world.corrector)) > 0)
}

function formatHundredths(count: number): string {
  return `0.${String(count).padStart(2, '0')}`.replace(/0$/, '')
}

function lateUpdate(visit: LedgerRow) {
  return {
    id: 'older',
    workspace: visit.workspace,
    click_id: visit.click_id,
    at: 500,
    change_json: JSON.stringify({ subs: { sub1: 'older' } }),
    applied_at: null,
  }
}

/** A sale of 5, as conversions record it. */
async function convert(world: CorrectionsWorld, visit: LedgerRow): Promise<StoredConversion> {
  const conversion: StoredConversion = {
    id: `v-${visit.click_id}`,
    workspace: visit.workspace,
    clickId: visit.click_id,
    event: 'sale',
    txid: '',
    identity: visit.click_id,
    status: 'approved',
    revenueMicros: 5_000_000,
    currency: 'USD',
    originalMicros: 5_000_000,
    originalCurrency: 'USD',
    rateMicros: 1_000_000,
    costMicros: 0,
    counts: { conversion: true, revenue: true, cost: false },
    attribution: 'cid',
    hitId: 'h',
    visit,
    campaignId: '',
    trafficSourceId: '',
    affiliateNetworkId: '',
    offerId: '',
    externalId: visit.external_id ?? '',
    visitAt: visit.at,
    params: {},
    reason: '',
    affiliateId: '',
    advertiserId: '',
    payoutMicros: 0,
    saleMicros: 0,
    agreement: null,
    payableAt: null,
    person: null,
    pastStatuses: [],
    transitions: 1,
    createdAt: visit.at,
    updatedAt: visit.at,
  }
  const rows = ledgerRowsForTransition(undefined, conversion, visitDimensions(visit), visit.at + 2_000)
  await world.store.db.transaction().execute(async (db) => {
    await insertConversions(db, [conversion])
    await db
      .insertInto('ledger_outbox')
      .values(rows.map((row) => ({ row_json: JSON.stringify(row), batch: null })))
      .execute()
  })
  return conversion
}

/** A database whose n-th statement, and every later one, fails as if the connection were gone. */
function cutOffAt(db: Kysely<Database>, statement: number): Kysely<Database> {
  const count = { statements: 0 }
  return db.withPlugin({
    transformQuery: ({ node }) => {
      count.statements += 1
      if (count.statements >= statement) throw new Error('Connection terminated unexpectedly')
      return node
    },
    transformResult: async ({ result }) => result,
  })
}
