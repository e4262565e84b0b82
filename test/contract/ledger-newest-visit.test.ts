import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { findNewestVisit } from '../../src/reports/newest-visit.ts'
import { visitRow } from '../support/ledger-world.ts'

const AT = Date.UTC(2026, 10, 22, 12)
const dir = mkdtempSync(join(tmpdir(), 'trailpost-newest-'))
let ledger: Ledger

beforeAll(async () => {
  ledger = await openLedger({ clickhouseUrl: '', dataDir: dir })
  const row = { ...visitRow({ workspace: 'w1', click_id: 'old', at: AT, campaign_id: 'k1' }) }
  const rows = [
    row,
    { ...row, click_id: 'new', at: AT + 1, offer_id: 'o1', affiliate_id: 'a1' },
    { ...row, click_id: 'of another campaign', at: AT + 2, campaign_id: 'k2' },
    { ...row, click_id: 'of another workspace', at: AT + 3, workspace: 'w2' },
    { ...row, click_id: 'a correction', at: AT + 4, correction: 'fraud' },
  ]
  await ledger.insertRows(rows.map((each) => `${JSON.stringify(each)}\n`).join(''), crypto.randomUUID())
})
afterAll(async () => {
  await ledger.close()
  rmSync(dir, { recursive: true, force: true })
})

it('the newest visit of a link is its own, and none that is older than asked', async () => {
  const ofCampaign = { campaignId: 'k1' }
  const newest = { clickId: 'new', at: AT + 1 }
  expect(await findNewestVisit(ledger, 'w1', ofCampaign, AT - 1_000)).toEqual(newest)
  expect(await findNewestVisit(ledger, 'w1', { offerId: 'o1', affiliateId: 'a1' }, AT)).toEqual(newest)
  expect(await findNewestVisit(ledger, 'w1', { offerId: 'o1', affiliateId: 'a2' }, AT)).toBeUndefined()
  expect(await findNewestVisit(ledger, 'w1', ofCampaign, AT + 3_600_000)).toBeUndefined()
})
