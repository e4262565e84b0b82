import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FlowPath } from '../../src/domain/flow.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { optimizeFlows } from '../../src/optimization/optimize-flows.ts'
import { createCampaign, updateCampaign } from '../../src/store/campaigns.ts'
import { compileSnapshot } from '../../src/store/compile-snapshot.ts'
import { loadConfigVersion } from '../../src/store/config-version.ts'
import { createFlow } from '../../src/store/flows.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_CAMPAIGN, PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { visitRow } from '../support/ledger-world.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const DAY_MS = 86_400_000
const OPTIMIZATION = { level: 'offers', metric: 'epv', floorPercent: 10, windowDays: 7 } as const

const dir = mkdtempSync(join(tmpdir(), 'trailpost-optimization-'))
let ledger: Ledger

beforeAll(async () => {
  ledger = await openLedger({ clickhouseUrl: '', dataDir: dir })
})
afterAll(async () => {
  await ledger.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Visits of an arm, of which some convert. */
async function traffic(workspace: string, arm: Partial<LedgerRow>, sales: number, at = NOW): Promise<void> {
  const visits = Array.from({ length: 400 }, () => visitRow({ workspace, at, lander_id: '', ...arm }))
  const sold = Array.from({ length: sales }, () =>
    visitRow({
      workspace,
      at,
      lander_id: '',
      ...arm,
      kind: 'conversion',
      visits: 0,
      conversions: 1,
      status: 'approved',
      event: 'sale',
      revenue: '10',
    }),
  )
  const lines = [...visits, ...sold].map((row) => `${JSON.stringify(row)}\n`).join('')
  await ledger.insertRows(lines, crypto.randomUUID())
}

const path = (id: string, offers: readonly (readonly [string, number])[]): FlowPath => ({
  id,
  weight: 1,
  landers: [],
  offers: offers.map(([offer, weight]) => ({ id: offer, weight })),
})

describe.each(SQL_ENGINES)('optimisation on %s', (engine) => {
  const stores = useStores(engine)

  async function open() {
    const { db } = await stores.open()
    const workspace = await createWorkspace(db, PLAIN_WORKSPACE, NOW)
    return { db, workspace: workspace.id, optimize: () => optimizeFlows({ db, ledger, clock: () => NOW }) }
  }

  it('gives the offer that earns more nearly all visitors but the floor of the others', async () => {
    const { db, workspace, optimize } = await open()
    const id = crypto.randomUUID()
    const campaign = await createCampaign(
      db,
      workspace,
      {
        ...PLAIN_CAMPAIGN,
        slug: id,
        paths: [
          path(id, [
            ['good', 1],
            ['bad', 50],
            ['paused', 0],
          ]),
        ],
        optimization: OPTIMIZATION,
      },
      NOW,
    )
    await traffic(workspace, { path_id: id, offer_id: 'good' }, 40)
    await traffic(workspace, { path_id: id, offer_id: 'bad' }, 2)
    // Outside the window, and of another path: neither counts.
    await traffic(workspace, { path_id: id, offer_id: 'bad' }, 400, NOW - 8 * DAY_MS)
    await traffic(workspace, { path_id: 'other', offer_id: 'bad' }, 400)

    expect(await optimize()).toBe(1)
    const offers = (await compileSnapshot(db, NOW)).campaigns[0]?.paths[0]?.offers
    expect(offers).toMatchObject([{ id: 'good' }, { id: 'bad' }, { id: 'paused', weight: 0 }])
    expect(offers?.[0]?.weight).toBeGreaterThan(85)
    expect(offers?.[1]?.weight).toBeGreaterThanOrEqual(10)

    // Paused by its owner, an offer stays paused whatever weight was found for it.
    const [onlyPath] = campaign.paths
    const halted = onlyPath?.offers.map((ref) => (ref.id === 'bad' ? { ...ref, weight: 0 } : ref)) ?? []
    const pausing = { paths: [{ ...path(id, []), offers: halted }] }
    await updateCampaign(db, { workspace, id: campaign.id }, pausing, NOW)
    expect((await compileSnapshot(db, NOW)).campaigns[0]?.paths[0]?.offers[1]).toEqual({
      id: 'bad',
      weight: 0,
    })
    await updateCampaign(db, { workspace, id: campaign.id }, { paths: campaign.paths }, NOW)

    // Switched off, the user's own weights are in force again.
    await updateCampaign(db, { workspace, id: campaign.id }, { optimization: null }, NOW)
    expect((await compileSnapshot(db, NOW)).campaigns[0]?.paths[0]?.offers).toMatchObject([
      { weight: 1 },
      { weight: 50 },
      { weight: 0 },
    ])
  })

  it('weighs the paths of a shared flow and of each of its rules on their own', async () => {
    const { db, workspace, optimize } = await open()
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((mark) => `${mark}-${crypto.randomUUID()}`) as [
      string,
      string,
      string,
      string,
    ]
    const paths = (...ids: readonly string[]) => ids.map((id) => path(id, [['o', 1]]))
    const rule = { id: 'rule1', name: '', enabled: true, when: { all: [] }, paths: paths(c, d) }
    await createFlow(
      db,
      workspace,
      {
        name: 'Shared',
        rules: [rule],
        paths: paths(a, b),
        sticky: 'none',
        optimization: { ...OPTIMIZATION, level: 'paths', metric: 'cv' },
      },
      NOW,
    )
    await traffic(workspace, { path_id: a, offer_id: 'o' }, 40)
    await traffic(workspace, { path_id: b, offer_id: 'o' }, 2)
    await traffic(workspace, { path_id: c, offer_id: 'o' }, 2)
    await traffic(workspace, { path_id: d, offer_id: 'o' }, 40)
    expect(await optimize()).toBe(2)
    const flow = (await compileSnapshot(db, NOW)).flows[0]
    const weights = [...(flow?.paths ?? []), ...(flow?.rules[0]?.paths ?? [])].map(
      ({ weight }) => weight > 50,
    )
    expect(weights).toEqual([true, false, false, true])
  })

  it('leaves the configuration alone while nothing changes', async () => {
    const { db, workspace, optimize } = await open()
    const id = crypto.randomUUID()
    const paths = [
      path(id, [
        ['x', 1],
        ['y', 1],
      ]),
    ]
    await createCampaign(
      db,
      workspace,
      { ...PLAIN_CAMPAIGN, slug: id, paths, optimization: OPTIMIZATION },
      NOW,
    )
    expect(await optimize()).toBe(1)
    const version = await loadConfigVersion(db)
    expect(await optimize()).toBe(0)
    expect(await loadConfigVersion(db)).toBe(version)
  })
})
