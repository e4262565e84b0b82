import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { choose, create, fill, follow, open, watch } from './dashboard-page.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 20_000

/** A media buyer's first hour, on an installation as it is started: no part of it is stood in for. */
describe('a tracker set up in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-tracker-'))
  let installation: Installation
  let browser: Browser
  let page: Page
  let complaints: string[] = []

  beforeAll(async () => {
    const settings = { TRAILPOST_LOG_LEVEL: 'fatal' }
    installation = await startInstallation({ dataDir: join(folder, 'data'), edges: 1, settings })
    browser = await launchBrowser()
    page = await openPage()
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

  it('leads from templates to a rule that a dry run explains and a conversion that arrives', async () => {
    await setUp(page, installation.setupUrl)
    await createFromTemplate(page, {
      list: 'Traffic sources',
      action: 'New traffic source',
      template: 'AdCash',
      values: { Advertiser: '12345', Id: '987' },
    })
    await page.getByRole('textbox', { name: 'Postback URL of the source', exact: true }).waitFor()
    await createFromTemplate(page, {
      list: 'Affiliate networks',
      action: 'New affiliate network',
      template: 'MaxBounty',
      values: {},
    })
    await page.getByText(`${installation.publicUrl}/postback?cid=`).waitFor()
    await createOffer(page, 'Sleep Well')
    await createOffer(page, 'Diet Plus')
    await createCampaign(page)

    await page.getByRole('button', { name: 'Dry run' }).click()
    await choose(page, 'Country', 'Germany')
    await page.getByRole('button', { name: 'Show the way' }).click()
    await page.getByText('Directly → Diet Plus').waitFor()
    await page.getByText('Because of the rule “Germans”').waitFor()
    await choose(page, 'Country', 'France')
    await page.getByRole('button', { name: 'Show the way' }).click()
    await page.getByText('Directly → Sleep Well').waitFor()
    await page.getByText('Because no rule fits').waitFor()
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: 'Test conversion' }).click()
    await page.getByRole('button', { name: 'Send it' }).click()
    await page.getByText('It works').waitFor()
    const steps = page.getByRole('listitem')
    await expect.poll(() => steps.filter({ hasText: ': Done' }).count()).toBeGreaterThan(5)
    expect(await steps.filter({ hasText: ': Failed' }).count()).toBe(0)
    await steps.filter({ hasText: 'imcounting.com' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('matches a lost hit by hand, rejects its conversion with a reason, and corrects a cost', async () => {
    const clickId = await visit(`${installation.publicUrl}/c/sleep-push`)
    // A click id of no installation: such as one that a network has cut off.
    await fetch(`${installation.publicUrl}/postback?cid=06h07g5qy001phm2ft03p7g030&txid=LOST-1&payout=12`)
    await page.goto(`${installation.dashboardUrl}/hits?outcome=unmatched`)
    await page.getByRole('button', { name: 'Match', exact: true }).click()
    await page.getByRole('dialog').getByText('txid = LOST-1').waitFor()
    await page.getByRole('dialog').getByRole('textbox', { name: 'Click id' }).fill(clickId)
    await page.getByRole('button', { name: 'Match and judge' }).click()
    await page.getByText('Judged: Recorded').waitFor()

    await page.goto(`${installation.dashboardUrl}/conversions`)
    const row = page.getByRole('row').filter({ hasText: 'LOST-1' })
    await row.getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Reject' }).click()
    await fill(page, { Reason: 'not on the invoice' })
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click()
    await page.getByText('1 changed').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await row.getByText('Rejected').waitFor()
    await page.goto(`${installation.dashboardUrl}/conversions?status=rejected`)
    await row.waitFor()
    const file = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const lines = readFileSync(await (await file).path(), 'utf8')
      .trim()
      .split('\r\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('LOST-1')

    await page.goto(`${installation.dashboardUrl}/costs`)
    await fill(page, { Amount: '3' })
    const effect = page.getByRole('table', { name: 'By campaign and day' })
    await chooseFilter(page, { dimension: 'Browser', value: 'Firefox' })
    // What is applied is the filter, and not the form under it.
    expect(await effect.count()).toBe(0)
    await page.getByRole('button', { name: 'Preview' }).click()
    await effect.getByRole('row').filter({ hasText: 'Sleep push' }).filter({ hasText: '$3.00' }).waitFor()
    await page.getByRole('button', { name: 'Apply' }).click()
    const corrections = page.getByRole('table', { name: 'Corrections so far' })
    await corrections.getByRole('row').filter({ hasText: '$3.00' }).waitFor()
    // Offered at once, and later in the list; what it would do is said before.
    await page.getByRole('alert').getByRole('button', { name: 'Undo' }).waitFor()
    await corrections.getByRole('button', { name: /^Undo the correction of/ }).click()
    await page.getByRole('dialog').getByText('-$3.00').first().waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo it' }).click()
    await corrections.getByText('Undone').waitFor()
    await corrections.getByRole('row').filter({ hasText: 'Undo of' }).filter({ hasText: '-$3.00' }).waitFor()
    expect(complaints).toEqual([])
  })
})

const PERSON = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0'

/** One visitor; the click id that the offer gets. */
async function visit(link: string): Promise<string> {
  const answer = await fetch(link, { redirect: 'manual', headers: { 'user-agent': PERSON } })
  return new URL(answer.headers.get('location') ?? '').searchParams.get('s2') ?? ''
}

async function setUp(page: Page, setupUrl: string): Promise<void> {
  await page.goto(setupUrl)
  await fill(page, { 'Your name': 'Ada Lovelace', 'E-mail': 'ada@example.com' })
  await page.locator('input[type=password]').fill('correct horse battery')
  await fill(page, { 'Workspace name': 'Analytical Media' })
  await page.getByRole('button', { name: 'Create owner and workspace' }).click()
  await page.getByRole('heading', { name: 'Get started' }).waitFor()
}

/** As in a report. */
async function chooseFilter(
  page: Page,
  { dimension, value }: { readonly dimension: string; readonly value: string },
): Promise<void> {
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  const form = page.getByRole('dialog')
  await choose(page, 'Where', dimension)
  await form.getByRole('combobox', { name: 'Values' }).fill(value)
  await form.getByRole('option', { name: value, exact: true }).click()
  await form.getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('button', { name: `${dimension}: ${value}` }).waitFor()
}

type FromTemplate = {
  readonly list: string
  readonly action: string
  readonly template: string
  /** Placeholders of the template. */
  readonly values: Readonly<Record<string, string>>
}

async function createFromTemplate(page: Page, wanted: FromTemplate): Promise<void> {
  await open(page, wanted.list, wanted.action)
  await page.getByRole('searchbox').fill(wanted.template.toLowerCase())
  const form = page.getByRole('button', { name: 'Create', exact: true })
  await follow(page.getByRole('link', { name: wanted.template, exact: true }), form)
  await fill(page, wanted.values)
  await create(page)
}

async function createOffer(page: Page, name: string): Promise<void> {
  await open(page, 'Offers', 'New offer')
  const url = `https://offers.example.com/?o=${encodeURIComponent(name)}`
  await fill(page, { Name: name, 'Offer URL': url, Payout: '24.50' })
  await choose(page, 'Affiliate network', 'MaxBounty')
  await create(page)
}

async function createCampaign(page: Page): Promise<void> {
  await open(page, 'Campaigns', 'New campaign')
  await fill(page, { Name: 'Sleep push', 'Link name': 'sleep-push' })
  await choose(page, 'Traffic source', 'AdCash')
  await page.getByRole('button', { name: 'Add a rule' }).click()
  await fill(page, { 'Name of the rule': 'Germans' })
  await choose(page, 'Values of condition 1', 'Germany')
  await page.keyboard.press('Escape')
  // The paths of the rule come before those of everyone else.
  const offers = page.getByRole('combobox', { name: 'Offer 1', exact: true })
  await offers.first().click()
  await page.getByRole('option', { name: 'Diet Plus' }).click()
  await offers.last().click()
  await page.getByRole('option', { name: 'Sleep Well' }).click()
  await create(page)
}
