import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiClient, DEMO_OWNER, field, idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { freePort, type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { findA11yProblems } from './axe.ts'
import { enter, fill, watch } from './dashboard-page.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 40_000
/** Whatever else calls itself is counted as a robot. */
const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/** After traffic, on an installation as it is started: no part of it is stood in for. */
describe('the overview', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-overview-'))
  let installation: Installation
  let browser: Browser
  let page: Page
  let complaints: string[] = []

  beforeAll(async () => {
    const settings = { TRAILPOST_LOG_LEVEL: 'fatal', TRAILPOST_ALLOW_PRIVATE_TARGETS: '127.0.0.1/32' }
    installation = await startInstallation({ dataDir: join(folder, 'data'), edges: 1, settings })
    await makeTraffic(await setUpOwner(installation), installation.publicUrl)
    browser = await launchBrowser()
    page = await openPage()
    await page.goto(installation.dashboardUrl)
    await fill(page, { 'E-mail': DEMO_OWNER.email })
    await enter(page.locator('input[type=password]'), DEMO_OWNER.password)
  })
  afterAll(async () => {
    await browser?.close()
    await installation?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A window on the dashboard of the installation. */
  async function openPage(): Promise<Page> {
    const origin = installation.dashboardUrl
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    context.setDefaultTimeout(STEP_MS_MAX)
    complaints = watch(context, origin)
    return await context.newPage()
  }

  it('shows the traffic of today, in tiles, chart and list, and the address keeps the choice', async () => {
    await page.waitForURL('**/overview')
    const figures = page.getByRole('group', { name: 'Figures of today' })
    await figures.getByRole('button', { name: /^Visits 3/ }).waitFor()
    await figures.getByRole('button', { name: /^Conversions 1/ }).waitFor()
    await figures.getByRole('button', { name: /^Revenue \$12\.50/ }).click()
    await page.waitForURL('**/overview?metric=revenue')
    const table = page.getByRole('table', { name: 'Revenue over time' })
    await expect.poll(() => table.textContent()).toContain('$12.50')
    await page.getByRole('slider', { name: 'Revenue over time' }).focus()
    const row = page.getByRole('listitem').filter({ hasText: 'Sleep Push' })
    await row.getByText('$12.50').first().waitFor()
    expect(await row.getByRole('link').getAttribute('href')).toContain('/report?')
  })

  it('says what fails, and where it is mended', async () => {
    const failing = page.getByRole('listitem').filter({ hasText: 'Notification targets' })
    await failing.filter({ hasText: '1 failing' }).waitFor()
    await failing.getByRole('img', { name: 'Wrong' }).waitFor()
    const unmatched = page.getByRole('listitem').filter({ hasText: 'Unmatched hits' })
    await unmatched.filter({ hasText: '1 in 24 hours' }).waitFor()
    await page
      .getByRole('listitem')
      .filter({ hasText: 'None open' })
      .getByRole('img', { name: 'Well' })
      .waitFor()
  })

  it('tells what happens while it is open', async () => {
    await fetch(`${installation.publicUrl}/postback?cid=06h07g5qy001phm2ft03p7g030&txid=LIVE-1`)
    const log = page.getByRole('list', { name: 'What happened' })
    await log.getByText('Unmatched').first().waitFor()
    expect(complaints).toEqual([])
  })

  it('has nothing that axe objects to, in both schemes', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await findA11yProblems(page), colorScheme).toEqual([])
    }
  })
})

/** Three visits, a conversion whose notification fails, and a hit without a visit. */
async function makeTraffic(api: ApiClient, publicUrl: string): Promise<void> {
  const trafficSourceId = await idOf(api, '/traffic-sources', { name: 'Push', externalIdParam: 'x' })
  const url = `http://127.0.0.1:${await freePort()}/pb?x={externalid}`
  await idOf(api, `/traffic-sources/${trafficSourceId}/notification-targets`, { url })
  const offer = { name: 'Sleep Well', url: 'https://offer.example/?c={clickid}' }
  const offerId = await idOf(api, '/offers', offer)
  const campaign = { name: 'Sleep Push', trafficSourceId, paths: [{ offers: [{ id: offerId, weight: 1 }] }] }
  const link = String(field(await api.post('/campaigns', campaign), 'link')).split('?')[0] ?? ''
  const clickIds: string[] = []
  while (clickIds.length < 3) {
    const answer = await fetch(`${link}?x=ext-${clickIds.length}`, {
      redirect: 'manual',
      headers: { 'user-agent': USER_AGENT },
    })
    const clickId = new URL(answer.headers.get('location') ?? publicUrl).searchParams.get('c')
    if (clickId !== null) clickIds.push(clickId)
  }
  await fetch(`${publicUrl}/postback?cid=${clickIds[0]}&payout=12.50&txid=T-1`)
  await fetch(`${publicUrl}/postback?cid=06h07g5qy001phm2ft03p7g030&txid=LOST-1`)
}
