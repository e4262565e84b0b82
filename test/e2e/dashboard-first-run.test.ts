import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { findA11yProblems } from './axe.ts'
import { choose, fill, watch } from './dashboard-page.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 30_000

/** The first quarter of an hour, on an installation as it is started: no part of it is stood in for. */
describe('the guide of a new workspace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-first-run-'))
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

  it('leads from the set-up link to a campaign whose click and conversion are seen', async () => {
    await setUp(page, installation.setupUrl)
    await page.getByRole('heading', { name: 'Get started' }).waitFor()
    await page.getByRole('navigation').getByRole('link', { name: 'Get started' }).waitFor()
    await page.getByRole('button', { name: /I buy traffic/ }).click()
    await pickTemplate(page, 'AdCash', { Advertiser: '12345', Id: '987' })
    await pickTemplate(page, 'MaxBounty', {})
    await fill(page, { 'Name of the offer': 'Sleep Well', 'Offer link': 'https://offer.example/lp?a=1#top' })
    await page.getByText(/^https:\/\/offer\.example\/lp\?a=1&\w+=\{clickid\}#top$/).waitFor()
    await createAndContinue(page)
    await page.getByRole('textbox', { name: 'Name of the campaign' }).waitFor()
    await createAndContinue(page)

    const opened = page.getByRole('link', { name: 'Open the link' })
    const link = (await opened.getAttribute('href')) ?? ''
    await page.getByText(link, { exact: true }).waitFor()
    expect(await page.getByRole('img', { name: 'Verified' }).count()).toBe(0)
    // The address holds what was chosen: the guide goes on where it was.
    await page.reload()
    await opened.waitFor()

    const answer = await fetch(link, { redirect: 'manual' })
    expect(answer.headers.get('location')).toContain('https://offer.example/lp?a=1')
    await page.getByText('Verified: a visit arrived at').waitFor()
    const postback = page.getByRole('link', { name: 'Open the test postback' })
    expect((await fetch((await postback.getAttribute('href')) ?? '')).status).toBe(200)
    await page.getByText('Verified: conversion, $1.00.').waitFor()
    await page.getByText('From now on every click and conversion is counted.').waitFor()
    expect(complaints).toEqual([])
  })

  it('leads a network to an affiliate whose click and conversion are seen', async () => {
    await page.goto(`${installation.dashboardUrl}/start?for=network`)
    await fill(page, { 'Name of the advertiser': 'Sleep Ltd' })
    await createAndContinue(page)
    await fill(page, {
      'Name of the offer': 'Sleep Well direct',
      'Page of the advertiser': 'https://sleep.example/',
      'You get for a conversion': '10',
      'The affiliate gets': '7.50',
    })
    await choose(page, 'How does the advertiser report conversions?', 'By an image pixel on its page')
    await createAndContinue(page)
    await fill(page, { 'Name of the affiliate': 'Ada' })
    await createAndContinue(page)

    const link = await page.getByRole('link', { name: 'Open the link' }).getAttribute('href')
    const answer = await fetch(link ?? '', { redirect: 'manual' })
    expect(answer.headers.get('location')).toMatch(/^https:\/\/sleep\.example\/\?clickid=\w{26}$/)
    const postback = page.getByRole('link', { name: 'Open the test postback' })
    await fetch((await postback.getAttribute('href')) ?? '')
    await page.getByText('Verified: conversion, $10.00.').waitFor()
    expect(complaints).toEqual([])
  })

  it('has nothing that axe objects to, in both schemes', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const query of ['', '?for=tracker', '?for=both']) {
        await page.goto(`${installation.dashboardUrl}/start${query}`)
        await page
          .getByRole('heading', { name: 'Where do you buy traffic?' })
          .or(page.getByRole('heading', { name: 'What do you do?' }))
          .first()
          .waitFor()
        expect(await findA11yProblems(page), `${colorScheme} ${query}`).toEqual([])
      }
    }
  })
})

async function setUp(page: Page, setupUrl: string): Promise<void> {
  await page.goto(setupUrl)
  await fill(page, { 'Your name': 'Ada', 'E-mail': 'ada@example.com', 'Workspace name': 'Night Owl' })
  await page.locator('input[type=password]').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create owner and workspace' }).click()
}

async function pickTemplate(
  page: Page,
  name: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search by name' }).fill(name)
  await page.getByRole('list', { name: 'Templates' }).getByRole('button', { name, exact: true }).click()
  await fill(page, values)
  await createAndContinue(page)
}

async function createAndContinue(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Create and continue' }).click()
}
