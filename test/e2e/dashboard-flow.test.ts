import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { openStore } from '../../src/store/open-store.ts'
import { saveOptimizedWeights } from '../../src/store/optimized-weights.ts'
import { findA11yProblems } from './axe.ts'
import { choose, fill } from './dashboard-page.ts'
import { type DashboardWindow, openAsOwner } from './dashboard-window.ts'

/** A flow as its author sees it: a picture, an order, a dry run, and what was changed. */
describe('a flow in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-flow-'))
  let installation: Installation
  let browser: Browser
  let shown: DashboardWindow
  let page: Page
  let campaign: string
  /** Optimises its two offers. */
  let optimized: string

  beforeAll(async () => {
    const settings = { TRAILPOST_LOG_LEVEL: 'fatal' }
    installation = await startInstallation({ dataDir: join(folder, 'data'), edges: 1, settings })
    const api = await setUpOwner(installation)
    const trafficSourceId = await idOf(api, '/traffic-sources', { name: 'Push Co' })
    const [sleep, diet] = await Promise.all([offer('Sleep Well'), offer('Diet Plus')])
    const paths = [{ offers: [{ id: sleep }] }]
    campaign = await idOf(api, '/campaigns', {
      name: 'Push',
      trafficSourceId,
      paths,
      costModel: { type: 'none' },
    })
    optimized = await idOf(api, '/campaigns', {
      name: 'Native',
      trafficSourceId,
      paths: [{ id: 'split', offers: [{ id: sleep }, { id: diet }] }],
      optimization: { level: 'offers', metric: 'epv', floorPercent: 5, windowDays: 7 },
      costModel: { type: 'none' },
    })
    await setWeights({ [sleep]: 72, [diet]: 28 })
    browser = await launchBrowser()
    shown = await openAsOwner(browser, { origin: installation.dashboardUrl })
    page = shown.page

    async function offer(name: string): Promise<string> {
      return await idOf(api, '/offers', { name, url: 'https://o.test/?c={clickid}', defaultEvent: 'sale' })
    }

    /** As the optimiser does once a minute. */
    async function setWeights(weights: Readonly<Record<string, number>>): Promise<void> {
      const store = await openStore({ dataDir: join(folder, 'data'), databaseUrl: '' })
      const { workspace } = await store.db
        .selectFrom('campaigns')
        .select('workspace')
        .executeTakeFirstOrThrow()
      const arms = Object.entries(weights).map(([id, weight]) => ({
        id,
        weight,
        probabilityBest: weight / 100,
      }))
      await saveOptimizedWeights(
        store.db,
        [{ workspace, ownerId: optimized, scopeId: 'split', arms }],
        Date.now(),
      )
      await store.close()
    }
  })
  afterAll(async () => {
    await shown?.close()
    await browser?.close()
    await installation?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Boxes of the diagram, by their places in the form, from left to right. */
  const station = (place: string) => page.locator(`[data-key="${place}"]`).first()

  it('is drawn as it is typed: a rule, its shares, and what is paused', async () => {
    await page.goto(`${installation.dashboardUrl}/campaigns/${campaign}`)
    await station('paths.0.offers.0').getByText('Sleep Well').waitFor()
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await fill(page, { 'Name of the rule': 'Germans' })
    await choose(page, 'Values of condition 1', 'Germany')
    await page.keyboard.press('Escape')
    await station('rules.0').getByText('Country is Germany').waitFor()
    const rule = page.locator('[data-place="rules.0"]')
    await rule.getByRole('combobox', { name: 'Offer 1', exact: true }).click()
    await page.getByRole('option', { name: 'Diet Plus' }).click()
    await rule.getByRole('button', { name: 'Add an offer' }).click()
    await rule.getByRole('combobox', { name: 'Offer 2', exact: true }).click()
    await page.getByRole('option', { name: 'Sleep Well' }).click()
    await rule.getByRole('textbox', { name: 'Weight: Offer 1' }).fill('3')
    await station('rules.0.paths.0.offers.0').getByText('75%').waitFor()
    await rule.getByRole('textbox', { name: 'Weight: Offer 2' }).fill('0')
    await expectName('rules.0.paths.0.offers.1', /Offer Sleep Well.*0%.*nobody comes here/)
  })

  it('leads from a box of the picture to its place in the form, by keys alone', async () => {
    await page.getByRole('button', { name: 'Edit rule 1' }).click()
    await page.getByRole('textbox', { name: 'Name of the rule' }).waitFor({ state: 'detached' })
    await station('start').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await expectFocus(station('rules.0.paths.0.offers.0'))
    await page.keyboard.press('Enter')
    await expectFocus(page.locator('[data-place="rules.0.paths.0.offers.0"] input').first())
  })

  it('has its rules put in order by the space bar and the arrow keys', async () => {
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await fill(page, { 'Name of the rule': 'Phones' })
    await choose(page, 'Field of condition 1', 'Device type')
    await choose(page, 'Values of condition 1', 'Mobile')
    await page.keyboard.press('Escape')
    const rule = page.locator('[data-place="rules.1"]')
    await rule.getByRole('combobox', { name: 'Offer 1', exact: true }).click()
    await page.getByRole('option', { name: 'Sleep Well' }).click()
    await page.getByRole('button', { name: 'Edit rule 2' }).click()
    await page.getByRole('textbox', { name: 'Name of the rule' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Move rule 2', exact: true }).focus()
    await page.keyboard.press('Space')
    await page.getByText('Phones would be number 2 of 2.').waitFor({ state: 'attached' })
    await page.keyboard.press('ArrowUp')
    await page.getByText('Phones would be number 1 of 2.').waitFor({ state: 'attached' })
    await page.keyboard.press('Space')
    await station('rules.0').getByText('Phones').waitFor()
    await station('rules.1').getByText('Germans').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
  })

  it('leads to the report that compares what it splits visitors among', async () => {
    const link = page.getByRole('link', { name: 'Compare offers' })
    await link.waitFor()
    const { searchParams } = new URL((await link.getAttribute('href')) ?? '', installation.dashboardUrl)
    expect(Object.fromEntries(searchParams)).toEqual({
      range: 'month',
      by: 'offer',
      only: JSON.stringify([['campaign', campaign]]),
    })
    expect(await page.getByRole('link', { name: 'Compare paths' }).count()).toBe(0)
  })

  it('shows the way that a visitor of a dry run takes', async () => {
    await page.getByRole('button', { name: 'Dry run' }).click()
    const way = page.getByRole('dialog')
    await choose(page, 'Country', 'Germany')
    await choose(page, 'Visitor', 'Returning')
    await choose(page, 'Path they went before', 'Germans: Path 1')
    await choose(page, 'Offer they were sent to', 'Sleep Well')
    await way.getByText('This flow chooses anew for every visitor').waitFor()
    await way.getByLabel('When', { exact: true }).fill('2026-11-22T09:30')
    const asked = page.waitForRequest((request) => request.url().endsWith('/dry-run'))
    await page.getByRole('button', { name: 'Show the way' }).click()
    expect((await asked).postDataJSON()).toMatchObject({
      at: expect.stringMatching(/^2026-11-2\dT\d\d:\d0:00.000Z$/),
      previous: { pathId: expect.stringMatching(/./), landerId: '', offerId: expect.stringMatching(/./) },
    })
    await way.locator('[data-key="rules.1"][data-taken]').waitFor()
    const taken = await way
      .locator('[data-taken][data-key]')
      .evaluateAll((boxes) => boxes.map((box) => box.getAttribute('data-key')))
    expect(new Set(taken)).toEqual(new Set(['start', 'rules.1', 'rules.1.paths.0.offers.0']))
    await page.keyboard.press('Escape')
    await way.waitFor({ state: 'detached' })
  })

  it('takes a change back from its history, and the form shows what was before', async () => {
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Push in spring')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('heading', { name: 'Push in spring' }).waitFor()
    await page.getByRole('button', { name: 'Changes', exact: true }).click()
    const history = page.getByRole('dialog')
    const newest = history.getByRole('listitem').filter({ hasText: 'Owner changed it' }).first()
    await expect.poll(() => newest.textContent()).toContain('Push → Push in spring')
    await expect.poll(() => history.textContent()).toContain('Rules added “Phones”, “Germans”')
    expect(await findA11yProblems(page)).toEqual([])
    await newest.getByRole('button', { name: /Undo the change/ }).click()
    await page.getByRole('heading', { name: 'Push', exact: true }).waitFor()
    const name = page.getByRole('textbox', { name: 'Name', exact: true })
    await expect.poll(() => name.inputValue()).toBe('Push')
    expect(shown.complaints).toEqual([])
  })

  it('says before an older change is undone what a later one would lose', async () => {
    await page.getByRole('button', { name: 'Changes', exact: true }).click()
    const history = page.getByRole('dialog')
    const older = history
      .getByRole('listitem')
      .filter({ hasText: 'Push → Push in spring', has: page.getByRole('button') })
      .last()
    await older.getByRole('button', { name: /Undo the change/ }).click()
    await older.getByText('It has been changed again since').waitFor()
    await older.getByText('Push in spring → Push').waitFor()
    await older.getByRole('button', { name: 'Leave it as it is' }).click()
    await page.keyboard.press('Escape')
    await history.waitFor({ state: 'detached' })
  })

  it('takes groups inside groups as deep as the API does, by keys alone', async () => {
    await page.getByRole('button', { name: 'Edit rule 1' }).click()
    const rule = page.locator('[data-place="rules.0"]')
    await press(rule.getByRole('button', { name: 'Add a group', exact: true }))
    await press(rule.getByRole('button', { name: 'Add a group to group 2', exact: true }))
    await press(rule.getByRole('button', { name: 'Add a group to group 2.2', exact: true }))
    await rule.getByRole('group', { name: 'Group 2.2.2', exact: true }).waitFor()
    expect(await rule.getByRole('button', { name: 'Add a group to group 2.2.2' }).count()).toBe(0)
    for (const [place, country] of [
      ['2.1', 'Austria'],
      ['2.2.1', 'Belgium'],
      ['2.2.2.1', 'Canada'],
    ] as const) {
      await choose(page, `Values of condition ${place}`, country)
      await page.keyboard.press('Escape')
    }
    expect(await findA11yProblems(page)).toEqual([])
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
    await page.reload()
    const saved = 'and (Country is Austria or (Country is Belgium and Country is Canada))'
    await page.locator('[data-place="rules.0"]').getByText(saved).waitFor()
    expect(shown.complaints).toEqual([])
  })

  it('says in the picture and beside the weight what share optimisation has set', async () => {
    await page.goto(`${installation.dashboardUrl}/campaigns/${optimized}`)
    // The optimiser's own round may come in between, and has seen no visits.
    await station('paths.0.offers.0')
      .getByText(/^now (72|50)%, set by itself/)
      .waitFor()
    const beside = page.locator('[data-place="paths.0.offers.1"]')
    await beside.getByText(/^now (28|50)%, set by itself$/).waitFor()
    expect(await findA11yProblems(page)).toEqual([])
    await choose(page, 'Weights', 'As they are set')
    await beside.getByText('set by itself').waitFor({ state: 'detached' })
    await station('paths.0.offers.0').getByText('50%', { exact: true }).waitFor()
  })

  it('has nothing that axe objects to, in either scheme', async () => {
    expect(await findA11yProblems(page)).toEqual([])
    const dark = await openAsOwner(browser, {
      origin: installation.dashboardUrl,
      colorScheme: 'dark',
    })
    await dark.page.goto(`${installation.dashboardUrl}/campaigns/${campaign}`)
    await dark.page.locator('[data-key="rules.1"]').waitFor()
    await dark.page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
    expect(await findA11yProblems(dark.page)).toEqual([])
    await dark.close()
  })

  async function press(button: ReturnType<Page['locator']>): Promise<void> {
    await button.focus()
    await page.keyboard.press('Enter')
  }

  async function expectName(place: string, name: RegExp): Promise<void> {
    await expect.poll(async () => await station(place).getAttribute('aria-label')).toMatch(name)
  }

  async function expectFocus(element: ReturnType<Page['locator']>): Promise<void> {
    await expect.poll(async () => await element.evaluate((node) => node.matches(':focus'))).toBe(true)
  }
})
