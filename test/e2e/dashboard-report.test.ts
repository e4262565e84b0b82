import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiClient, field, idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { sheetOf } from '../support/xlsx-sheet.ts'
import { findA11yProblems, findPaleTexts } from './axe.ts'
import { type DashboardWindow, openAsOwner } from './dashboard-window.ts'

const PERSON = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0'
const DAY_MS = 86_400_000
const MANY = 50_000
/** Rows of the table that may be in the document, however many the report has. */
const DOM_ROWS_MAX = 80
/** Half a day ahead of the workspace's. */
const FAR_ZONE = 'Pacific/Auckland'
const SETTINGS = { TRAILPOST_LOG_LEVEL: 'fatal' }
const START = Date.now()
/** Two days ago; what happens in the test itself is after it, also past midnight. */
const DAY = dayAt(-2)
const ONE_DAY = `/report?range=custom&from=${DAY}&to=${DAY}`

const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }
/** Ways to see a report; one has losses and gains, one lines with what they are compared with. */
const VIEWS = [
  '&by=campaign,country&compare=week&pick=[["x"]]',
  '&by=country&view=chart&compare=week&pick=[["DE"],["FR"]]',
  '&view=heat',
  '&view=map&only=[["country","is_not",["FR","IT"]]]',
]

function dayAt(days: number): string {
  return new Date(START + days * DAY_MS).toISOString().slice(0, 10)
}

/** The report over a past that is in the ledger, and over visits of today, on an installation as it is started. */
describe('the report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-report-'))
  const dataDir = join(folder, 'data')
  let installation: Installation
  let browser: Browser
  let shown: DashboardWindow
  let page: Page

  beforeAll(async () => {
    const first = await startInstallation({ dataDir, edges: 1, settings: SETTINGS })
    const api = await setUpOwner(first)
    const campaign = await setUpCampaign(api)
    const workspace = await workspaceOf(api)
    // The ledger belongs to one process.
    await first.stop()
    await writePast(dataDir, workspace, campaign)
    const ports = { publicPort: first.publicPort, dashboardPort: Number(new URL(first.dashboardUrl).port) }
    installation = await startInstallation({ dataDir, edges: 1, settings: SETTINGS, ports })
    await sendVisits(installation.publicUrl)
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

  async function open(path: string): Promise<void> {
    await page.goto(installation.dashboardUrl + path)
    await page.getByRole('treegrid').waitFor()
  }

  function row(name: string): Locator {
    return page.getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) })
  }

  function total(): Locator {
    return page.getByRole('row').filter({ hasText: 'Total' })
  }

  it('shows the visits that came in through a campaign link a moment ago', async () => {
    await open(`/report?range=custom&from=${dayAt(0)}&to=${dayAt(1)}`)
    await row('Sleep push').getByRole('gridcell', { name: '3', exact: true }).first().waitFor()
    await row('Sleep push').getByRole('gridcell', { name: '$12.50', exact: true }).first().waitFor()
  })

  it('opens a group by the keyboard, and groupings change places by it', async () => {
    await open(ONE_DAY)
    await page.getByRole('button', { name: 'Add a grouping' }).click()
    await page.getByRole('textbox', { name: 'Find a grouping' }).fill('coun')
    await page.getByRole('option', { name: 'Country', exact: true }).click()
    await page.getByRole('columnheader', { name: 'Campaign › Country' }).waitFor()
    await row('Sleep push').focus()
    await page.keyboard.press('Enter')
    await row('Germany').waitFor()
    await row('Germany').and(page.locator('[aria-level="2"]')).waitFor()
    await row('Sleep push').and(page.locator('[aria-expanded=true]')).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await page.getByText('1 row chosen').waitFor()

    await page.getByRole('button', { name: 'Move the grouping Country', exact: true }).focus()
    await page.keyboard.press('Space')
    await page.getByText('Picked up Country, place 2 of 2.').waitFor({ state: 'attached' })
    await page.keyboard.press('ArrowLeft')
    await page.getByText('Country is at place 1 of 2.').waitFor({ state: 'attached' })
    await page.keyboard.press('Space')
    await page.getByRole('columnheader', { name: 'Country › Campaign' }).waitFor()
    await page.waitForURL((url) => url.searchParams.get('by') === 'country,campaign')
  })

  it('keeps what a filter names, then everything but that', async () => {
    await open(`${ONE_DAY}&by=country`)
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('combobox', { name: 'Values' }).click()
    await page.getByRole('option', { name: 'Germany' }).click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await row('France').waitFor({ state: 'detached' })
    await total().getByText('6', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Country: Germany' }).click()
    await page.getByRole('combobox', { name: 'Operator' }).click()
    await page.getByRole('option', { name: 'is not' }).click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await row('Germany').waitFor({ state: 'detached' })
    await page.getByText('Country is not Germany').waitFor()
    await total().getByText('2', { exact: true }).waitFor()
  })

  it('tells what is wrong with a formula where it is wrong, and shows what it comes to', async () => {
    await open(`${ONE_DAY}&by=country`)
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('button', { name: 'New formula' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('textbox', { name: 'Name' }).fill('Earned a visit')
    const formula = drawer.getByRole('textbox', { name: 'Formula' })
    await formula.fill('revenue / (visits')
    await drawer.getByText('This parenthesis is not closed.').waitFor()
    await expect.poll(() => drawer.locator('mark').textContent()).toBe('(')
    await formula.fill('revenue / ')
    await formula.pressSequentially('uniq')
    await drawer.getByRole('option', { name: 'unique_visits', exact: false }).first().click()
    await formula.fill('revenue / visits')
    await drawer.getByRole('status').getByText('$5.00').waitFor()
    await drawer.getByRole('button', { name: 'Save' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'Earned a visit' }).waitFor()
    await total().getByRole('gridcell', { name: '$5.00', exact: true }).waitFor()
    await row('Germany').getByRole('gridcell', { name: '$6.6667', exact: true }).waitFor()
  })

  it('compares with the same days of last week', async () => {
    await open(`${ONE_DAY}&by=country`)
    await page.getByRole('button', { name: 'Options' }).click()
    await page.getByRole('combobox', { name: 'Compare with' }).click()
    await page.getByRole('option', { name: 'The same days last week' }).click()
    await page.keyboard.press('Escape')
    await row('Germany').getByText('+50.0%').first().waitFor()
    await row('France').getByText('-50.0%').first().waitFor()
    await total().getByText('0.0%').first().waitFor()
  })

  it('aligns days with those of the other period', async () => {
    await open(`${ONE_DAY}&by=day,country&compare=week&open=${encodeURIComponent(JSON.stringify([[DAY]]))}`)
    await row('Germany').getByText('+50.0%').first().waitFor()
  })

  it('draws the hours of its own time zone, as lines, in their read-out and as text', async () => {
    const at = Date.parse(DAY) + DAY_MS / 2
    const there = (options: Intl.DateTimeFormatOptions, locale = 'en-US') =>
      new Intl.DateTimeFormat(locale, { timeZone: FAR_ZONE, ...options }).format(at)
    const day = there({ dateStyle: 'short' }, 'en-CA')
    await open(`/report?range=custom&from=${day}&to=${day}&by=country&view=chart&zone=${FAR_ZONE}`)
    const hour = there({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
    await page
      .locator('figure')
      .getByRole('row', { name: `${hour} 8`, exact: true })
      .waitFor()
    const slider = page.getByRole('slider')
    await slider.press('Home')
    const hours = Number(there({ hour: 'numeric', hourCycle: 'h23' }))
    for (let moves = 0; moves < hours; moves++) await slider.press('ArrowRight')
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe(`${hour}. Total: 8.`)
  })

  it('draws each chosen row with the same hours of the other period, and says the change', async () => {
    await open(`${ONE_DAY}&by=country&view=chart&compare=week&pick=[["DE"],["FR"]]`)
    const slider = page.getByRole('slider')
    await slider.press('Home')
    for (let moves = 0; moves < 12; moves++) await slider.press('ArrowRight')
    const read = 'Germany: 6, +50.0%. Germany (before): 4. France: 2, -50.0%. France (before): 4.'
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toContain(read)
    await page.locator('figure dl').getByText('+50.0%').waitFor()
  })

  it('is saved as a view, and its link shows the same in another window', async () => {
    await open(`${ONE_DAY}&by=country&cols=visits,revenue&sort=visits&dir=asc`)
    await page.getByRole('button', { name: 'Saved views' }).click()
    await page.getByRole('textbox', { name: 'Save this report as' }).fill('By country')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved “By country”').waitFor()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Saved views' }).click()
    await page.getByRole('button', { name: 'Copy link' }).click()
    await page.getByText('Copied the link').waitFor()
    const link = await page.evaluate<string>('navigator.clipboard.readText()')

    const other = await page.context().newPage()
    await other.goto(link)
    await other.getByRole('button', { name: 'Saved views; now By country' }).waitFor()
    await other.getByRole('row').nth(3).waitFor()
    const cells = (shownPage: Page) => shownPage.getByRole('treegrid').textContent()
    await expect.poll(() => cells(other)).toBe(await cells(page))
    await other.close()
  })

  it('is picked among the saved views, and a deleted one comes back', async () => {
    await open('/report?range=month')
    await page.getByRole('button', { name: 'Saved views' }).click()
    await page.getByRole('button', { name: 'By country', exact: true }).click()
    await page.waitForURL(/by=country/)
    await page.getByRole('button', { name: 'Saved views; now By country' }).click()
    await page.getByRole('button', { name: 'Delete By country' }).click()
    await page.getByText('Deleted “By country”').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Undone').waitFor()
    await page.getByRole('button', { name: 'Saved views; now By country' }).waitFor()
  })

  it('is exported as it is asked, as CSV and as a spreadsheet', async () => {
    await open(`${ONE_DAY}&by=campaign,country&cols=visits,revenue`)
    const csv = parse(await exported(page, 'CSV file'), { bom: true })
    const [head, ...rows] = csv as readonly (readonly string[])[]
    const columnOf = (name: string) => rows.map((each) => each[head?.indexOf(name) ?? -1])
    expect(columnOf('country')).toEqual(['DE', 'FR'])
    expect(columnOf('visits')).toEqual(['6', '2'])
    expect(columnOf('revenue').map(Number)).toEqual([40, 0])
    const [, first] = sheetOf(await exported(page, 'Excel file (XLSX)'))
    expect(Object.values(first ?? {})).toEqual(expect.arrayContaining(['text:DE', '6', '40']))
  })

  it('scrolls through 50,000 rows with few of them in the document', async () => {
    await open(
      `/report?range=month&by=sub1&cols=visits&sort=sub1&dir=asc&only=${encodeURIComponent('[["sub1","starts",["k"]]]')}`,
    )
    await page.getByRole('button', { name: 'Load all 50,000 rows' }).click()
    await page.locator(`[role=treegrid][aria-rowcount="${MANY + 2}"]`).waitFor()
    await row('k00001').focus()
    await page.keyboard.press('End')
    await row('k50000').waitFor()
    await expect.poll(() => focusedText(page)).toContain('k50000')
    await expect.poll(() => page.getByRole('row').count()).toBeLessThan(DOM_ROWS_MAX)
    await page.evaluate("document.querySelector('[role=treegrid]').parentElement.scrollTop = 925000")
    await row('k25010').waitFor()
    await expect.poll(() => page.getByRole('row').count()).toBeLessThan(DOM_ROWS_MAX)
    await page.getByRole('columnheader', { name: 'Visits' }).waitFor()
    await total().waitFor()
  })

  it('is a heat map and a world map of the same question, with the groupings kept for the table', async () => {
    await page.goto(`${installation.dashboardUrl}${ONE_DAY}&by=campaign,os&view=heat`)
    await page.getByText('The heat map is by weekday and hour. Table and chart: Campaign › System.').waitFor()
    expect(await page.getByRole('button', { name: 'Add a grouping' }).count()).toBe(0)
    const day = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(Date.parse(DAY))
    await page.getByRole('gridcell', { name: `${day}, 12:00: 8` }).hover()
    await page.getByText(`${day}, 12:00: 8`).first().waitFor()
    await page.getByText('World map', { exact: true }).click()
    await page.getByRole('img', { name: 'World map of Visits' }).waitFor()
    await page.getByRole('list', { name: 'Countries' }).getByRole('button', { name: 'Germany' }).focus()
    await page.getByText('Germany: 6').waitFor()
    await page.getByRole('button', { name: 'Germany' }).click()
    await page.getByText('Country: Germany').waitFor()
    await page.getByText('The world map is by country.').waitFor()
    await page.getByText('Table', { exact: true }).click()
    await page.getByRole('button', { name: 'Remove the grouping System' }).waitFor()
  })

  it('says what is wrong with a question that can not be answered', async () => {
    await page.goto(`${installation.dashboardUrl}/report?range=custom&from=2001-01-01&to=${DAY}`)
    await page.getByText('at most 3660 days').waitFor()
    await page.getByRole('button', { name: 'Show the last 7 days' }).click()
    await page.getByRole('treegrid').waitFor()
  })

  it.each(VIEWS)('has nothing that axe objects to in light and dark, and fits a phone: %s', async (view) => {
    await page.goto(installation.dashboardUrl + ONE_DAY + view)
    await page.locator('[role=treegrid], [role=grid], svg[role=img]').first().waitFor()
    await expect.poll(() => page.locator('main [aria-busy=true]').count()).toBe(0)
    expect(await findA11yProblems(page), 'light').toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await findPaleTexts(page), 'dark').toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize(PHONE)
    const overhang = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    await expect.poll(() => page.evaluate<number>(overhang)).toBeLessThanOrEqual(0)
    await page.setViewportSize(DESKTOP)
  })

  it('has nothing that axe objects to where columns are chosen and a filter is made', async () => {
    await open(`${ONE_DAY}&by=country,os`)
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('combobox', { name: 'Values' }).waitFor()
    expect(await findA11yProblems(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: 'Values' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('dialog').getByText('Your formulas').waitFor()
    expect(await findA11yProblems(page)).toEqual([])
  })

  it('makes the browser complain about nothing', () => {
    // A question that is refused is what one of the tests is about.
    expect(shown.complaints.filter((complaint) => !complaint.includes('400'))).toEqual([])
  })
})

async function setUpCampaign(api: ApiClient): Promise<string> {
  const trafficSourceId = await idOf(api, '/traffic-sources', { name: 'Push traffic' })
  const affiliateNetworkId = await idOf(api, '/affiliate-networks', { name: 'Offers Inc.' })
  const offerId = await idOf(api, '/offers', {
    name: 'Sleep Well',
    affiliateNetworkId,
    url: 'https://offers.example.com/?c={clickid}',
  })
  const path = { weight: 1, offers: [{ id: offerId, weight: 1 }] }
  return await idOf(api, '/campaigns', {
    name: 'Sleep push',
    slug: 'sleep-push',
    trafficSourceId,
    paths: [path],
  })
}

async function workspaceOf(api: ApiClient): Promise<string> {
  const [workspace] = field(await api.get('/me'), 'workspaces') as readonly { id: string }[]
  return workspace?.id ?? ''
}

/** Two days ago six German and two French visits, a week before that four of each; and 50,000 values of a sub id. */
async function writePast(dataDir: string, workspace: string, campaign: string): Promise<void> {
  const noon = Date.parse(DAY) + DAY_MS / 2
  const rows = (count: number, country: string, at: number) =>
    Array.from({ length: count }, (_, n) => visitRow({ at, country, click_id: `${country}${at}${n}` }))
  const visitRow = <T extends { at: number }>(of: T) => ({
    workspace,
    campaign_id: campaign,
    kind: 'visit',
    visits: 1,
    ...of,
  })
  const sale = {
    kind: 'conversion',
    visits: 0,
    conversions: 1,
    revenue: '40',
    country: 'DE',
    click_id: `DE${noon}0`,
  }
  const spent = { kind: 'cost', visits: 0, cost: '60', country: 'FR' }
  const many = Array.from({ length: MANY }, (_, n) =>
    visitRow({ at: noon - 18 * DAY_MS, click_id: `many${n}`, sub1: `k${String(n + 1).padStart(5, '0')}` }),
  )
  const past = [
    ...rows(6, 'DE', noon),
    ...rows(2, 'FR', noon),
    visitRow({ at: noon, ...spent }),
    ...rows(4, 'DE', noon - 7 * DAY_MS),
    ...rows(4, 'FR', noon - 7 * DAY_MS),
    visitRow({ at: noon, ...sale }),
    ...many,
  ]
  const lines = past.map((each) => `${JSON.stringify({ visit_at: each.at, ...each })}\n`).join('')
  const ledger = await openLedger({ clickhouseUrl: '', dataDir })
  try {
    await ledger.insertRows(lines, 'past')
  } finally {
    await ledger.close()
  }
}

/** Three visitors, the last of whom buys. */
async function sendVisits(publicUrl: string): Promise<void> {
  let clickId = ''
  for (let n = 0; n < 3; n++) {
    const answer = await fetch(`${publicUrl}/c/sleep-push`, {
      redirect: 'manual',
      headers: { 'user-agent': PERSON },
    })
    clickId = new URL(answer.headers.get('location') ?? '').searchParams.get('c') ?? ''
  }
  await fetch(`${publicUrl}/postback?cid=${clickId}&payout=12.50&txid=R1`)
}

/** The file that a choice of the export menu brings. */
async function exported(page: Page, format: string): Promise<Buffer> {
  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: format }).click()
  return readFileSync(await (await download).path())
}

async function focusedText(page: Page): Promise<string> {
  return await page.evaluate<string>("document.activeElement?.innerText ?? ''")
}
