import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { appendToOutbox } from '../../src/store/ledger-outbox.ts'
import { openStore } from '../../src/store/open-store.ts'
import { clickOf, EdgeJournal, type LedgerSums, visitRow } from '../support/ledger-world.ts'

const run = promisify(execFile)
const LOADER = join(import.meta.dirname, 'loader-process.ts')

/** Every call that changes something durable, in the order in which they come. */
const JOURNAL_POINTS = ['progress.begin', 'ledger.insertRows', 'progress.finish']
const OUTBOX_POINTS = ['outbox.claim', 'outbox.remove']
const LIVES = [...JOURNAL_POINTS, ...OUTBOX_POINTS].flatMap((point) => [
  ['before', point] as const,
  ['after', point] as const,
])

describe('a loader that is killed between every two steps', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-loader-'))
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }))
  const expected = {
    rows: 0,
    visits: 0,
    clicks: 0,
    unique_clicks: 0,
    impressions: 0,
    lander_views: 0,
    conversions: 0,
    different: 0,
  }

  it('brings every row into the ledger once', async () => {
    for (const [when, point] of LIVES) {
      await leaveWork()
      await expect(run(process.execPath, [LOADER, dataDir, when, point])).rejects.toMatchObject({
        signal: 'SIGKILL',
      })
    }
    const { stdout } = await run(process.execPath, [LOADER, dataDir])
    expect(JSON.parse(stdout)).toEqual(expected)
    const again: LedgerSums = JSON.parse((await run(process.execPath, [LOADER, dataDir])).stdout)
    expect(again).toEqual(expected)
  })

  /** Two edges' visits, with views and clicks that come through the other edge, and what SQL leaves for the ledger. */
  async function leaveWork(): Promise<void> {
    const [first, second] = [await EdgeJournal.open(dataDir, 0), await EdgeJournal.open(dataDir, 1)]
    for (let i = 0; i < 20; i++) {
      const visit = visitRow()
      await first.visit(visit)
      await second.view({ clickId: visit.click_id, at: visit.at + 500, landerId: '' })
      await second.click(clickOf(visit))
      await second.click(clickOf(visit, { offerId: 'o2' }))
      await second.visit(visitRow())
      await first.impression(visitRow({ kind: 'impression', click_id: '', visits: 0, impressions: 1 }))
      await first.hit()
    }
    await first.close()
    await second.close()
    const store = await openStore({ dataDir, databaseUrl: '' })
    const conversion = visitRow({ kind: 'conversion', click_id: '', visits: 0, conversions: 1 })
    await appendToOutbox(store.db, [conversion, conversion])
    await store.close()
    expected.rows += 122
    expected.visits += 40
    expected.clicks += 40
    expected.unique_clicks += 20
    expected.impressions += 20
    expected.lander_views += 20
    expected.conversions += 2
    // The rows without a click id share ''.
    expected.different += expected.different === 0 ? 41 : 40
  }
})
