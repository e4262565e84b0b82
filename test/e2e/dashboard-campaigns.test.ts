import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { encode } from 'uqr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiClient, field, idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { findA11yProblems } from './axe.ts'
import { type DashboardWindow, openAsOwner } from './dashboard-window.ts'

const PERSON = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0'

/** The campaigns of a tracker, on an installation as it is started: traffic included. */
describe('campaigns in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-campaigns-'))
  let installation: Installation
  let api: ApiClient
  let browser: Browser
  let shown: DashboardWindow
  let page: Page
  let sleep: string

  beforeAll(async () => {
    const settings = { TRAILPOST_LOG_LEVEL: 'fatal' }
    installation = await startInstallation({ dataDir: join(folder, 'data'), edges: 1, settings })
    api = await setUpOwner(installation)
    await api.patch('/settings', { timeZone: zoneOfNoon() })
    sleep = await setUpCampaigns(api)
    for (let n = 0; n < 3; n++) await visit('sleep-push')
    const clickId = await visit('sleep-push')
    await fetch(`${installation.publicUrl}/postback?cid=${clickId}&payout=12.50&txid=T1`)
    browser = await launchBrowser()
    shown = await openAsOwner(browser, { origin: installation.dashboardUrl })
    page = shown.page
  })
  afterAll(async () => {
    await shown?.close()
    await browser?.close()
    await installation?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** One visitor; the click id that the offer gets. */
  async function visit(slug: string): Promise<string> {
    const link = `${installation.publicUrl}/c/${slug}?zone=z1`
    const answer = await fetch(link, { redirect: 'manual', headers: { 'user-agent': PERSON } })
    return new URL(answer.headers.get('location') ?? '').searchParams.get('c') ?? ''
  }

  const open = (path: string) => page.goto(installation.dashboardUrl + path)
  const rowOf = (name: string) => page.getByRole('row').filter({ hasText: name })
  const statusOf = async (id: string) => field(await api.get(`/campaigns/${id}`), 'status')

  it('have the figures of their real traffic in the list, of today and of the week', async () => {
    await expect
      .poll(
        async () => {
          await open('/campaigns')
          await rowOf('Sleep push').getByText('$0.40').waitFor()
          return await rowOf('Sleep push').getByRole('cell').allInnerTexts()
        },
        { timeout: 30_000 },
      )
      .toEqual(expect.arrayContaining(['4', '1', '$12.50', '$0.40', '$12.10', '3,025%']))
    await page.getByText('7 days', { exact: true }).click()
    await page.waitForURL((url) => url.searchParams.get('span') === 'week')
    await page
      .getByRole('img', { name: 'Visits of Sleep push in the last 7 days: 0, 0, 0, 0, 0, 0, 4' })
      .waitFor()
  })

  it('are narrowed by status and tag, and the address says how', async () => {
    await open('/campaigns')
    await page.getByRole('combobox', { name: 'Tags' }).click()
    await page.getByRole('option', { name: 'night' }).click()
    await rowOf('Diet display').waitFor({ state: 'detached' })
    await page.waitForURL((url) => url.searchParams.get('tag') === 'night')
    await open('/campaigns?status=paused')
    await page.getByText('No campaign has this name, status and tag.').waitFor()
    await page.getByRole('button', { name: 'Clear the filter' }).click()
    await rowOf('Diet display').waitFor()
  })

  it('are paused in the row at once, visitors with them, and Undo brings them back', async () => {
    await open('/campaigns')
    await rowOf('Sleep push').getByRole('switch').press('Space')
    await page.getByText('“Sleep push” is paused').waitFor()
    await expect.poll(() => statusOf(sleep)).toBe('paused')
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => statusOf(sleep)).toBe('active')
    await rowOf('Sleep push').getByText('Active').waitFor()
  })

  it('are paused together, with the focus in the list once their bar is gone', async () => {
    await open('/campaigns')
    await page.getByRole('checkbox', { name: 'Choose all campaigns' }).check()
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await page.getByText('2 campaigns are paused').waitFor()
    const paused = page.getByRole('switch', { name: 'takes visitors', checked: false })
    await expect.poll(() => paused.count()).toBe(2)
    const focused = () => page.evaluate<string>("document.activeElement?.getAttribute('aria-label') ?? ''")
    await expect.poll(focused).toMatch(/^Choose (Diet|Sleep)/)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Undone').waitFor()
    await expect.poll(() => statusOf(sleep)).toBe('active')
  })

  it('show their link as a code that leads to it, with today’s figures above the form', async () => {
    await open(`/campaigns/${sleep}`)
    const today = page.getByRole('region', { name: 'Ready to use' })
    await today.getByText('$12.10').waitFor()
    await page.getByRole('button', { name: 'QR code' }).click()
    const link = `${installation.publicUrl}/c/sleep-push`
    const code = page.getByRole('img', { name: `QR code of ${link}` })
    const path = (await code.locator('path').getAttribute('d')) ?? ''
    expect(darkModules(path)).toEqual(expectedModules(link))
    const file = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download SVG' }).click()
    expect((await file).suggestedFilename()).toBe('sleep-push.svg')
  })

  it('keep what their button says when the form is saved that was open meanwhile', async () => {
    await open(`/campaigns/${sleep}`)
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Sleep push 2')
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await page.getByRole('button', { name: 'Resume', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(async () => field(await api.get(`/campaigns/${sleep}`), 'name')).toBe('Sleep push 2')
    expect(await statusOf(sleep)).toBe('paused')
    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await expect.poll(() => statusOf(sleep)).toBe('active')
  })

  it('are cloned with everything but their link', async () => {
    await open('/campaigns')
    await page.getByRole('link', { name: 'Clone Sleep push 2' }).click()
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.waitForURL((url) => !url.pathname.endsWith('/new'))
    const clone = await api.get(new URL(page.url()).pathname)
    const original = await api.get(`/campaigns/${sleep}`)
    expect(field(clone, 'name')).toBe('Sleep push 2 (copy)')
    expect(field(clone, 'slug')).not.toBe('sleep-push')
    for (const same of ['trafficSourceId', 'costModel', 'tags', 'redirectMode']) {
      expect(field(clone, same)).toEqual(field(original, same))
    }
  })

  it.each(['light', 'dark'] as const)('have nothing that axe objects to, in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    await open('/campaigns')
    await rowOf('Diet display').waitFor()
    await page.getByRole('checkbox', { name: 'Choose Diet display' }).check()
    expect(await findA11yProblems(page)).toEqual([])
    await open(`/campaigns/${sleep}`)
    await page.getByRole('button', { name: 'QR code' }).click()
    await page.getByRole('link', { name: 'Download SVG' }).waitFor()
    expect(await findA11yProblems(page)).toEqual([])
    expect(shown.complaints).toEqual([])
  })

  it('fit a phone: nothing but the table’s own frame scrolls sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of ['/campaigns', `/campaigns/${sleep}`]) {
      await open(path)
      await page.getByText('Sleep push').first().waitFor()
      await expect
        .poll(() => page.evaluate<number>('document.documentElement.scrollWidth'))
        .toBeLessThanOrEqual(390)
    }
  })
})

/** Where it is about noon now: the day must not end between the visits and the looking. */
function zoneOfNoon(): string {
  const ahead = 12 - new Date().getUTCHours()
  // The names have their signs the other way round: Etc/GMT-3 is three hours ahead of UTC.
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}

/** @returns the id of the one that has visitors. */
async function setUpCampaigns(api: ApiClient): Promise<string> {
  const trafficSourceId = await idOf(api, '/traffic-sources', {
    name: 'Push Co',
    tokens: [{ name: 'zone', param: 'zone' }],
  })
  const network = await idOf(api, '/affiliate-networks', { name: 'MaxBounty', clickIdParam: 'c' })
  const offer = await idOf(api, '/offers', {
    name: 'Sleep Well',
    url: 'https://offer.test/?c={clickid}',
    affiliateNetworkId: network,
  })
  const shared = { trafficSourceId, paths: [{ offers: [{ id: offer }] }] }
  await idOf(api, '/campaigns', { ...shared, name: 'Diet display', tags: ['day'] })
  return await idOf(api, '/campaigns', {
    ...shared,
    name: 'Sleep push',
    slug: 'sleep-push',
    tags: ['night'],
    costModel: { type: 'cpc', amount: '0.10', currency: 'USD' },
  })
}

/** "x y" of every dark module of a path of rectangles. */
function darkModules(path: string): readonly string[] {
  return [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].flatMap(([, x, y, width]) =>
    Array.from({ length: Number(width) }, (_, n) => `${Number(x) + n} ${y}`),
  )
}

function expectedModules(link: string): readonly string[] {
  const { data } = encode(link, { ecc: 'M', border: 4 })
  return data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x} ${y}`] : [])))
}
